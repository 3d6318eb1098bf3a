//! What authorities answered, the documents behind lines, and the cases about them.

use jiff::Timestamp;
use lineward_core::{
    authority::{AuthorityAnswer, IssuerMatch, NotValidReason, Standing, StandingWord},
    id::{DocumentId, PartyId, RowId, StaffId},
    line::LineState,
    verification::DocumentReason,
    watch::CloseReason,
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{AuthorityAnswerRow, DocumentCaseRow, DocumentWatchRow, WatchedHolderRow},
    sql::{Columns, insert, places, sql},
};

impl Tx {
    /// Records what an authority answered.
    pub async fn insert_authority_answer(&mut self, row: &AuthorityAnswerRow) -> Result<(), StoreError> {
        let new = insert("authority_answer", self.carrier)
            .set("id", row.id)
            .under("document_id", row.document)
            .set("source", row.source.as_str())
            .set("asked_at", row.asked_at)
            .set("answered_at", row.answered_at)
            .set("standing", row.answer.standing.word().code())
            .set("not_valid_reason", row.answer.standing.reason().map(NotValidReason::code))
            .set("fields", row.answer.fields.code())
            .set("portrait", row.answer.portrait.code())
            .set("evidence_hash", row.evidence_hash);
        self.run(new.done()).await.map(drop)
    }

    /// The answers about a document, in the order they were recorded.
    pub async fn authority_answers(
        &mut self,
        document: DocumentId,
    ) -> Result<Vec<AuthorityAnswerRow>, StoreError> {
        let of = sql(
            "authority_answer",
            "SELECT * FROM authority_answer WHERE carrier_id = $1 AND document_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(document), read_answer).await
    }

    /// The answer about a document that was recorded last.
    pub async fn last_authority_answer(
        &mut self,
        document: DocumentId,
    ) -> Result<Option<AuthorityAnswerRow>, StoreError> {
        let of = sql(
            "authority_answer",
            "SELECT * FROM authority_answer WHERE carrier_id = $1 AND document_id = $2 ORDER BY seq DESC, id DESC LIMIT 1",
        );
        self.one(of.put(self.carrier).put(document), read_answer).await
    }

    /// Writes which document stands behind a holder's lines, in place of what was written before.
    pub async fn set_watch(&mut self, row: &DocumentWatchRow) -> Result<(), StoreError> {
        let set = sql(
            "document_watch",
            "INSERT INTO document_watch (carrier_id, party_id, document_id, asked_at, announced) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (carrier_id, party_id) DO UPDATE \
             SET document_id = excluded.document_id, asked_at = excluded.asked_at, announced = excluded.announced",
        );
        let set = set.put(self.carrier).put(row.party).put(row.document).put(row.asked_at).put(row.announced);
        self.run(set).await.map(drop)
    }

    /// The document behind a holder's lines, locked until the transaction ends.
    pub async fn lock_watch(&mut self, party: PartyId) -> Result<Option<DocumentWatchRow>, StoreError> {
        let select =
            self.backend.locking("SELECT * FROM document_watch WHERE carrier_id = $1 AND party_id = $2");
        self.one(sql("document_watch", select).put(self.carrier).put(party), read_watch).await
    }

    /// The holders of lines that count, behind `after` in the order of their ids, each with the document that is watched:
    /// at most `limit`. Who holds no such line any more is left out.
    pub async fn watched_holders(
        &mut self,
        after: Option<PartyId>,
        limit: u32,
    ) -> Result<Vec<WatchedHolderRow>, StoreError> {
        let counting: Vec<&str> =
            LineState::ALL.iter().copied().filter(|s| s.counts()).map(LineState::code).collect();
        let text = format!(
            "SELECT * FROM (SELECT w.party_id, w.document_id, w.asked_at, w.announced, d.issuing_state, d.expires_on, \
             (SELECT h.basis_id FROM holding h JOIN line l ON l.carrier_id = h.carrier_id AND l.id = h.line_id \
             WHERE h.carrier_id = w.carrier_id AND h.party_id = w.party_id AND h.to_at IS NULL \
             AND l.state IN ({}) ORDER BY h.line_id LIMIT 1) AS basis_id \
             FROM document_watch w JOIN document d ON d.carrier_id = w.carrier_id AND d.id = w.document_id \
             WHERE w.carrier_id = $1 AND w.party_id > $2) held \
             WHERE basis_id IS NOT NULL ORDER BY party_id LIMIT $3",
            places(4, counting.len())
        );
        // No id has sixteen zero bytes: every one has a version.
        let after = after.unwrap_or(PartyId::from_bytes([0; 16]));
        let of = sql("document_watch", text).put(self.carrier).put(after).put(limit).put_all(counting);
        self.all(of, |r| {
            Ok(WatchedHolderRow {
                basis: r.get("basis_id")?,
                watch: read_watch(r)?,
                issuing_state: r.get("issuing_state")?,
                expires_on: r.get("expires_on")?,
            })
        })
        .await
    }

    /// Opens a case about a document; where the holder has an open one, that one now says what this one says.
    pub async fn put_document_case(&mut self, row: &DocumentCaseRow) -> Result<(), StoreError> {
        let set = sql(
            "document_case",
            "UPDATE document_case SET document_id = $3, answer_id = $4, reason = $5 \
             WHERE carrier_id = $1 AND party_id = $2 AND closed_at IS NULL",
        );
        let set = set.put(self.carrier).put(row.party).put(row.document).put(row.answer);
        if self.run(set.put(row.reason.code())).await? > 0 {
            return Ok(());
        }
        let new = insert("document_case", self.carrier)
            .set("id", row.id)
            .set("party_id", row.party)
            .set("document_id", row.document)
            .set("application_id", row.application)
            .set("answer_id", row.answer)
            .set("reason", row.reason.code())
            .set("opened_at", row.opened_at);
        self.run(new.done()).await.map(drop)
    }

    /// The cases that nobody has closed, oldest first, each with the public reference of its application and the answer
    /// that it rests on.
    pub async fn open_document_cases(
        &mut self,
        limit: u32,
    ) -> Result<Vec<(DocumentCaseRow, String, AuthorityAnswerRow)>, StoreError> {
        let of = sql(
            "document_case",
            "SELECT * FROM document_case WHERE carrier_id = $1 AND closed_at IS NULL ORDER BY opened_at, id LIMIT $2",
        );
        let cases = self.all(of.put(self.carrier).put(limit), read_case).await?;
        let mut list = Vec::with_capacity(cases.len());
        for case in cases {
            list.push(self.with_answer(case).await?);
        }
        Ok(list)
    }

    /// One case, open or closed, with the public reference of its application and the answer that it rests on.
    pub async fn document_case(
        &mut self,
        id: RowId,
    ) -> Result<Option<(DocumentCaseRow, String, AuthorityAnswerRow)>, StoreError> {
        let of = sql("document_case", "SELECT * FROM document_case WHERE carrier_id = $1 AND id = $2");
        match self.one(of.put(self.carrier).put(id), read_case).await? {
            Some(case) => self.with_answer(case).await.map(Some),
            None => Ok(None),
        }
    }

    async fn with_answer(
        &mut self,
        case: DocumentCaseRow,
    ) -> Result<(DocumentCaseRow, String, AuthorityAnswerRow), StoreError> {
        let application = self.application(case.application).await?;
        let application = application.ok_or(StoreError::Missing { what: "application of a case" })?;
        let of = sql("authority_answer", "SELECT * FROM authority_answer WHERE carrier_id = $1 AND id = $2");
        let answer = self.one(of.put(self.carrier).put(case.answer), read_answer).await?;
        let answer = answer.ok_or(StoreError::Missing { what: "answer of a case" })?;
        Ok((case, application.reference, answer))
    }

    /// Closes a case.
    pub async fn close_document_case(
        &mut self,
        id: RowId,
        now: Timestamp,
        by: StaffId,
        why: CloseReason,
    ) -> Result<(), StoreError> {
        let set = sql(
            "document_case",
            "UPDATE document_case SET closed_at = $3, closed_by = $4, close_reason = $5 \
             WHERE carrier_id = $1 AND id = $2 AND closed_at IS NULL",
        );
        let set = set.put(self.carrier).put(id).put(now).put(by).put(why.code());
        self.change("open document case", set).await
    }
}

fn read_answer(r: &Columns<'_>) -> Result<AuthorityAnswerRow, StoreError> {
    let word = r.code("standing", StandingWord::parse)?;
    let reason = r.code_opt("not_valid_reason", NotValidReason::parse)?;
    let standing = Standing::of(word, reason).ok_or_else(|| r.corrupt("not_valid_reason"))?;
    Ok(AuthorityAnswerRow {
        id: r.get("id")?,
        document: r.get("document_id")?,
        source: r.get("source")?,
        asked_at: r.get("asked_at")?,
        answered_at: r.get("answered_at")?,
        answer: AuthorityAnswer {
            standing,
            fields: r.code("fields", IssuerMatch::parse)?,
            portrait: r.code("portrait", IssuerMatch::parse)?,
        },
        evidence_hash: r.get("evidence_hash")?,
    })
}

fn read_watch(r: &Columns<'_>) -> Result<DocumentWatchRow, StoreError> {
    Ok(DocumentWatchRow {
        party: r.get("party_id")?,
        document: r.get("document_id")?,
        asked_at: r.get("asked_at")?,
        announced: r.get("announced")?,
    })
}

fn read_case(r: &Columns<'_>) -> Result<DocumentCaseRow, StoreError> {
    let at: Option<Timestamp> = r.get("closed_at")?;
    let (by, why) = (r.get::<Option<StaffId>>("closed_by")?, r.code_opt("close_reason", CloseReason::parse)?);
    Ok(DocumentCaseRow {
        id: r.get("id")?,
        party: r.get("party_id")?,
        document: r.get("document_id")?,
        application: r.get("application_id")?,
        answer: r.get("answer_id")?,
        reason: r.code("reason", DocumentReason::parse)?,
        opened_at: r.get("opened_at")?,
        closed: at.zip(by).zip(why).map(|((at, by), why)| (at, by, why)),
    })
}

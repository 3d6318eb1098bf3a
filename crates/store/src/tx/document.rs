//! Documents, what was found about them and about the face, sightings, stored evidence and decision records.

use jiff::Timestamp;
use lineward_core::{
    evidence::{Assurance, CheckResult, EvidenceClass, FaceFinding, FaceOutcome, FaceReason, FieldSource},
    id::{DocumentId, EvidenceId, StaffId, VerificationId},
    verification::{DocumentCheck, DocumentFinding, DocumentReason},
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{DocumentFindingRow, DocumentRow, EvidenceRow, FaceFindingRow, RecordRow, SightingRow},
    sql::{Columns, insert, sql, words},
};

impl Tx {
    /// Records a shown document.
    pub async fn insert_document(&mut self, row: &DocumentRow) -> Result<(), StoreError> {
        let new = insert("document", self.carrier)
            .set("id", row.id)
            .under("verification_id", row.verification)
            .set("identity_scheme", row.identity_scheme.as_str())
            .set("issuing_state", row.issuing_state.as_str())
            .set("identity_index", row.identity_index)
            .set("number_source", row.number_source.code())
            .set("fields", row.fields.clone())
            .set("expires_on", row.expires_on)
            .set("created_at", row.created_at);
        self.run(new.done()).await.map(drop)
    }

    /// The documents that were shown, newest last.
    pub async fn documents(&mut self, verification: VerificationId) -> Result<Vec<DocumentRow>, StoreError> {
        let of = sql(
            "document",
            "SELECT * FROM document WHERE carrier_id = $1 AND verification_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(verification), read_document).await
    }

    /// Records a finding about a document.
    pub async fn insert_document_finding(
        &mut self,
        verification: VerificationId,
        row: &DocumentFindingRow,
    ) -> Result<(), StoreError> {
        let new = insert("document_finding", self.carrier)
            .set("id", row.id)
            .set("verification_id", verification)
            .under("document_id", row.document)
            .set("check_name", row.finding.check.code())
            .set("result", row.finding.result.code())
            .set("class", row.finding.class.code())
            .set("reason", row.finding.reason.map(DocumentReason::code))
            .set("portrait", row.finding.portrait)
            .set("answer_id", row.answer)
            .set("found_at", row.finding.at);
        self.run(new.done()).await.map(drop)
    }

    /// The findings about a document, in the order they were recorded.
    pub async fn document_findings(
        &mut self,
        document: DocumentId,
    ) -> Result<Vec<DocumentFindingRow>, StoreError> {
        let of = sql(
            "document_finding",
            "SELECT * FROM document_finding WHERE carrier_id = $1 AND document_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(document), read_document_finding).await
    }

    /// Records a completed comparison.
    pub async fn insert_face_finding(
        &mut self,
        verification: VerificationId,
        row: &FaceFindingRow,
    ) -> Result<(), StoreError> {
        let f = &row.finding;
        let new = insert("face_finding", self.carrier)
            .set("id", row.id)
            .under("verification_id", verification)
            .set("document_id", row.document)
            .set("portrait", row.portrait)
            .set("outcome", f.outcome.code())
            .set("score_ppm", f.score_ppm)
            .set("threshold_ppm", f.threshold_ppm)
            .set("review_threshold_ppm", f.review_threshold_ppm)
            .set("fmr_ppb", f.fmr_ppb)
            .set("bona_fide_ppm", f.bona_fide_ppm)
            .set("reasons", words(&f.reasons, FaceReason::code).as_str())
            .set("pack_hash", f.pack_hash)
            .set("assurance", f.assurance.code())
            .set("found_at", row.at);
        self.run(new.done()).await.map(drop)
    }

    /// The comparisons of this verification, in the order they were recorded.
    pub async fn face_findings(
        &mut self,
        verification: VerificationId,
    ) -> Result<Vec<FaceFindingRow>, StoreError> {
        let of = sql(
            "face_finding",
            "SELECT * FROM face_finding WHERE carrier_id = $1 AND verification_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(verification), read_face_finding).await
    }

    /// Records that a staff member saw the original and the person.
    pub async fn insert_sighting(
        &mut self,
        verification: VerificationId,
        row: &SightingRow,
    ) -> Result<(), StoreError> {
        let new = insert("sighting", self.carrier)
            .set("id", row.id)
            .under("verification_id", verification)
            .set("document_id", row.document)
            .set("staff_id", row.staff)
            .set("person_matches", row.person_matches.code())
            .set("sighted_at", row.at);
        self.run(new.done()).await.map(drop)
    }

    /// The latest sighting.
    pub async fn sighting(
        &mut self,
        verification: VerificationId,
    ) -> Result<Option<SightingRow>, StoreError> {
        let of = sql(
            "sighting",
            "SELECT * FROM sighting WHERE carrier_id = $1 AND verification_id = $2 ORDER BY seq DESC, id DESC LIMIT 1",
        );
        self.one(of.put(self.carrier).put(verification), read_sighting).await
    }

    /// Whether this staff member ever recorded a sighting for the verification.
    pub async fn has_sighted(
        &mut self,
        verification: VerificationId,
        staff: StaffId,
    ) -> Result<bool, StoreError> {
        let of = sql(
            "sighting",
            "SELECT * FROM sighting WHERE carrier_id = $1 AND verification_id = $2 AND staff_id = $3 LIMIT 1",
        );
        let found = self.one(of.put(self.carrier).put(verification).put(staff), read_sighting).await?;
        Ok(found.is_some())
    }

    /// Keeps a sealed piece of evidence.
    pub async fn insert_evidence(&mut self, row: &EvidenceRow) -> Result<(), StoreError> {
        let new = insert("evidence", self.carrier)
            .set("id", row.id)
            .set("verification_id", row.verification)
            .set("class", row.class.as_str())
            .set("key_id", row.key)
            .set("body", row.body.clone())
            .set("erase_at", row.erase_at)
            .set("legal_hold", row.legal_hold);
        self.run(new.done()).await.map(drop)
    }

    /// The kept evidence of this verification.
    pub async fn evidence_of(
        &mut self,
        verification: VerificationId,
    ) -> Result<Vec<EvidenceRow>, StoreError> {
        let of = sql(
            "evidence",
            "SELECT * FROM evidence WHERE carrier_id = $1 AND verification_id = $2 ORDER BY id",
        );
        self.all(of.put(self.carrier).put(verification), read_evidence).await
    }

    /// Deletes a piece of evidence; deleting it twice is deleting it once.
    pub async fn delete_evidence(&mut self, id: EvidenceId) -> Result<(), StoreError> {
        let of = sql("evidence", "DELETE FROM evidence WHERE carrier_id = $1 AND id = $2");
        self.run(of.put(self.carrier).put(id)).await.map(drop)
    }

    /// Evidence whose time is over and that no order holds back, most overdue first.
    pub async fn evidence_due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<EvidenceRow>, StoreError> {
        let of = sql(
            "evidence",
            "SELECT * FROM evidence WHERE carrier_id = $1 AND erase_at <= $2 AND legal_hold = 0 \
             ORDER BY erase_at, id LIMIT $3",
        );
        self.all(of.put(self.carrier).put(now).put(limit), read_evidence).await
    }

    /// Keeps a decision record.
    pub async fn insert_record(&mut self, row: &RecordRow) -> Result<(), StoreError> {
        let new = insert("record", self.carrier)
            .set("id", row.id)
            .under("verification_id", row.verification)
            .set("bytes", row.bytes.clone())
            .set("hash", row.hash)
            .set("created_at", row.created_at);
        self.run(new.done()).await.map(drop)
    }

    /// The decision records about this verification, in the order of the decisions.
    pub async fn records_of(&mut self, verification: VerificationId) -> Result<Vec<RecordRow>, StoreError> {
        let of = sql(
            "record",
            "SELECT * FROM record WHERE carrier_id = $1 AND verification_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(verification), read_record).await
    }
}

fn read_document(r: &Columns<'_>) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        id: r.get("id")?,
        verification: r.get("verification_id")?,
        identity_scheme: r.get("identity_scheme")?,
        issuing_state: r.get("issuing_state")?,
        identity_index: r.get("identity_index")?,
        number_source: r.code("number_source", FieldSource::parse)?,
        fields: r.get("fields")?,
        expires_on: r.get("expires_on")?,
        created_at: r.get("created_at")?,
    })
}

fn read_document_finding(r: &Columns<'_>) -> Result<DocumentFindingRow, StoreError> {
    Ok(DocumentFindingRow {
        id: r.get("id")?,
        document: r.get("document_id")?,
        finding: DocumentFinding {
            check: r.code("check_name", DocumentCheck::parse)?,
            result: r.code("result", CheckResult::parse)?,
            class: r.code("class", EvidenceClass::parse)?,
            reason: r.code_opt("reason", DocumentReason::parse)?,
            portrait: r.get("portrait")?,
            at: r.get("found_at")?,
        },
        answer: r.get("answer_id")?,
    })
}

fn read_face_finding(r: &Columns<'_>) -> Result<FaceFindingRow, StoreError> {
    Ok(FaceFindingRow {
        id: r.get("id")?,
        document: r.get("document_id")?,
        portrait: r.get("portrait")?,
        finding: FaceFinding {
            outcome: r.code("outcome", FaceOutcome::parse)?,
            score_ppm: r.get("score_ppm")?,
            threshold_ppm: r.get("threshold_ppm")?,
            review_threshold_ppm: r.get("review_threshold_ppm")?,
            fmr_ppb: r.get("fmr_ppb")?,
            bona_fide_ppm: r.get("bona_fide_ppm")?,
            reasons: r.codes("reasons", FaceReason::parse)?,
            pack_hash: r.get("pack_hash")?,
            assurance: r.code("assurance", Assurance::parse)?,
        },
        at: r.get("found_at")?,
    })
}

fn read_sighting(r: &Columns<'_>) -> Result<SightingRow, StoreError> {
    Ok(SightingRow {
        id: r.get("id")?,
        document: r.get("document_id")?,
        staff: r.get("staff_id")?,
        person_matches: r.code("person_matches", CheckResult::parse)?,
        at: r.get("sighted_at")?,
    })
}

fn read_evidence(r: &Columns<'_>) -> Result<EvidenceRow, StoreError> {
    Ok(EvidenceRow {
        id: r.get("id")?,
        verification: r.get("verification_id")?,
        class: r.get("class")?,
        key: r.get("key_id")?,
        body: r.get("body")?,
        erase_at: r.get("erase_at")?,
        legal_hold: r.get("legal_hold")?,
    })
}

fn read_record(r: &Columns<'_>) -> Result<RecordRow, StoreError> {
    Ok(RecordRow {
        id: r.get("id")?,
        verification: r.get("verification_id")?,
        bytes: r.get("bytes")?,
        hash: r.get("hash")?,
        created_at: r.get("created_at")?,
    })
}

//! `submit_document`: the fields of the document, typed or from its machine-readable zone.

use jiff::civil::Date;
use lineward_core::{
    evidence::{CheckResult, EvidenceClass, FieldSource},
    id::VerificationId,
    verification::{ConsentKind, DocumentCheck, DocumentFinding, DocumentReason},
};
use lineward_document::{Document, findings, mrz};
use lineward_store::{
    Tx, keyed_index,
    rows::{DocumentFindingRow, DocumentRow, VerificationRow},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Advice, Fields, open_step};
use crate::{App, AppError, Ctx, acting::Begun, application::document_facts, secrets::seal};

/// A shown document.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "one of a request, never many")]
pub enum ShownDocument {
    /// The text of its machine-readable zone.
    Mrz(Zeroizing<String>),
    /// Fields that a person typed.
    Keyed(Fields),
}

/// How the document was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentAnswer {
    /// What to do before the next try; empty when nothing is in the way.
    pub advice: Vec<String>,
    /// Whether the document was taken. With advice it was taken as it is: the person may go on or correct it.
    pub taken: bool,
}

/// A document that was read, before it is stored.
pub(crate) struct Read {
    pub(crate) fields: Fields,
    pub(crate) source: FieldSource,
    pub(crate) findings: Vec<DocumentFinding>,
    pub(crate) advice: Vec<Advice>,
}

impl App {
    /// Reads a document and keeps its fields, sealed. A later one replaces an earlier one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for typed fields that cannot be; [`AppError::WrongState`] without consent or when the
    /// application is no longer open. A zone that cannot be read is no error: the answer says what to do.
    pub async fn submit_document(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        shown: &ShownDocument,
    ) -> Result<DocumentAnswer, AppError> {
        let today = ctx.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let read = read(ctx, shown, today)?;
        let mut act = self.act(ctx, "submit_document", format!("verification:{verification}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            let outcome = self.submit_in(&mut tx, ctx, verification, read.as_ref()).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    async fn submit_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        verification: VerificationId,
        read: Option<&Read>,
    ) -> Result<DocumentAnswer, AppError> {
        let (_, row) = open_step(tx, ctx, verification).await?;
        let agreed = tx.consents(verification).await?;
        if !agreed.iter().any(|c| c.kind == ConsentKind::Identity && c.withdrawn_at.is_none()) {
            return Err(AppError::WrongState("the person has not agreed to the check of the document yet"));
        }
        let Some(read) = read else {
            return Ok(DocumentAnswer { advice: vec![Advice::TypeAllLines.code().to_owned()], taken: false });
        };
        // What an issuer signed is not replaced by what somebody types.
        let standing = document_facts(tx, verification).await?;
        if standing.is_some_and(|(_, facts)| facts.signed_portrait().is_some()) {
            return Ok(DocumentAnswer { advice: vec![Advice::UseChip.code().to_owned()], taken: false });
        }
        self.store_document(tx, ctx, &row, read).await?;
        Ok(DocumentAnswer { advice: read.advice.iter().map(|a| a.code().to_owned()).collect(), taken: true })
    }

    /// Stores a read document: fields sealed, identity as keyed index, findings in the clear.
    pub(crate) async fn store_document(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        verification: &VerificationRow,
        read: &Read,
    ) -> Result<lineward_core::id::DocumentId, AppError> {
        let id = ctx.id::<lineward_core::id::kind::Document>();
        let key = self.key(ctx, verification.case_key).await?;
        let json = Zeroizing::new(
            serde_json::to_vec(&read.fields).map_err(|_| AppError::Broken("fields cannot be written"))?,
        );
        let identity = read.fields.identity();
        tx.insert_document(&DocumentRow {
            id,
            verification: verification.id,
            identity_index: keyed_index(
                &self.secrets.index,
                &identity.scheme,
                &identity.country,
                &identity.number,
            ),
            identity_scheme: identity.scheme,
            issuing_state: identity.country,
            number_source: read.source,
            fields: Some(seal(ctx, &key, "document", id.as_bytes(), "fields", &json)),
            expires_on: read.fields.expires_on(),
            created_at: ctx.now,
        })
        .await?;
        for finding in &read.findings {
            tx.insert_document_finding(
                verification.id,
                &DocumentFindingRow { id: ctx.id(), document: id, finding: finding.clone(), answer: None },
            )
            .await?;
        }
        Ok(id)
    }
}

/// Reads what was shown; `None` for a text that has not the shape of any zone.
pub(crate) fn read(ctx: &Ctx, shown: &ShownDocument, today: Date) -> Result<Option<Read>, AppError> {
    match shown {
        ShownDocument::Keyed(fields) => {
            let fields = fields.clone().keyed(today)?;
            let document = fields.document(FieldSource::Keyed);
            let mut findings = vec![findings::of_dates(document.validity(today), ctx.now)];
            if fields.scheme.is_some() {
                findings.push(DocumentFinding {
                    check: DocumentCheck::CheckDigits,
                    result: CheckResult::Pass,
                    class: EvidenceClass::Number,
                    reason: None,
                    portrait: None,
                    at: ctx.now,
                });
            }
            Ok(Some(Read { fields, source: FieldSource::Keyed, findings, advice: Vec::new() }))
        }
        ShownDocument::Mrz(text) => {
            let Ok(zone) = mrz::parse(text, today) else { return Ok(None) };
            let (best, findings) = findings::of_zone(&zone, today, ctx.now);
            let document = Document::from_mrz(zone.format, best, FieldSource::MrzText);
            let Some(fields) = Fields::from_document(&document) else { return Ok(None) };
            let advice = findings.iter().find_map(|f| match f.reason {
                Some(DocumentReason::Ambiguous) => Some(Advice::TellApart),
                Some(DocumentReason::CheckDigitWrong) => Some(Advice::CompareCharacters),
                _ => None,
            });
            let advice = advice.into_iter().collect();
            Ok(Some(Read { fields, source: FieldSource::MrzText, findings, advice }))
        }
    }
}

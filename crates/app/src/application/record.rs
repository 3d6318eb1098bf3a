//! The decision record and the applicant's receipt of it.

use jiff::SignedDuration;
use lineward_core::{application::ReferralReason, evidence::CheckResult, rules::Rules, verification::Facts};
use lineward_ledger::{
    Commitment, DecidedBy, DecisionRecord, FaceTerms, Opening, Outcome, Receipt, RecordKind, Word,
};
use lineward_store::{
    Tx,
    rows::{ApplicationRow, EvidenceRow, NewJob, RecordRow},
};

use crate::{
    App, AppError, Ctx,
    secrets::{FreshKey, seal},
    verification::Fields,
};

/// How long a receipt can be fetched; after that only the person has it.
const RECEIPT_DAYS: i64 = 30;

/// What was decided, and on what.
pub(crate) struct Deciding<'a> {
    pub(crate) application: &'a ApplicationRow,
    pub(crate) rules: &'a Rules,
    pub(crate) facts: &'a Facts,
    pub(crate) fields: Option<&'a Fields>,
    pub(crate) outcome: Outcome,
    pub(crate) reasons: Vec<&'static str>,
    pub(crate) decided_by: DecidedBy,
    pub(crate) proposal_hash: Option<[u8; 32]>,
}

impl Deciding<'_> {
    pub(crate) fn words(reasons: &[ReferralReason]) -> Vec<&'static str> {
        reasons.iter().map(|r| r.code()).collect()
    }
}

/// Writes the record of a decision, and its receipt, sealed under a key of its own until the person fetches it.
pub(crate) async fn write_record(
    app: &App,
    tx: &mut Tx,
    ctx: &Ctx,
    deciding: &Deciding<'_>,
    receipt_key: &FreshKey,
) -> Result<(), AppError> {
    let openings = openings(ctx, deciding)?;
    let record = DecisionRecord {
        kind: RecordKind::ApplicationDecided,
        outcome: deciding.outcome,
        decided_at_micros: ctx.now.as_microsecond(),
        carrier_id: ctx.carrier,
        verification_id: deciding.facts.verification,
        application_id: deciding.application.id,
        opening_rules_hash: deciding.application.rules_opened,
        rules_hash: *deciding.rules.hash(),
        face: face_terms(deciding.facts),
        findings: finding_words(deciding.facts)?,
        reasons: deciding.reasons.iter().map(|r| word(r)).collect::<Result<_, _>>()?,
        decided_by: deciding.decided_by.clone(),
        proposal_hash: deciding.proposal_hash,
        commitments: openings
            .iter()
            .map(|(value, o)| Commitment::new(o.label.clone(), value.as_bytes(), &o.salt))
            .collect(),
    };
    let broken = |_| AppError::Broken("a decision record cannot be written");
    tx.insert_record(&RecordRow {
        id: ctx.id(),
        verification: deciding.facts.verification,
        bytes: record.encode().map_err(broken)?,
        hash: record.hash().map_err(broken)?,
        created_at: ctx.now,
    })
    .await?;

    let receipt = Receipt {
        record,
        reference: deciding.application.reference.clone(),
        carrier_name: app.settings.carrier_name.clone(),
        openings: openings.into_iter().map(|(_, o)| o).collect(),
    };
    let text =
        receipt.write(&app.secrets.receipt).map_err(|_| AppError::Broken("a receipt cannot be written"))?;
    // The receipt of a referral makes way for that of the decision.
    for earlier in tx.evidence_of(deciding.facts.verification).await?.iter().filter(|e| e.class == "receipt")
    {
        tx.delete_evidence(earlier.id).await?;
        tx.put_job(&NewJob {
            id: ctx.id(),
            kind: "destroy_key".into(),
            subject: format!("key:{}", earlier.key),
            payload: serde_json::json!({ "key": earlier.key.uuid() }).to_string(),
            run_at: ctx.now,
            dedupe_key: None,
        })
        .await?;
    }
    let id = ctx.id::<lineward_core::id::kind::Evidence>();
    let erase_at = ctx
        .now
        .checked_add(SignedDuration::from_hours(24 * RECEIPT_DAYS))
        .map_err(|_| AppError::Broken("the clock is out of range"))?;
    tx.insert_evidence(&EvidenceRow {
        id,
        verification: deciding.facts.verification,
        class: "receipt".into(),
        key: receipt_key.id,
        body: seal(ctx, &receipt_key.key, "evidence", id.as_bytes(), "body", text.as_bytes()),
        erase_at,
        legal_hold: false,
    })
    .await?;
    tx.put_job(&NewJob {
        id: ctx.id(),
        kind: "erase_due".into(),
        subject: format!("erase:{id}"),
        payload: "{}".into(),
        run_at: erase_at,
        dedupe_key: None,
    })
    .await?;
    Ok(())
}

/// The values that the record commits to without showing them, each with a salt that only the receipt holds.
fn openings(ctx: &Ctx, deciding: &Deciding<'_>) -> Result<Vec<(String, Opening)>, AppError> {
    let mut values = vec![("line", deciding.application.line.to_string())];
    if let Some(fields) = deciding.fields {
        values.push(("holder_name", fields.name()));
        values.push(("document_number", fields.number.clone()));
        values.extend(fields.birth_date.clone().map(|d| ("birth_date", d)));
    }
    values
        .into_iter()
        .map(|(label, value)| Ok((value, Opening { label: word(label)?, salt: ctx.bytes() })))
        .collect()
}

fn face_terms(facts: &Facts) -> Option<FaceTerms> {
    let face = &facts.faces.last()?.finding;
    Some(FaceTerms {
        pack_hash: face.pack_hash,
        automatic_ppm: face.threshold_ppm,
        review_ppm: face.review_threshold_ppm,
        outcome: face.outcome,
    })
}

fn finding_words(facts: &Facts) -> Result<Vec<Word>, AppError> {
    let mut words = Vec::new();
    for f in facts.document.iter().flat_map(|d| d.current()) {
        let why = f.reason.map(|r| format!(".{r}")).unwrap_or_default();
        words.push(word(&format!("{}.{}.{}{why}", f.check, f.class, f.result))?);
    }
    for r in facts.faces.last().iter().flat_map(|f| &f.finding.reasons) {
        words.push(word(&format!("face.{r}"))?);
    }
    if let Some(s) = &facts.sighting {
        words.push(word(if s.person_matches == CheckResult::Pass {
            "sighted.pass"
        } else {
            "sighted.fail"
        })?);
    }
    Ok(words)
}

fn word(text: &str) -> Result<Word, AppError> {
    Word::parse(text).map_err(|_| AppError::Broken("a finding has no word"))
}

//! The facts of a decision, read inside the deciding transaction.

use lineward_core::{
    evidence::{CheckResult, EvidenceClass},
    id::VerificationId,
    line::KindGroup,
    rules::Rules,
    verification::{DocumentFacts, FaceFact, Facts, Sighting},
};
use lineward_store::{
    Tx,
    rows::{DocumentRow, VerificationRow},
};
use sha2::{Digest, Sha256};

use crate::AppError;

/// The rules in force.
pub(crate) async fn active_rules(tx: &mut Tx) -> Result<Rules, AppError> {
    let row = tx.active_rules().await?.ok_or(AppError::NoRules)?;
    Rules::parse(&row.text).map_err(|_| AppError::Broken("the active rules cannot be read"))
}

/// The document that was shown last, and what is known of it. What a chip that was read before was found to be forged or
/// copied by stays in force: showing something else takes nothing back. A chip that is read again replaces it.
pub(crate) async fn document_facts(
    tx: &mut Tx,
    verification: VerificationId,
) -> Result<Option<(DocumentRow, DocumentFacts)>, AppError> {
    let mut documents = tx.documents(verification).await?;
    let Some(document) = documents.pop() else { return Ok(None) };
    let mut findings = Vec::new();
    for earlier in &documents {
        let found = tx.document_findings(earlier.id).await?.into_iter().map(|f| f.finding);
        findings.extend(found.filter(|f| {
            f.result == CheckResult::Fail
                && matches!(f.class, EvidenceClass::Signed | EvidenceClass::ChipPresent)
        }));
    }
    findings.extend(tx.document_findings(document.id).await?.into_iter().map(|f| f.finding));
    let facts = DocumentFacts {
        id: document.id,
        number_source: document.number_source,
        expires_on: document.expires_on,
        findings,
    };
    Ok(Some((document, facts)))
}

/// Everything a decision may look at, and the document it is about. The cap's counter is locked until the commit.
pub(crate) async fn facts_in(
    tx: &mut Tx,
    verification: &VerificationRow,
    group: KindGroup,
    rules: &Rules,
) -> Result<(Facts, Option<DocumentRow>), AppError> {
    let (document, document_facts) = document_facts(tx, verification.id).await?.unzip();
    let lines_held = match &document {
        Some(d) => tx.lock_cap(&d.identity_index, group).await?,
        None => 0,
    };
    let faces = tx.face_findings(verification.id).await?;
    let consents = tx.consents(verification.id).await?;
    let facts = Facts {
        verification: verification.id,
        purpose: verification.purpose,
        expires_at: verification.expires_at,
        way: verification.way,
        applicant: verification.applicant,
        consents: consents.iter().filter(|c| c.withdrawn_at.is_none()).map(|c| c.kind).collect(),
        document: document_facts,
        faces: faces
            .into_iter()
            .map(|f| FaceFact { document: f.document, portrait: f.portrait, finding: f.finding, at: f.at })
            .collect(),
        sighting: tx.sighting(verification.id).await?.map(|s| Sighting {
            staff: s.staff,
            document: s.document,
            person_matches: s.person_matches,
            at: s.at,
        }),
        lines_held,
        cap: rules.cap(group),
    };
    Ok((facts, document))
}

/// Names what a reviewer saw: a proposal is void as soon as this changes.
pub(crate) fn findings_hash(facts: &Facts) -> [u8; 32] {
    let mut h = Sha256::new();
    let mut put = |bytes: &[u8]| {
        h.update((bytes.len() as u64).to_be_bytes());
        h.update(bytes);
    };
    put(facts.way.code().as_bytes());
    for consent in &facts.consents {
        put(consent.code().as_bytes());
    }
    if let Some(d) = &facts.document {
        put(d.id.as_bytes());
        for f in &d.findings {
            put(f.check.code().as_bytes());
            put(f.result.code().as_bytes());
            put(f.class.code().as_bytes());
            put(f.reason.map_or("", |r| r.code()).as_bytes());
            put(&f.portrait.map(|p| p.to_bytes()).unwrap_or_default());
        }
    }
    for f in &facts.faces {
        put(f.document.as_bytes());
        put(&f.portrait.to_bytes());
        put(f.finding.outcome.code().as_bytes());
        put(&f.finding.score_ppm.unwrap_or(i32::MIN).to_be_bytes());
        for r in &f.finding.reasons {
            put(r.code().as_bytes());
        }
    }
    if let Some(s) = &facts.sighting {
        put(s.document.as_bytes());
        put(s.person_matches.code().as_bytes());
    }
    h.finalize().into()
}

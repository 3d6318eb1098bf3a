//! Records and keys that the tests share. Every value is made up.

use lineward_core::evidence::FaceOutcome;
use lineward_core::id::{ApplicationId, CarrierId, StaffId, VerificationId};
use lineward_ledger::{
    Commitment, DecidedBy, DecisionRecord, FaceTerms, KeyName, Opening, Outcome, Receipt, RecordKind,
    SigningKey, Word,
};

pub(crate) fn word(text: &str) -> Word {
    Word::parse(text).unwrap()
}

pub(crate) fn words(texts: &[&str]) -> Vec<Word> {
    texts.iter().map(|text| word(text)).collect()
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(KeyName::parse("carrier.example/receipts").unwrap(), [seed; 32].into())
}

pub(crate) fn openings() -> Vec<Opening> {
    ["holder_name", "birth_date", "document_number", "line"]
        .iter()
        .zip(0x51..)
        .map(|(label, salt)| Opening { label: word(label), salt: [salt; 32] })
        .collect()
}

fn commitments() -> Vec<Commitment> {
    let values = ["SAMPLE<<ANA", "1985-04-12", "X00000000", "+15550100"];
    let openings = openings();
    openings
        .iter()
        .zip(values)
        .map(|(o, value)| Commitment::new(o.label.clone(), value.as_bytes(), &o.salt))
        .collect()
}

/// Approved by the rules after a face match.
pub(crate) fn approved() -> DecisionRecord {
    DecisionRecord {
        kind: RecordKind::ApplicationDecided,
        outcome: Outcome::Approved,
        decided_at_micros: 1_795_433_696_123_456,
        carrier_id: CarrierId::from_bytes([0x11; 16]),
        verification_id: VerificationId::from_bytes([0x12; 16]),
        application_id: ApplicationId::from_bytes([0x13; 16]),
        opening_rules_hash: [0x21; 32],
        rules_hash: [0x22; 32],
        face: Some(FaceTerms {
            pack_hash: [0x23; 32],
            automatic_ppm: 427_000,
            review_ppm: 340_000,
            outcome: FaceOutcome::Match,
        }),
        findings: words(&["document_genuine:pass", "document_valid:pass", "face:match"]),
        reasons: vec![],
        decided_by: DecidedBy::Machine,
        proposal_hash: None,
        commitments: commitments(),
    }
}

/// Referred by the rules: two people.
pub(crate) fn referred() -> DecisionRecord {
    let mut record = approved();
    record.outcome = Outcome::Referred;
    record.findings = words(&["document_genuine:not_checked", "face:non_match"]);
    record.reasons = words(&["document_not_proven", "face_non_match"]);
    if let Some(face) = &mut record.face {
        face.outcome = FaceOutcome::NonMatch;
        face.review_ppm = -1;
    }
    record
}

/// Refused by two people, without a face comparison.
pub(crate) fn refused() -> DecisionRecord {
    let mut record = referred();
    record.outcome = Outcome::Refused;
    record.face = None;
    record.decided_by =
        DecidedBy::Person(vec![StaffId::from_bytes([0x31; 16]), StaffId::from_bytes([0x32; 16])]);
    record.proposal_hash = Some([0x33; 32]);
    record
}

/// Withdrawn by the applicant before anything was shown.
pub(crate) fn withdrawn() -> DecisionRecord {
    DecisionRecord {
        outcome: Outcome::Withdrawn,
        face: None,
        findings: vec![],
        decided_by: DecidedBy::Applicant,
        commitments: vec![],
        ..approved()
    }
}

pub(crate) fn receipt(record: DecisionRecord) -> Receipt {
    let openings = if record.commitments.is_empty() { vec![] } else { openings() };
    Receipt { record, reference: "LW-7K3M-Q2XA".into(), carrier_name: "Example Móvil".into(), openings }
}

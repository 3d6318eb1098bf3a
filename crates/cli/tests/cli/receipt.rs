//! `lineward receipt verify`.

use lineward_core::id::{ApplicationId, CarrierId, VerificationId};
use lineward_ledger::{DecidedBy, DecisionRecord, KeyName, Outcome, Receipt, RecordKind, SigningKey, Word};
use serde_json::json;

use crate::run::{file, run};

fn signed(seed: u8) -> (String, String) {
    let key = SigningKey::from_seed(KeyName::parse("carrier.example/receipts").unwrap(), [seed; 32].into());
    let receipt = Receipt {
        record: DecisionRecord {
            kind: RecordKind::ApplicationDecided,
            outcome: Outcome::Referred,
            decided_at_micros: 1_795_433_696_123_456,
            carrier_id: CarrierId::from_bytes([1; 16]),
            verification_id: VerificationId::from_bytes([2; 16]),
            application_id: ApplicationId::from_bytes([3; 16]),
            opening_rules_hash: [4; 32],
            rules_hash: [5; 32],
            face: None,
            findings: vec![],
            reasons: vec![Word::parse("document_not_proven").unwrap()],
            decided_by: DecidedBy::Machine,
            proposal_hash: None,
            commitments: vec![],
        },
        reference: "LW-7K3M-Q2XA".into(),
        carrier_name: "Example Mobile".into(),
        openings: vec![],
    };
    (receipt.write(&key).unwrap(), key.verifier().to_string())
}

#[test]
fn a_receipt_is_checked_with_and_without_trusted_keys() {
    let dir = tempfile::tempdir().unwrap();
    let (text, key) = signed(7);
    let receipt = file(&dir, "receipt.txt", text.as_bytes());
    let ours = file(&dir, "ours.txt", key.as_bytes());
    let others = file(&dir, "others.txt", signed(8).1.as_bytes());
    insta::assert_json_snapshot!(run(&["receipt", "verify", &receipt, "--policy", &ours, "--json"]).json());
    let unpinned = run(&["receipt", "verify", &receipt, "--json"]).json();
    assert_eq!((&unpinned["valid"], &unpinned["key_pinned"]), (&json!(true), &json!(false)));
    let foreign = run(&["receipt", "verify", &receipt, "--policy", &others, "--json"]).json();
    assert_eq!((&foreign["valid"], &foreign["entry"]), (&json!(false), &json!(null)));
}

#[test]
fn an_altered_receipt_is_answered_with_no_and_another_file_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let altered = file(&dir, "altered.txt", signed(7).0.replace("Example", "Exemple").as_bytes());
    assert_eq!(run(&["receipt", "verify", &altered, "--json"]).json()["valid"], false);
    let letter = file(&dir, "letter.txt", b"Dear customer");
    assert!(run(&["receipt", "verify", &letter]).failed().contains("this is not a receipt"));
}

//! The bytes of records and receipts are a promise: a log seals them, people keep them. If one of these tests fails,
//! the format has changed: make a new version instead.

use crate::sample;
use lineward_ledger::DecisionRecord;

fn check_record(record: &DecisionRecord, golden: &str) {
    let golden: String = golden.split_whitespace().collect();
    assert_eq!(hex::encode(record.encode().unwrap()), golden);
    assert_eq!(DecisionRecord::decode(&hex::decode(golden).unwrap()).as_ref(), Ok(record));
}

fn check_receipt(record: DecisionRecord, golden: &str) {
    let written = sample::receipt(record).write(&sample::key(7)).unwrap();
    assert_eq!(written, golden, "\n{written}");
}

#[test]
fn an_approved_record_keeps_its_bytes() {
    check_record(&sample::approved(), include_str!("../golden/approved.cbor.hex"));
}

#[test]
fn a_referred_record_keeps_its_bytes() {
    check_record(&sample::referred(), include_str!("../golden/referred.cbor.hex"));
}

#[test]
fn a_refused_record_keeps_its_bytes() {
    check_record(&sample::refused(), include_str!("../golden/refused.cbor.hex"));
}

#[test]
fn a_withdrawn_record_keeps_its_bytes() {
    check_record(&sample::withdrawn(), include_str!("../golden/withdrawn.cbor.hex"));
}

#[test]
fn a_record_keeps_its_hash() {
    let hash = sample::approved().hash().unwrap();
    assert_eq!(hex::encode(hash), include_str!("../golden/approved.sha256.hex").trim());
}

#[test]
fn receipts_keep_their_text() {
    check_receipt(sample::approved(), include_str!("../golden/approved.receipt.txt"));
    check_receipt(sample::refused(), include_str!("../golden/refused.receipt.txt"));
    check_receipt(sample::withdrawn(), include_str!("../golden/withdrawn.receipt.txt"));
}

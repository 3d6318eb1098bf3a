//! Receipts: what is accepted, and that nothing else is.

use crate::sample::{self, word};
use lineward_core::evidence::CheckResult;
use lineward_ledger::{
    DecisionRecord, KeyName, MAX_RECEIPT_BYTES, Note, NoteError, Policy, Receipt, ReceiptError, SigningKey,
};
use proptest::prelude::*;

fn policy(seed: u8) -> Policy {
    Policy::of(vec![sample::key(seed).verifier().clone()]).unwrap()
}

fn written() -> String {
    sample::receipt(sample::refused()).write(&sample::key(7)).unwrap()
}

/// Signs a text that is nearly a receipt with the receipt key, as a faulty or bribed writer would.
fn check_signed(change: impl Fn(&str) -> String, expected: ReceiptError) {
    let receipt = written();
    let text = change(Note::parse(receipt.as_bytes()).unwrap().text());
    let forged = Note::sign(&text, &sample::key(7)).unwrap();
    assert_eq!(Receipt::verify(forged.as_bytes(), &policy(7)), Err(expected), "{forged}");
}

#[test]
fn a_receipt_is_verified_with_and_without_a_policy() {
    let pinned = Receipt::verify(written().as_bytes(), &policy(7)).unwrap();
    assert!(pinned.key_pinned);
    assert_eq!(pinned.witnesses, 0);
    assert_eq!(pinned.receipt, sample::receipt(sample::refused()));
    assert_eq!(&pinned.key, sample::key(7).verifier());
    let unpinned = Receipt::verify_unpinned(written().as_bytes()).unwrap();
    assert!(!unpinned.key_pinned);
    assert_eq!(unpinned.receipt, pinned.receipt);
}

#[test]
fn a_receipt_of_another_key_under_the_same_name_is_not_trusted() {
    let name = "carrier.example/receipts".to_owned();
    assert_eq!(Receipt::verify(written().as_bytes(), &policy(8)), Err(ReceiptError::UntrustedKey { name }));
}

#[test]
fn the_key_line_of_a_trusted_key_does_not_help_another_signer() {
    let receipt = written();
    let text = Note::parse(receipt.as_bytes()).unwrap().text();
    let forged = Note::sign(text, &sample::key(8)).unwrap();
    let expected = Err(ReceiptError::Note(NoteError::NoKnownKey));
    assert_eq!(Receipt::verify(forged.as_bytes(), &policy(7)), expected);
    assert_eq!(Receipt::verify_unpinned(forged.as_bytes()), expected);
}

fn check_changed(receipt: &[u8], at: usize, byte: u8, verify: impl Fn(&[u8]) -> Option<ReceiptError>) {
    let mut changed = receipt.to_vec();
    changed[at] = byte;
    let error = verify(&changed);
    assert!(error.is_some(), "byte {at} as {byte:#04x}");
    // Damage is always an answer about a receipt, never "this is some other file".
    assert_ne!(error, Some(ReceiptError::NotAReceipt), "byte {at} as {byte:#04x}");
}

#[test]
fn every_byte_changed_to_every_other_makes_a_receipt_invalid() {
    let receipt = sample::receipt(sample::withdrawn()).write(&sample::key(7)).unwrap().into_bytes();
    let policy = policy(7);
    for at in 0..receipt.len() {
        for byte in (0..=255).filter(|byte| *byte != receipt[at]) {
            check_changed(&receipt, at, byte, |bytes| Receipt::verify(bytes, &policy).err());
        }
    }
}

#[test]
fn every_flipped_bit_makes_a_receipt_invalid() {
    let receipt = written().into_bytes();
    for at in 0..receipt.len() {
        for bit in 0..8 {
            let byte = receipt[at] ^ (1 << bit);
            check_changed(&receipt, at, byte, |bytes| Receipt::verify_unpinned(bytes).err());
        }
    }
}

#[test]
fn every_removed_or_added_byte_makes_a_receipt_invalid() {
    let receipt = written().into_bytes();
    for at in 0..=receipt.len() {
        let mut longer = receipt.clone();
        longer.insert(at, b'\n');
        assert!(Receipt::verify_unpinned(&longer).is_err(), "newline at {at}");
        longer[at] = b' ';
        assert!(Receipt::verify_unpinned(&longer).is_err(), "space at {at}");
        assert!(Receipt::verify_unpinned(&receipt[..at]).is_err() || at == receipt.len(), "cut at {at}");
        if at < receipt.len() {
            let mut shorter = receipt.clone();
            shorter.remove(at);
            assert!(Receipt::verify_unpinned(&shorter).is_err(), "without {at}");
        }
    }
}

#[test]
fn a_second_signature_is_refused() {
    let other = SigningKey::from_seed(KeyName::parse("other.example").unwrap(), [3; 32].into());
    let receipt = written();
    let text = Note::parse(receipt.as_bytes()).unwrap().text();
    let other = Note::sign(text, &other).unwrap();
    let both = format!("{receipt}{}", &other[text.len() + 1..]);
    assert_eq!(Receipt::verify(both.as_bytes(), &policy(7)), Err(ReceiptError::Signatures { count: 2 }));
}

#[test]
fn even_the_right_key_cannot_sign_words_that_the_record_does_not_say() {
    check_signed(|text| text.replace("was refused", "was approved"), ReceiptError::Layout);
    check_signed(|text| text.replace("decided at: 2", "decided at: 3"), ReceiptError::Layout);
    check_signed(|text| text.replace("reasons: ", "reasons: sample "), ReceiptError::Layout);
    check_signed(|text| format!("{text}reference: OTHER\n"), ReceiptError::Layout);
    check_signed(|text| text.replace("lineward receipt v1", "lineward receipt v2"), ReceiptError::Layout);
    check_signed(|text| text.replace("reference: LW", "reference: LW_"), ReceiptError::Reference);
    check_signed(|text| text.replace("carrier: ", "carrier:  "), ReceiptError::CarrierName);
    check_signed(|text| text.replace("carrier: ", "carried: "), ReceiptError::Line { line: "carrier: " });
    check_signed(|text| text.replace("salt birth_date", "salt death_date"), ReceiptError::Openings);
    check_signed(
        |text| text.replace("salt birth_date ", "salt birth_date"),
        ReceiptError::Line { line: "salt " },
    );
    check_signed(|text| text.replace("record: ", "record: !"), ReceiptError::Line { line: "record: " });
}

#[test]
fn other_files_are_told_from_damaged_receipts() {
    let verify = |bytes: &[u8]| Receipt::verify_unpinned(bytes).err();
    assert_eq!(verify(b""), Some(ReceiptError::NotAReceipt));
    assert_eq!(verify(b"\xff\xd8\xff\xe0"), Some(ReceiptError::NotAReceipt));
    assert_eq!(verify(b"lineward receipt v1\n"), Some(ReceiptError::Note(NoteError::Format)));
    let length = MAX_RECEIPT_BYTES + 1;
    assert_eq!(verify(&vec![b'a'; length]), Some(ReceiptError::TooLarge { length }));
    let windows = written().replace('\n', "\r\n");
    assert_eq!(
        verify(windows.as_bytes()),
        Some(ReceiptError::Note(NoteError::ControlCharacter { code: 13 }))
    );
}

#[test]
fn the_salts_open_the_commitments() {
    let verified = Receipt::verify(written().as_bytes(), &policy(7)).unwrap();
    assert_eq!(verified.opens(&word("birth_date"), b"1985-04-12"), CheckResult::Pass);
    assert_eq!(verified.opens(&word("birth_date"), b"1985-04-13"), CheckResult::Fail);
    assert_eq!(verified.opens(&word("shoe_size"), b"38"), CheckResult::NotChecked);
}

#[test]
fn a_receipt_with_missing_or_misplaced_salts_is_not_written() {
    let mut receipt = sample::receipt(sample::approved());
    receipt.openings.swap(0, 1);
    assert_eq!(receipt.write(&sample::key(7)), Err(ReceiptError::Openings));
    receipt.openings.clear();
    assert_eq!(receipt.write(&sample::key(7)), Err(ReceiptError::Openings));
}

#[test]
fn carrier_names_and_references_that_could_fake_a_line_are_not_written() {
    for name in ["", " Example", "Example\nrecord: x", "Example\u{85}"] {
        let receipt = Receipt { carrier_name: name.into(), ..sample::receipt(sample::approved()) };
        assert_eq!(receipt.write(&sample::key(7)), Err(ReceiptError::CarrierName), "{name:?}");
    }
    for reference in ["", "LW 1", "LW\n1", "ñ"] {
        let receipt = Receipt { reference: reference.into(), ..sample::receipt(sample::approved()) };
        assert_eq!(receipt.write(&sample::key(7)), Err(ReceiptError::Reference), "{reference:?}");
    }
}

#[test]
fn the_largest_record_fits_into_a_receipt() {
    let mut record: DecisionRecord = sample::refused();
    record.findings = vec![word(&"f".repeat(64)); 64];
    record.reasons = vec![word(&"r".repeat(64)); 64];
    assert!(sample::receipt(record).write(&sample::key(7)).is_ok());
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(lineward receipt v1\n)?(\\PC|\n){0,200}(record: |key: |salt |\n\n\u{2014} ){0,4}\\PC{0,80}\n?") {
        prop_assert!(Receipt::verify_unpinned(text.as_bytes()).is_err());
    }
}

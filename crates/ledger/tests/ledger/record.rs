//! Records: the rules of the format, another CBOR library as a judge, arbitrary bytes.

use crate::sample::{self, word};
use lineward_core::evidence::FaceOutcome;
use lineward_core::id::{ApplicationId, CarrierId, StaffId, VerificationId};
use lineward_ledger::{
    CborError, Commitment, DecidedBy, DecisionRecord, FaceTerms, MAX_RECORD_BYTES, Outcome, RecordError,
    RecordKind, Word,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn check_refused(change: impl FnOnce(&mut DecisionRecord), expected: RecordError) {
    let mut record = sample::refused();
    change(&mut record);
    assert_eq!(record.encode(), Err(expected));
}

#[test]
fn nobody_is_refused_by_a_machine_or_one_person_alone() {
    let by = |decider, signatures| RecordError::NotTheirsToDecide {
        outcome: Outcome::Refused,
        decider,
        signatures,
    };
    check_refused(|r| r.decided_by = DecidedBy::Machine, by("machine", 0));
    check_refused(|r| r.decided_by = DecidedBy::Applicant, by("applicant", 0));
    check_refused(|r| r.decided_by = DecidedBy::Person(vec![]), by("person", 0));
    check_refused(|r| r.decided_by = DecidedBy::Person(vec![StaffId::from_bytes([1; 16])]), by("person", 1));
}

#[test]
fn a_refusal_by_a_machine_is_refused_on_reading_too() {
    let bytes = sample::refused().encode().unwrap();
    let at = bytes.windows(7).position(|window| window == b"refused").unwrap();
    let mut forged = sample::referred();
    forged.decided_by = DecidedBy::Machine;
    let mut forged = forged.encode().unwrap();
    // "referred" and "refused" differ in length: write the head again.
    forged.splice(at - 1..at + 8, [0x67].into_iter().chain(*b"refused"));
    assert!(matches!(DecisionRecord::decode(&forged), Err(RecordError::NotTheirsToDecide { .. })));
}

#[test]
fn an_applicant_can_only_withdraw() {
    let mut record = sample::approved();
    record.decided_by = DecidedBy::Applicant;
    assert!(matches!(record.encode(), Err(RecordError::NotTheirsToDecide { .. })));
    record.outcome = Outcome::Withdrawn;
    assert!(record.encode().is_ok());
}

#[test]
fn two_signatures_and_a_proposal_hash_go_together() {
    check_refused(
        |r| r.proposal_hash = None,
        RecordError::ProposalHash { signatures: 2, presence: "absent" },
    );
    let mut record = sample::approved();
    record.proposal_hash = Some([0; 32]);
    assert_eq!(record.encode(), Err(RecordError::ProposalHash { signatures: 0, presence: "present" }));
}

#[test]
fn signers_and_labels_stand_once() {
    let staff = StaffId::from_bytes([1; 16]);
    check_refused(
        |r| r.decided_by = DecidedBy::Person(vec![staff; 2]),
        RecordError::RepeatedSigner { staff },
    );
    check_refused(
        |r| {
            r.commitments = vec![r.commitments[0].clone(), r.commitments[1].clone(), r.commitments[0].clone()]
        },
        RecordError::RepeatedLabel { label: word("holder_name") },
    );
}

#[test]
fn times_thresholds_and_lengths_have_limits() {
    check_refused(|r| r.decided_at_micros = -1, RecordError::Time { micros: -1 });
    let micros = 253_370_764_800_000_000;
    check_refused(|r| r.decided_at_micros = micros, RecordError::Time { micros });
    check_refused(|r| r.decided_at_micros = i64::MAX, RecordError::Time { micros: i64::MAX });
    for (automatic_ppm, review_ppm) in [(1_000_001, 0), (0, -1_000_001), (340_000, 427_000)] {
        let face = FaceTerms { pack_hash: [0; 32], automatic_ppm, review_ppm, outcome: FaceOutcome::Match };
        check_refused(|r| r.face = Some(face), RecordError::Thresholds { automatic_ppm, review_ppm });
    }
    let too_many = RecordError::TooMany { list: "findings", count: 65, most: 64 };
    check_refused(|r| r.findings = vec![word("a"); 65], too_many);
    let length = MAX_RECORD_BYTES + 1;
    assert_eq!(DecisionRecord::decode(&vec![0; length]), Err(RecordError::TooLarge { length }));
}

#[test]
fn the_largest_record_fits() {
    let long = |c: char| word(&c.to_string().repeat(64));
    let label = |n: usize| word(&format!("{}{n:02}", "a".repeat(62)));
    let record = DecisionRecord {
        decided_at_micros: 253_370_764_799_999_999,
        face: sample::referred().face,
        findings: vec![long('f'); 64],
        reasons: vec![long('r'); 64],
        decided_by: DecidedBy::Person((0..8).map(|n| StaffId::from_bytes([n; 16])).collect()),
        commitments: (0..32).map(|n| Commitment { label: label(n), digest: [0; 32] }).collect(),
        ..sample::refused()
    };
    let bytes = record.encode().unwrap();
    assert!(bytes.len() <= MAX_RECORD_BYTES, "{}", bytes.len());
    assert_eq!(DecisionRecord::decode(&bytes), Ok(record));
}

#[test]
fn unknown_versions_words_and_fields_are_refused() {
    let bytes = sample::withdrawn().encode().unwrap();
    let changed = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        DecisionRecord::decode(&bytes)
    };
    assert_eq!(changed(2, 2), Err(RecordError::Version { version: 2 }));
    assert!(matches!(changed(6, b'x'), Err(RecordError::Code(_))));
    // One field more is announced than there is, then one fewer.
    let end = bytes.len();
    assert_eq!(changed(0, bytes[0] + 1), Err(CborError::UnexpectedField { at: end }.into()));
    assert_eq!(changed(0, bytes[0] - 1), Err(CborError::MissingField { key: 16 }.into()));
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(DecisionRecord::decode(&longer), Err(CborError::TrailingBytes { count: 1 }.into()));
}

#[test]
fn every_shortened_record_is_refused() {
    let bytes = sample::refused().encode().unwrap();
    for length in 0..bytes.len() {
        assert!(DecisionRecord::decode(&bytes[..length]).is_err(), "{length}");
    }
}

/// ciborium writes shortest heads and definite lengths and keeps the order of map keys: if it writes what it read back
/// to the same bytes, and the keys ascend, the bytes are deterministic by another's judgement.
fn check_with_ciborium(bytes: &[u8]) {
    let value: ciborium::Value = ciborium::from_reader(bytes).unwrap();
    let mut again = Vec::new();
    ciborium::into_writer(&value, &mut again).unwrap();
    assert_eq!(again, bytes);
    let keys: Vec<u64> = value
        .as_map()
        .unwrap()
        .iter()
        .map(|(key, _)| key.as_integer().unwrap().try_into().unwrap())
        .collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
}

#[test]
fn ciborium_agrees_with_the_sample_records() {
    for record in [sample::approved(), sample::referred(), sample::refused(), sample::withdrawn()] {
        check_with_ciborium(&record.encode().unwrap());
    }
}

#[test]
fn a_record_that_ciborium_writes_in_another_order_is_refused() {
    let bytes = sample::approved().encode().unwrap();
    let value: ciborium::Value = ciborium::from_reader(bytes.as_slice()).unwrap();
    let mut pairs = value.into_map().unwrap();
    pairs.swap(3, 7);
    let mut swapped = Vec::new();
    ciborium::into_writer(&ciborium::Value::Map(pairs), &mut swapped).unwrap();
    assert!(DecisionRecord::decode(&swapped).is_err());
}

prop_compose! {
    fn any_word()(text in "[a-z][a-z_:.]{0,20}[0-9]{0,4}") -> Word { word(&text) }
}

prop_compose! {
    fn any_face()(
        pack_hash in any::<[u8; 32]>(),
        a in -1_000_000..=1_000_000_i32,
        b in -1_000_000..=1_000_000_i32,
        outcome in prop::sample::select(FaceOutcome::ALL),
    ) -> FaceTerms {
        FaceTerms { pack_hash, automatic_ppm: a.max(b), review_ppm: a.min(b), outcome }
    }
}

fn any_decider() -> impl Strategy<Value = DecidedBy> {
    let signers = prop::collection::btree_set(any::<[u8; 16]>(), 1..=8);
    prop_oneof![
        Just(DecidedBy::Machine),
        Just(DecidedBy::Applicant),
        signers.prop_map(|ids| DecidedBy::Person(ids.into_iter().map(StaffId::from_bytes).collect())),
    ]
}

prop_compose! {
    fn any_record()(
        outcome in prop::sample::select(Outcome::ALL),
        decided_at_micros in 0..253_370_764_800_000_000_i64,
        ids in any::<[[u8; 16]; 3]>(),
        hashes in any::<[[u8; 32]; 3]>(),
        face in option::of(any_face()),
        findings in vec(any_word(), 0..=64),
        reasons in vec(any_word(), 0..=64),
        decided_by in any_decider(),
        commitments in prop::collection::btree_map(any_word(), any::<[u8; 32]>(), 0..=32),
    ) -> DecisionRecord {
        let several = matches!(&decided_by, DecidedBy::Person(signers) if signers.len() >= 2);
        let outcome = match decided_by {
            DecidedBy::Applicant => Outcome::Withdrawn,
            _ if several || outcome != Outcome::Refused => outcome,
            _ => Outcome::Referred,
        };
        DecisionRecord {
            kind: RecordKind::ApplicationDecided,
            outcome,
            decided_at_micros,
            carrier_id: CarrierId::from_bytes(ids[0]),
            verification_id: VerificationId::from_bytes(ids[1]),
            application_id: ApplicationId::from_bytes(ids[2]),
            opening_rules_hash: hashes[0],
            rules_hash: hashes[1],
            face,
            findings,
            reasons,
            decided_by,
            proposal_hash: several.then_some(hashes[2]),
            commitments: commitments.into_iter().map(|(label, digest)| Commitment { label, digest }).collect(),
        }
    }
}

proptest! {
    #[test]
    fn a_record_survives_encoding(record in any_record()) {
        let bytes = record.encode().unwrap();
        prop_assert!(bytes.len() <= MAX_RECORD_BYTES);
        check_with_ciborium(&bytes);
        prop_assert_eq!(DecisionRecord::decode(&bytes), Ok(record));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        if let Ok(record) = DecisionRecord::decode(&bytes) {
            prop_assert_eq!(record.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn whatever_decodes_after_damage_has_these_very_bytes(
        record in any_record(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = record.encode().unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(record) = DecisionRecord::decode(&bytes) {
            prop_assert_eq!(record.encode().unwrap(), bytes);
        }
    }
}

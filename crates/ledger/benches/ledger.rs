//! `cargo bench -p lineward-ledger`: writing and checking one record and one receipt.
#![allow(clippy::expect_used, reason = "a benchmark that cannot start fails")]
#![allow(missing_docs, reason = "written by criterion_group")]

use criterion::{Criterion, criterion_group, criterion_main};
use lineward_ledger::{DecisionRecord, KeyName, Note, Policy, Receipt, SigningKey};
use std::hint::black_box;

/// A refused application with four commitments: the longest of the sample receipts.
const RECEIPT: &str = include_str!("../tests/golden/refused.receipt.txt");

fn ledger(c: &mut Criterion) {
    let name = KeyName::parse("carrier.example/receipts").expect("the name of the golden files' key");
    let key = SigningKey::from_seed(name, [7; 32].into());
    let policy = Policy::of(vec![key.verifier().clone()]).expect("one key");
    let receipt = Receipt::verify(RECEIPT.as_bytes(), &policy).expect("the golden receipt is valid").receipt;
    let bytes = receipt.record.encode().expect("it was decoded");

    // The floor of a check: one strict Ed25519 verification. Compare with it in the same run, on whatever machine.
    let note = Note::sign("A text.\n", &key).expect("it ends in a newline");
    let note = Note::parse(note.as_bytes()).expect("it was just written");
    c.bench_function("ed25519: verify strictly", |b| b.iter(|| note.verify(black_box(&[key.verifier()]))));
    c.bench_function("record: encode", |b| b.iter(|| black_box(&receipt.record).encode()));
    c.bench_function("record: decode", |b| b.iter(|| DecisionRecord::decode(black_box(&bytes))));
    c.bench_function("receipt: write", |b| b.iter(|| black_box(&receipt).write(&key)));
    c.bench_function("receipt: verify", |b| {
        b.iter(|| Receipt::verify(black_box(RECEIPT.as_bytes()), &policy))
    });
}

criterion_group!(benches, ledger);
criterion_main!(benches);

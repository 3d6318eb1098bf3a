//! What passive authentication costs: two signatures, each with its key read from octets (goals: 0.5 ms RSA, 1 ms NIST
//! curves, 2.5 ms brainpool).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lineward_document::crypto::{Hash, PublicKey, Scheme, verify};

/// Made for the tests; the first line with SHA-256 under each key counts.
const SIGNATURES: &str = include_str!("../tests/data/signatures.txt");

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("two_signatures");
    let mut done = Vec::new();
    for line in SIGNATURES.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(" | ").collect();
        let &[name, scheme, "sha256", spki, signature] = fields.as_slice() else { continue };
        let scheme = match scheme {
            "ecdsa" => Scheme::Ecdsa(Hash::Sha256),
            "pkcs1" => Scheme::RsaPkcs1(Hash::Sha256),
            _ => continue,
        };
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        let (spki, signature) = (unhex(spki), unhex(signature));
        group.bench_function(name, |b| b.iter(|| (0..2).all(|_| right(&spki, scheme, &signature))));
    }
    group.finish();
}

fn right(spki: &[u8], scheme: Scheme, signature: &[u8]) -> bool {
    PublicKey::from_spki(black_box(spki))
        .is_ok_and(|key| verify(&key, scheme, &[b"a document"], black_box(signature)).is_ok())
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect()
}

criterion_group!(benches, bench);
criterion_main!(benches);

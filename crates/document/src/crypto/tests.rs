//! Signatures that OpenSSL made, what a changed bit does to them, and the constants of the curves.

use super::*;

const MESSAGE: &[u8] = b"a document";

struct Case {
    name: &'static str,
    scheme: Scheme,
    spki: Vec<u8>,
    signature: Vec<u8>,
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn cases() -> Vec<Case> {
    let lines = include_str!("../../tests/data/signatures.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let [name, scheme, digest, spki, signature] = line.split(" | ").collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let hash = |word: &str| Hash::parse(&word.to_uppercase().replace("SHA", "SHA-")).unwrap();
            let digest = hash(digest);
            let scheme = match scheme.split('/').collect::<Vec<_>>()[..] {
                ["ecdsa"] => Scheme::Ecdsa(digest),
                ["pkcs1"] => Scheme::RsaPkcs1(digest),
                ["pss", mgf, salt] => {
                    let salt_len = salt.parse().unwrap();
                    Scheme::RsaPss(PssParameters { hash: digest, mgf: hash(mgf), salt_len })
                }
                _ => panic!("{scheme}"),
            };
            Case { name, scheme, spki: unhex(spki), signature: unhex(signature) }
        })
        .collect()
}

#[track_caller]
fn check(
    spki: &[u8],
    scheme: Scheme,
    message: &[u8],
    signature: &[u8],
    expected: Result<(), SignatureError>,
) {
    let key = PublicKey::from_spki(spki).unwrap();
    assert_eq!(verify(&key, scheme, &[message], signature), expected, "{} {scheme:?}", key.describe());
}

#[test]
fn signatures_of_openssl_are_right_under_every_curve_length_and_scheme() {
    let cases = cases();
    assert_eq!(cases.len(), 88);
    for case in cases {
        let key = PublicKey::from_spki(&case.spki).unwrap();
        assert_eq!(key.describe(), case.name);
        check(&case.spki, case.scheme, MESSAGE, &case.signature, Ok(()));
    }
}

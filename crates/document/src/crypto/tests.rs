//! Signatures that OpenSSL made, what a changed bit does to them, and the constants of the curves.

use super::{test_key::unhex, *};

const MESSAGE: &[u8] = b"a document";

struct Case {
    name: &'static str,
    scheme: Scheme,
    spki: Vec<u8>,
    signature: Vec<u8>,
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
    assert_eq!(cases.len(), 86);
    for case in cases {
        let key = PublicKey::from_spki(&case.spki).unwrap();
        assert_eq!(key.describe(), case.name);
        check(&case.spki, case.scheme, MESSAGE, &case.signature, Ok(()));
    }
}

/// One case of each key and scheme.
fn one_of_each() -> Vec<Case> {
    let mut cases = cases();
    cases.retain(|case| case.scheme.hash() == Hash::Sha256);
    cases.dedup_by_key(|case| (case.name, std::mem::discriminant(&case.scheme)));
    cases
}

fn flipped(octets: &[u8], bit: usize) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[bit / 8] ^= 1 << (bit % 8);
    octets
}

#[test]
fn one_changed_bit_anywhere_makes_a_signature_wrong() {
    for case in one_of_each() {
        let key = PublicKey::from_spki(&case.spki).unwrap();
        let right = |key: &PublicKey, message: &[u8], signature: &[u8]| {
            verify(key, case.scheme, &[message], signature).is_ok()
        };
        // Every bit of the message; of signature and key, bits in all octets in turn.
        for bit in 0..MESSAGE.len() * 8 {
            assert!(!right(&key, &flipped(MESSAGE, bit), &case.signature), "{}", case.name);
        }
        for bit in (0..case.signature.len() * 8).step_by(23) {
            assert!(!right(&key, MESSAGE, &flipped(&case.signature, bit)), "{} {bit}", case.name);
        }
        for bit in (0..case.spki.len() * 8).step_by(23) {
            let key = PublicKey::from_spki(&flipped(&case.spki, bit));
            let wrong = key.map_or(true, |key| !right(&key, MESSAGE, &case.signature));
            assert!(wrong, "{} {bit}", case.name);
        }
    }
}

#[test]
fn a_signature_is_right_under_its_own_scheme_and_kind_of_key_only() {
    let cases = one_of_each();
    for case in &cases {
        let key = PublicKey::from_spki(&case.spki).unwrap();
        for other in cases.iter().filter(|other| other.scheme != case.scheme) {
            assert!(verify(&key, other.scheme, &[MESSAGE], &case.signature).is_err());
        }
        let schemes = [
            Scheme::RsaPkcs1(Hash::Sha512),
            Scheme::RsaPss(PssParameters::DEFAULT),
            Scheme::Ecdsa(Hash::Sha512),
            Scheme::EcdsaPlain(Hash::Sha256),
        ];
        for scheme in schemes {
            assert!(verify(&key, scheme, &[MESSAGE], &case.signature).is_err(), "{} {scheme:?}", case.name);
        }
    }
}

#[test]
fn the_message_may_come_in_pieces_and_plain_signatures_are_two_halves() {
    for case in one_of_each() {
        let key = PublicKey::from_spki(&case.spki).unwrap();
        let (front, back) = MESSAGE.split_at(3);
        assert_eq!(verify(&key, case.scheme, &[front, &[], back], &case.signature), Ok(()));
        let PublicKey::Ec(key) = &key else { continue };
        let (r, s) = ec::split_der(&case.signature).unwrap();
        let half = |integer: &[u8]| {
            let integer = crate::asn1::strip_zeros(integer);
            [&vec![0; key.curve().size() - integer.len()][..], integer].concat()
        };
        let plain = [half(r), half(s)].concat();
        let scheme = Scheme::EcdsaPlain(case.scheme.hash());
        assert_eq!(verify(&PublicKey::Ec(key.clone()), scheme, &[MESSAGE], &plain), Ok(()));
    }
}

#[test]
fn curves_given_by_their_parameters_are_taken_only_when_all_are_those_of_a_known_one() {
    let explicit: Vec<Case> =
        cases().into_iter().filter(|case| case.spki.len() > 250 && is_ec(case)).collect();
    assert_eq!(explicit.len(), 9);
    for case in explicit {
        let PublicKey::Ec(key) = PublicKey::from_spki(&case.spki).unwrap() else { panic!("a curve") };
        assert_eq!(key.given(), CurveGiven::Explicit);
        // Every changed bit before the key makes another curve, but for the version and for the seed of a curve of NIST,
        // which are no parameters.
        let key_at = case.spki.len() - key.point().len();
        let taken = (0..key_at * 8)
            .filter(|bit| matches!(PublicKey::from_spki(&flipped(&case.spki, *bit)), Ok(PublicKey::Ec(_))))
            .count();
        let seed = if case.name.starts_with("P-") { 8 + 160 } else { 0 };
        assert!(taken <= 8 + seed, "{}: {taken} bits are not looked at", case.name);
    }
}

fn is_ec(case: &Case) -> bool {
    matches!(case.scheme, Scheme::Ecdsa(_))
}

#[test]
fn a_missing_cofactor_is_taken_and_said_and_another_is_not() {
    for case in cases().into_iter().filter(|case| case.spki.len() > 250 && is_ec(case)) {
        let edited = |cofactor: &[u8]| {
            let mut fields = Tlv::read(&case.spki, Rules::Der).unwrap().inside();
            let mut algorithm = fields.sequence().unwrap();
            let (oid, parameters) = (algorithm.read().unwrap(), algorithm.read().unwrap());
            let kept = parameters.value.strip_suffix(&[2, 1, 1]).unwrap();
            let parameters = sequence(&[kept, cofactor].concat());
            sequence(&[sequence(&[oid.raw, &parameters].concat()), fields.rest().to_vec()].concat())
        };
        let given = |spki: &[u8]| match PublicKey::from_spki(spki)? {
            PublicKey::Ec(key) => Ok(key.given()),
            PublicKey::Rsa(_) => panic!("a curve"),
        };
        assert_eq!(given(&edited(&[2, 1, 1])), Ok(CurveGiven::Explicit));
        assert_eq!(given(&edited(&[])), Ok(CurveGiven::ExplicitWithoutCofactor));
        assert_eq!(given(&edited(&[2, 1, 4])), Err(KeyError::UnknownCurve));
    }
}

fn sequence(inside: &[u8]) -> Vec<u8> {
    [&[0x30, 0x82, (inside.len() >> 8) as u8, inside.len() as u8], inside].concat()
}

#[test]
fn schemes_are_read_as_their_standards_say() {
    let read = |oid: &[u8], parameters: &[u8], digest| {
        let parameters = (!parameters.is_empty()).then(|| Tlv::read(parameters, Rules::Der).unwrap());
        Scheme::read(Oid(oid), parameters, digest)
    };
    let pkcs1 = |last: u8| [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, last];
    assert_eq!(read(&pkcs1(1), &[5, 0], Some(Hash::Sha384)), Ok(Scheme::RsaPkcs1(Hash::Sha384)));
    assert_eq!(read(&pkcs1(1), &[5, 0], None), Err(SchemeError::NoHash));
    // The digest algorithm that stands apart does not count when the signature algorithm names one.
    assert_eq!(read(&pkcs1(11), &[5, 0], Some(Hash::Sha1)), Ok(Scheme::RsaPkcs1(Hash::Sha256)));
    let ecdsa = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
    assert_eq!(read(&ecdsa, &[], Some(Hash::Sha1)), Ok(Scheme::Ecdsa(Hash::Sha256)));
    let plain = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x04];
    assert_eq!(read(&plain, &[], None), Ok(Scheme::EcdsaPlain(Hash::Sha384)));
    assert_eq!(read(&[0x2A, 0x03], &[], None), Err(SchemeError::Unknown("1.2.3".to_owned())));

    // RSASSA-PSS-params: all defaults, each field, and what is not allowed (RFC 4055, clause 3.1).
    assert_eq!(read(&pkcs1(10), &[0x30, 0], None), Ok(Scheme::RsaPss(PssParameters::DEFAULT)));
    assert!(matches!(read(&pkcs1(10), &[], None), Err(SchemeError::BadParameters(_))));
    assert!(matches!(read(&pkcs1(10), &[5, 0], None), Err(SchemeError::BadParameters(_))));
    let salt = [0x30, 5, 0xA2, 3, 2, 1, 32];
    let with_salt = PssParameters { salt_len: 32, ..PssParameters::DEFAULT };
    assert_eq!(read(&pkcs1(10), &salt, None), Ok(Scheme::RsaPss(with_salt)));
    let sha256 = [0x30, 11, 0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let hash = [&[0x30, 15, 0xA0, 13], &sha256[..]].concat();
    let with_hash = PssParameters { hash: Hash::Sha256, ..PssParameters::DEFAULT };
    assert_eq!(read(&pkcs1(10), &hash, None), Ok(Scheme::RsaPss(with_hash)));
    let mgf = [&[0x30, 28, 0xA1, 26, 0x30, 24, 0x06, 9][..], &pkcs1(8), &sha256].concat();
    let with_mgf = PssParameters { mgf: Hash::Sha256, ..PssParameters::DEFAULT };
    assert_eq!(read(&pkcs1(10), &mgf, None), Ok(Scheme::RsaPss(with_mgf)));
    assert_eq!(
        read(&pkcs1(10), &[0x30, 5, 0xA3, 3, 2, 1, 1], None),
        Ok(Scheme::RsaPss(PssParameters::DEFAULT))
    );
    assert!(read(&pkcs1(10), &[0x30, 5, 0xA3, 3, 2, 1, 2], None).is_err());
    assert!(read(&pkcs1(10), &[0x30, 2, 5, 0], None).is_err());
}

#[test]
fn weaknesses_are_named_by_role() {
    let of = |name: &str, hash, role| {
        let case = cases().into_iter().find(|case| case.name == name && case.scheme.hash() == hash).unwrap();
        Weakness::of(&PublicKey::from_spki(&case.spki).unwrap(), case.scheme, role)
    };
    assert_eq!(of("RSA 3072", Hash::Sha256, Role::CountryCa), []);
    assert_eq!(of("RSA 2048", Hash::Sha256, Role::Signer), []);
    let small = |bits, least| Weakness::SmallRsa { bits, least };
    assert_eq!(of("RSA 2048", Hash::Sha256, Role::CountryCa), [small(2048, 3072)]);
    assert_eq!(of("RSA 1024", Hash::Sha256, Role::Chip), [Weakness::SmallExponent { bits: 2 }]);
    let curve = Weakness::SmallCurve { bits: 224, least: 256 };
    assert_eq!(of("brainpoolP224r1", Hash::Sha1, Role::CountryCa), [curve, Weakness::Sha1]);
    assert_eq!(of("P-224", Hash::Sha256, Role::Signer), []);
}

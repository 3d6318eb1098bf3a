use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use jiff::civil::date;

use super::*;

/// The fields of a code of the second version; the portrait is no more than the marks of its beginning and end.
const FIELDS: &[&str] = &[
    "V2",
    "3",
    "123420190308114407437",
    "Asha Rao",
    "09-05-1984",
    "F",
    "C/O Mohan Rao",
    "Mysuru",
    "",
    "12",
    "",
    "570001",
    "Fort",
    "Karnataka",
    "Main Road",
    "Mysuru North",
    "Mysuru",
    "5678",
];
const PORTRAIT: &[u8] = &[0xff, 0x4f, 0xff, 0x51, 1, 2, 255, 3, 0xff, 0xd9];

fn data(fields: &[&str], hashes: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    for field in fields {
        data.extend_from_slice(field.as_bytes());
        data.push(DIVIDER);
    }
    data.extend_from_slice(PORTRAIT);
    data.extend_from_slice(hashes);
    data.extend_from_slice(&[7; SIGNATURE]);
    data
}

fn with(at: usize, text: &'static str) -> Vec<&'static str> {
    let mut fields = FIELDS.to_vec();
    fields[at] = text;
    fields
}

fn gzipped(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Long division by hand: the other way than the reader goes.
fn decimal(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut digits = Vec::new();
    while number.iter().any(|byte| *byte > 0) {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = (value / 10) as u8;
            remainder = value % 10;
        }
        digits.push(char::from(b'0' + remainder as u8));
    }
    digits.iter().rev().collect()
}

fn read(data: &[u8]) -> Result<SecureQr, AadhaarError> {
    SecureQr::read(&decimal(&gzipped(data)))
}

#[test]
fn every_field_is_read() {
    let hashes: Vec<u8> = [[1; HASH], [2; HASH]].concat();
    let qr = read(&data(FIELDS, &hashes)).unwrap();
    assert_eq!((qr.version, qr.aadhaar_last_four.as_str(), qr.name.as_str()), (2, "1234", "Asha Rao"));
    assert_eq!(qr.made_at, date(2019, 3, 8).at(11, 44, 7, 437_000_000));
    assert_eq!(qr.birth_date, date(1984, 5, 9).into());
    assert_eq!(qr.sex, Sex::Female);
    assert_eq!((qr.address.care_of.as_str(), qr.address.landmark.as_str()), ("C/O Mohan Rao", ""));
    assert_eq!((qr.address.pin_code.as_str(), qr.address.town.as_str()), ("570001", "Mysuru"));
    assert_eq!(qr.mobile_last_four.as_deref(), Some("5678"));
    assert_eq!(qr.portrait, PORTRAIT);
    assert_eq!((qr.email_hash, qr.mobile_hash), (Some([1; HASH]), Some([2; HASH])));
    assert_eq!(format!("{qr:?}"), "SecureQr(version 2, portrait of 10 bytes)");
}

#[test]
fn the_first_version_has_no_mark_and_no_mobile_digits() {
    let mut fields = FIELDS[1..17].to_vec();
    fields[0] = "2";
    let qr = read(&data(&fields, &[3; HASH])).unwrap();
    assert_eq!((qr.version, qr.mobile_last_four), (1, None));
    assert_eq!((qr.email_hash, qr.mobile_hash), (None, Some([3; HASH])));
    assert_eq!(qr.portrait, PORTRAIT);
}

#[test]
fn hashes_that_the_indicator_promises_may_be_left_out() {
    let qr = read(&data(FIELDS, &[])).unwrap();
    assert_eq!((qr.portrait.as_slice(), qr.email_hash, qr.mobile_hash), (PORTRAIT, None, None));
}

#[test]
fn zlib_is_read_as_well_as_gzip() {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&data(FIELDS, &[])).unwrap();
    assert!(SecureQr::read(&format!("  {}\n", decimal(&encoder.finish().unwrap()))).is_ok());
}

#[test]
fn a_name_outside_of_ascii_is_read() {
    assert_eq!(read(&data(&with(3, "आशा"), &[])).unwrap().name, "आशा");
    let mut latin = data(FIELDS, &[]);
    let at = latin.iter().position(|byte| *byte == b'A').unwrap();
    latin[at] = 0xc1;
    assert_eq!(read(&latin).unwrap().name, "Ásha Rao");
}

#[test]
fn only_the_year_of_birth_may_be_known() {
    assert_eq!(read(&data(&with(4, "1984"), &[])).unwrap().birth_date.to_string(), "1984-XX-XX");
}

#[test]
fn each_defect_has_its_own_answer() {
    let check = |text: &str, expected| assert_eq!(SecureQr::read(text).unwrap_err(), expected);
    check("", AadhaarError::NotDecimal);
    check("<?xml version=\"1.0\"?>", AadhaarError::NotDecimal);
    check("123456789", AadhaarError::NotCompressed);
    check(&"9".repeat(7090), AadhaarError::TooLong { digits: 7090, limit: 7089 });
    let mut damaged = gzipped(&data(FIELDS, &[]));
    damaged.push(0);
    check(&decimal(&damaged), AadhaarError::NotCompressed);
    damaged.truncate(100);
    check(&decimal(&damaged), AadhaarError::NotCompressed);
    check(&decimal(&gzipped(&vec![0; 1 << 20])), AadhaarError::TooLarge { limit: MAX_BYTES });
    check(&decimal(&gzipped(&[0; 255])), AadhaarError::Truncated);
    check(&decimal(&gzipped(&data(&FIELDS[..9], &[]))), AadhaarError::Truncated);
    for (at, text, name) in [
        (1, "4", "indicator"),
        (2, "12342019030811440743", "reference"),
        (2, "123420191308114407437", "reference"),
        (2, "12342019030811440743X", "reference"),
        (4, "31-02-1984", "birth_date"),
        (4, "09-05-84", "birth_date"),
        (5, "", "sex"),
    ] {
        check(&decimal(&gzipped(&data(&with(at, text), &[]))), AadhaarError::Field { name });
    }
}

#[test]
fn the_signature_is_of_every_byte_before_it_and_the_key_has_a_period() {
    let mut signed = data(FIELDS, &[]);
    let end = content_end(&signed);
    signed[end..].copy_from_slice(&unhex(TOY_SIGNATURE));
    let qr = read(&signed).unwrap();
    let key = |name: &str, from: &str, to: &str| AadhaarKey {
        name: name.to_owned(),
        period: Some((from.parse().unwrap(), to.parse().unwrap())),
        key: toy_key(),
    };
    // Made on 8 March 2019, 11:44 in India, 06:14 UTC.
    let early = key("early", "2017-03-08T00:00:00Z", "2019-03-08T06:14:07Z");
    let right = key("right", "2019-03-08T06:14:07Z", "2022-03-08T00:00:00Z");
    let check = |keys: &[&AadhaarKey], name: &str, key_period| {
        let signature = qr.signature(&AadhaarKeys::of(keys.iter().copied().cloned().collect()));
        let expected = QrSignature { result: CheckResult::Pass, key: Some(name.to_owned()), key_period };
        assert_eq!(signature, expected);
    };
    check(&[&early, &right], "right", CheckResult::Pass);
    check(&[&early], "early", CheckResult::Fail);
    let bare = AadhaarKey { period: None, ..right.clone() };
    check(&[&bare], "right", CheckResult::NotChecked);
    let keys = AadhaarKeys::of(vec![right]);
    for at in [0, 30, 60, content_end(&signed) - 1, content_end(&signed), signed.len() - 1] {
        let mut changed = signed.clone();
        changed[at] ^= 1;
        let passes = read(&changed).is_ok_and(|qr| qr.signature(&keys).result == CheckResult::Pass);
        assert!(!passes, "byte {at}");
    }
}

fn content_end(data: &[u8]) -> usize {
    data.len() - SIGNATURE
}

/// A key of 2048 bits, the product of the two largest primes below 2^1024 (less 105 and less 179). It protects nothing.
fn toy_key() -> crypto::PublicKey {
    let modulus = [&[0xff; 126][..], &[0xfe, 0xe4], &[0; 126], &[0x49, 0x6b]].concat();
    crypto::PublicKey::Rsa(crypto::RsaKey::new(&modulus, &[1, 0, 1]).unwrap())
}

/// The signature under [`toy_key`] of [`FIELDS`] and [`PORTRAIT`], made once.
const TOY_SIGNATURE: &str = "2abdad33230d94677ad3c466803642953b1a5a97fdd866305ff6148797a0b69be772d637960dbfc7b6e0e73b46c7b637d385c765\
85458da75bff0abc510af8dddda9d1115ca4ccee436dcac853376155caa4e3e4dd314240947642b0665117a651a501b593cc205a\
920c38a0f6fbb4faf749e1694d3861d2307662e7aba9ef2010de027f19d2e3a78dd605e61b7b8d022d37202dc41788660d757a99\
8f67200c4504279365c3ace00c063548ffe54caf09f4f81b34284b2712af4ae2bf491af2e49cad9893d7bf452a0233eb03bf712b\
121c9c57c457d013d92606469ce61b84f12edfd6ad07e3ba011a43b5e33c2d1df699adeee416049fee9fc4df5a935857";

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn without_keys_the_signature_is_not_checked_and_without_its_key_it_fails() {
    let qr = read(&data(FIELDS, &[])).unwrap();
    assert_eq!(qr.signature(&AadhaarKeys::default()).result, CheckResult::NotChecked);
    let key = crypto::PublicKey::Rsa(crypto::RsaKey::new(&[0xff; 256], &[1, 0, 1]).unwrap());
    let keys = AadhaarKeys::of(vec![AadhaarKey { name: "other".to_owned(), period: None, key }]);
    let other = qr.signature(&keys);
    assert_eq!(
        other,
        QrSignature { result: CheckResult::Fail, key: None, key_period: CheckResult::NotChecked }
    );
}

#[test]
fn what_is_no_key_is_told_apart() {
    let mut keys = AadhaarKeys::default();
    let large = vec![0; 100_000];
    assert_eq!(keys.add("x", &large), Err(AadhaarKeyError::TooLarge { bytes: 100_000, limit: 65_536 }));
    assert_eq!(keys.add("x", b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END"), Err(AadhaarKeyError::Pem));
    assert!(matches!(keys.add("x", b"no key"), Err(AadhaarKeyError::Key(_))));
    assert!(keys.all().is_empty());
}

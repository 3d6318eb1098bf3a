//! The Secure QR test code and UIDAI's keys of the shared folder.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use lineward_core::evidence::CheckResult;
use lineward_document::Sex;
use lineward_document::aadhaar::{AadhaarKeys, SecureQr};
use proptest::prelude::*;

use crate::shared;

fn test_codes() -> Option<Vec<String>> {
    let input = shared::json("aadhaar/dataInput.json")?;
    Some(input.as_object().unwrap().values().filter_map(|text| text.as_str().map(str::to_owned)).collect())
}

/// Every file of the folder that is a key, and whether it is the test code's.
fn keys() -> Vec<(String, Vec<u8>, bool)> {
    let files = shared::files("aadhaar").into_iter().filter(|(name, _)| !name.ends_with(".json"));
    files.map(|(name, bytes)| (name.clone(), bytes, name.starts_with("test"))).collect()
}

fn set<'a>(keys: impl IntoIterator<Item = &'a (String, Vec<u8>, bool)>) -> AadhaarKeys {
    let mut set = AadhaarKeys::default();
    for (name, bytes, _) in keys {
        set.add(name, bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    set
}

#[test]
fn the_test_code_passes_under_its_own_key_only() {
    let Some(codes) = test_codes() else { return };
    let keys = keys();
    for code in &codes {
        let qr = SecureQr::read(code).unwrap();
        for one in &keys {
            let signature = qr.signature(&set([one]));
            let expected = if one.2 { CheckResult::Pass } else { CheckResult::Fail };
            assert_eq!(signature.result, expected, "{}", one.0);
            // The code says 2019, the test certificate is of 2024, and a bare key has no period.
            let certified = set([one]).all()[0].period.is_some();
            let period = if one.2 && certified { CheckResult::Fail } else { CheckResult::NotChecked };
            assert_eq!(signature.key_period, period, "{}", one.0);
        }
        assert_eq!(qr.signature(&set(&keys)).result, CheckResult::Pass);
        assert_eq!(qr.signature(&AadhaarKeys::default()).result, CheckResult::NotChecked);
    }
    println!("{} codes, {} keys", codes.len(), keys.len());
}

#[test]
fn certificates_have_a_name_and_a_period_and_bare_keys_have_none() {
    for one @ (file, ..) in &keys() {
        let set = set([one]);
        let key = &set.all()[0];
        assert_eq!(key.period.is_some(), key.name != *file, "{file}");
        println!("{file}: {} {:?}", key.name, key.period);
    }
}

#[test]
fn the_fields_of_the_test_code_are_read_and_a_changed_byte_fails() {
    let Some(codes) = test_codes() else { return };
    let qr = SecureQr::read(&codes[0]).unwrap();
    assert_eq!((qr.version, qr.birth_date, qr.sex), (2, date(1984, 1, 1).into(), Sex::Male));
    assert_eq!((qr.aadhaar_last_four.len(), qr.made_at.date()), (4, date(2019, 3, 8)));
    assert!(qr.portrait.starts_with(&[0xff, 0x4f]) && qr.portrait.ends_with(&[0xff, 0xd9]));
    assert!(qr.email_hash.is_some() && qr.mobile_hash.is_some());
    // Another number is another compressed stream: nearly all are refused by their checksum before the signature is
    // looked at, none passes.
    let keys = set(&keys());
    for at in (0..codes[0].len()).step_by(37) {
        let digit = codes[0].as_bytes()[at];
        let other = char::from(b'0' + (digit - b'0' + 1) % 10);
        let changed = format!("{}{other}{}", &codes[0][..at], &codes[0][at + 1..]);
        if let Ok(qr) = SecureQr::read(&changed) {
            assert_ne!(qr.signature(&keys).result, CheckResult::Pass, "digit {at}");
        }
    }
}

/// The seeds of the fuzz target: as text, or after a zero byte the bytes before compression.
#[test]
fn the_seeds_of_the_fuzz_target_are_replayed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/aadhaar_qr");
    let (mut seeds, mut codes) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read(entry.unwrap().path()).unwrap();
        let text = match seed.split_first() {
            Some((0, data)) => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
                encoder.write_all(data).unwrap();
                decimal(&encoder.finish().unwrap())
            }
            _ => String::from_utf8_lossy(&seed).into_owned(),
        };
        seeds += 1;
        codes += usize::from(SecureQr::read(&text).is_ok());
    }
    println!("{seeds} seeds, {codes} of them codes");
    assert!(codes >= 6);
}

proptest! {
    /// Fields in any order and of any content are an error or a code; nothing panics.
    #[test]
    fn any_fields_are_an_error_or_a_code(
        fields in prop::collection::vec(prop_oneof!["V[0-9]", "[0-4]", "[0-9]{21}", "[0-9]{2}-[0-9]{2}-[0-9]{4}", "[MFT]", ".{0,20}"], 0..22),
        tail in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut data = fields.join("\0").into_bytes();
        data.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = 255);
        data.extend(tail);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&data).unwrap();
        if let Ok(qr) = SecureQr::read(&decimal(&encoder.finish().unwrap())) {
            prop_assert_eq!(qr.signature(&AadhaarKeys::default()).result, CheckResult::NotChecked);
        }
    }

    #[test]
    fn any_bytes_are_an_error_or_a_key(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "-----BEGIN .{0,40}-----.{0,80}") {
        let mut keys = AadhaarKeys::default();
        let _ = keys.add("bytes", &bytes);
        let _ = keys.add("text", text.as_bytes());
        prop_assert!(keys.all().is_empty());
    }
}

/// The bytes as one decimal number.
fn decimal(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut digits = Vec::new();
    while number.iter().any(|byte| *byte > 0) {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 10).unwrap();
            remainder = value % 10;
        }
        digits.push(char::from(b'0' + u8::try_from(remainder).unwrap()));
    }
    digits.iter().rev().collect()
}

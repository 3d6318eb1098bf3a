//! No text makes the reader of the Secure QR panic, nor any bytes the reader of its keys. Half of the runs skip the
//! compression, which hides the fields from a fuzzer: the bytes are wrapped as a stored block first.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lineward_document::aadhaar::{AadhaarKeys, SecureQr};

fuzz_target!(|input: &[u8]| {
    let mut keys = AadhaarKeys::default();
    let _ = keys.add("fuzz", input);
    let text = match input.split_first() {
        Some((0, data)) if data.len() < 2900 => decimal(&stored(data)),
        _ => String::from_utf8_lossy(input).into_owned(),
    };
    if let Ok(read) = SecureQr::read(&text) {
        let _ = read.signature(&keys);
        assert!(read.portrait.len() <= 16 * 1024);
    }
});

/// A zlib stream of one stored block (RFC 1950, RFC 1951 section 3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    let mut stream = vec![0x78, 0x01, 1];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

fn decimal(bytes: &[u8]) -> String {
    // Nine digits to a limb, the least significant first.
    let mut limbs = vec![0u32];
    for byte in bytes {
        let mut carry = u64::from(*byte);
        for limb in &mut limbs {
            let value = u64::from(*limb) * 256 + carry;
            *limb = (value % 1_000_000_000) as u32;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    let mut text = String::new();
    for limb in limbs.iter().rev() {
        text.push_str(&format!("{limb:09}"));
    }
    text.trim_start_matches('0').to_owned()
}

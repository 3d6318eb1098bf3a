//! What holds for any bytes handed to `lineward-document`.

use jiff::{
    Timestamp,
    civil::{Date, date},
};
use lineward_core::evidence::CheckResult;
use lineward_document::{
    aadhaar::{AadhaarKeys, SecureQr},
    asn1::{Oid, Rules, Tag, Tlv},
    chip::{
        self, ActiveAnswer, ChipFiles, ChipVerdict, MadeBy, Presence, active,
        chip_auth::{ChipAuthentication, FIRST_ANSWER},
        lds::{
            com::Com,
            dg1::Dg1,
            dg2::{Dg2, ImageFormat},
            dg11::Dg11,
            dg12::Dg12,
            dg14::Dg14,
            dg15::Dg15,
            security::{self, Cipher, SecurityInfo},
        },
        secure_messaging::SessionKeys,
    },
    crypto::{self, AgreementKey, Hash, PssParameters, PublicKey, Role, RsaKey, Scheme, Weakness},
    mrz::{self, CheckName},
    number,
    trust::{Certificate, TrustBuilder},
};

const TODAY: Date = date(2026, 11, 23);

/// The same day as a moment.
fn now() -> Timestamp {
    Timestamp::constant(1_795_392_000, 0)
}

/// Values stand one after another in what holds them, and what DER allows BER reads the same.
pub fn tlv(bytes: &[u8]) {
    if let Ok(der) = Tlv::read(bytes, Rules::Der) {
        let ber = Tlv::read(bytes, Rules::Ber).expect("BER allows all that DER does");
        assert_eq!((der.tag, der.value), (ber.tag, ber.value));
    }
    for rules in [Rules::Der, Rules::Ber] {
        match Tlv::read(bytes, rules) {
            Ok(tlv) => values(tlv, 20),
            Err(error) => drop(error.to_string()),
        }
    }
}

fn values(tlv: Tlv<'_>, depth: u8) {
    let _ = (
        tlv.octets(),
        tlv.bits(),
        tlv.time(),
        tlv.oid().map(|oid| format!("{oid} {oid:?}")),
        format!("{tlv:?}"),
    );
    if let (Ok(small), Ok(octets)) = (tlv.small(), tlv.unsigned()) {
        assert_eq!(octets.iter().fold(0, |n: u64, octet| n << 8 | u64::from(*octet)), small);
    }
    if !tlv.tag.is_constructed() || depth == 0 {
        return;
    }
    let mut inside = tlv.inside();
    let mut read = 0;
    while let Ok(Some(next)) = inside.clone().next() {
        assert_eq!(inside.optional(next.tag), Ok(Some(next)));
        assert_eq!(&tlv.value[read..read + next.raw.len()], next.raw);
        read += next.raw.len();
        values(next, depth - 1);
    }
}

/// EF.COM, DG11 and DG12: listed or not, every field that is there is said to be there.
pub fn com_dg11_dg12(bytes: &[u8]) {
    match Com::read(bytes) {
        Ok(com) => assert!(com.groups.iter().all(|group| (1..=16).contains(&group.number()))),
        Err(error) => drop(error.to_string()),
    }
    match Dg11::read(bytes) {
        Ok(dg11) => {
            assert!(dg11.tags.unlisted.iter().all(|tag| dg11.tags.present.contains(tag)));
            assert!(dg11.names.is_none() || dg11.tags.present.contains(&Tag(0x5F0E)));
            let _ = format!("{dg11:?}");
        }
        Err(error) => drop(error.to_string()),
    }
    match Dg12::read(bytes) {
        Ok(dg12) => assert!(dg12.tags.missing.iter().all(|tag| !dg12.tags.present.contains(tag))),
        Err(error) => drop(error.to_string()),
    }
}

/// A DG1 that is read has a zone of one of the three lengths.
pub fn dg1(bytes: &[u8]) {
    match Dg1::read(bytes, TODAY) {
        Ok(dg1) => {
            assert!(bytes.len() >= 72);
            let _ = format!("{dg1:?}");
        }
        Err(error) => drop(error.to_string()),
    }
}

/// A portrait is an image by its first octets, and stands in the file as it is.
pub fn dg2(bytes: &[u8]) {
    match Dg2::read(bytes) {
        Ok(dg2) => {
            assert_eq!(ImageFormat::of(dg2.portrait), Some(dg2.format));
            assert!(inside(bytes, dg2.portrait) && dg2.faces > 0);
            let _ = format!("{dg2:?}");
        }
        Err(error) => drop(error.to_string()),
    }
}

/// Keys stand in the file as they are; reading them does not panic either.
pub fn dg14_dg15(bytes: &[u8]) {
    let keys = match Dg14::read(bytes) {
        Ok(dg14) => dg14.infos,
        Err(error) => {
            drop(error.to_string());
            security::read(bytes).unwrap_or_default()
        }
    };
    let keys = keys.into_iter().filter_map(|info| match info {
        SecurityInfo::ChipAuthenticationKey { key, .. } => Some(key),
        _ => None,
    });
    let active = match Dg15::read(bytes) {
        Ok(dg15) => Some(dg15.key),
        Err(error) => {
            drop(error.to_string());
            None
        }
    };
    for key in keys.chain(active) {
        assert!(inside(bytes, key));
        let _ = PublicKey::from_spki(key);
    }
}

fn inside(whole: &[u8], part: &[u8]) -> bool {
    let (whole, part) = (whole.as_ptr_range(), part.as_ptr_range());
    whole.start <= part.start && part.end <= whole.end
}

/// A certificate is kept as it stands.
pub fn x509(bytes: &[u8]) {
    match Certificate::read(bytes) {
        Ok(certificate) => {
            assert_eq!(certificate.raw(), bytes);
            assert_eq!(certificate.fingerprint(), Hash::Sha256.of(&[bytes]).as_ref());
            let _ =
                (certificate.is_self_issued(), certificate.may_sign_certificates(), certificate.country());
            drop((certificate.summary(), format!("{certificate:?}")));
            drop(certificate.public_key().map(|key| key.describe()));
        }
        Err(error) => drop(error.to_string()),
    }
    let _ = Certificate::from_der_or_pem(bytes);
    security_object_beside(bytes);
}

/// What is in the file is tried for the certificate of a signer that is good and not revoked. Without the groups that it
/// signed, no chip is genuine.
fn security_object_beside(file: &[u8]) {
    let mut trust = TrustBuilder::default();
    trust.add_file("ca.cer", include_bytes!("../seeds/x509/country-ca"));
    trust.add_file("file", file);
    let trust = trust.build();
    let sod: &[u8] = include_bytes!("../seeds/cms/chip-p256-ef_sod");
    let Ok(files) = ChipFiles::from_named([("EF_SOD", sod)]) else { return };
    let report = chip::examine(&files, &Presence::default(), &trust.store, now());
    assert_ne!(report.verdict(), ChipVerdict::Genuine);
}

/// Signed files alone are never a genuine document: nobody saw what they sign. The files are those of the sample country, and
/// its CA is trusted, so that the chain is walked to its end.
pub fn cms(bytes: &[u8]) {
    let mut trust = TrustBuilder::default();
    trust.add_file("ca.cer", include_bytes!("../seeds/x509/country-ca"));
    trust.add_file("list.crl", include_bytes!("../seeds/trust/crl"));
    let trust = trust.build();
    let good: &[u8] = include_bytes!("../seeds/cms/chip-p256-ef_sod");
    for files in [vec![("EF_SOD", bytes)], vec![("EF_SOD", good), ("EF_CardSecurity", bytes)]] {
        let Ok(files) = ChipFiles::from_named(files) else { return };
        let report = chip::examine(&files, &Presence::default(), &trust.store, now());
        assert_ne!(report.verdict(), ChipVerdict::Genuine);
        assert!(report.portrait.is_none() && report.classes().is_empty());
        drop(format!("{report:?}"));
    }
}

/// What a list holds counts only when the one trusted CA signed its signer's certificate.
pub fn master_list(bytes: &[u8]) {
    let mut trust = TrustBuilder::default();
    trust.add_file("ca.cer", include_bytes!("../seeds/x509/country-ca"));
    trust.add_file("list.ml", bytes);
    let trusted = trust.build();
    let certificates: usize = trusted.files.iter().map(|file| file.certificates.len()).sum();
    assert!(trusted.store.len() <= certificates);
    drop(format!("{:?}", trusted.rejected));
}

/// Files of any kind: without a CA that was given as a certificate, no list counts.
pub fn trust(bytes: &[u8]) {
    let mut trust = TrustBuilder::default();
    trust.add_file("file", bytes);
    let trusted = trust.build();
    let given: usize =
        trusted.files.iter().filter(|file| file.signer.is_none()).map(|file| file.certificates.len()).sum();
    assert!(given > 0 || trusted.store.is_empty());
    drop(format!("{:?}", trusted.rejected));
    security_object_beside(bytes);
}

/// A key is described and judged, and no signature of made-up bytes is one of its own. The first octet says how long the
/// signature is that follows the key.
pub fn public_key(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first() else { return };
    let (signature, spki) = rest.split_at(rest.len().min(usize::from(*length)));
    if let Ok(key) = AgreementKey::from_spki(spki) {
        let private = key.private(&[3; 32]);
        drop((key.public(&private), key.secret(&private)));
    }
    let key = match PublicKey::from_spki(spki) {
        Ok(key) => key,
        Err(error) => return drop(error.to_string()),
    };
    assert!(key.bits() > 0 && !key.describe().is_empty());
    let pss = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_len: 32 };
    let schemes = match &key {
        PublicKey::Rsa(_) => [Scheme::RsaPkcs1(Hash::Sha256), Scheme::RsaPss(pss)],
        PublicKey::Ec(_) => [Scheme::Ecdsa(Hash::Sha256), Scheme::EcdsaPlain(Hash::Sha256)],
    };
    for scheme in schemes {
        for weakness in Weakness::of(&key, scheme, Role::Signer) {
            drop(weakness.to_string());
        }
        if let Err(error) = crypto::verify(&key, scheme, &[b"message"], signature) {
            drop(error.to_string());
        }
    }
}

/// A modulus of 1024 bits whose prime factors, less one, all divide 36,756,720: raising to one more than that changes
/// nothing. So the fuzzer writes what a signature opens to.
const MODULUS: &str = "c48f7207be6d1c787b08c6d7be7432a4fb0b16562c90e0c070662bdca0bd681e15cb8415e71fd6a2888dd03b5da67c18\
                       1c340a141a464d633dd793ace5607ab6148846c9cb20e3c0f40907b8b861f18399ae6c25ae066a8b5d40b787d15cc028\
                       a8854b0ca636c5da033775d726b924d69f582d22ca3dd85bcffe7d1dc65cd90f";

const EXPONENT: [u8; 4] = 36_756_721u32.to_be_bytes();

fn modulus() -> Vec<u8> {
    let digits = MODULUS.as_bytes().chunks(2);
    digits.filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect()
}

/// An answer to active authentication is taken exactly when the hash in it is right. The first eight octets are the random
/// number, the rest is what the signature opens to; the hash is put right where the trailer says which one it is and
/// the octet after the random number is odd.
pub fn iso9796_2(bytes: &[u8]) {
    let Some((nonce, rest)) = bytes.split_first_chunk::<8>() else { return };
    let Some((odd, rest)) = rest.split_first() else { return };
    elliptic_answer(*nonce, *odd, rest);
    let modulus = modulus();
    let key = RsaKey::new(&modulus, &EXPONENT).expect("a key");
    let mut opened = rest.to_vec();
    opened.resize(modulus.len(), 0xBC);
    let tail: [u8; 2] = *opened.last_chunk().expect("two octets");
    let found = match tail {
        [_, 0xBC] => Some((Hash::Sha1, 1)),
        [0x33, 0xCC] => Some((Hash::Sha1, 2)),
        [0x34, 0xCC] => Some((Hash::Sha256, 2)),
        [0x35, 0xCC] => Some((Hash::Sha512, 2)),
        [0x36, 0xCC] => Some((Hash::Sha384, 2)),
        [0x38, 0xCC] => Some((Hash::Sha224, 2)),
        _ => None,
    };
    let mut right = false;
    if let (Some((hash, trailer)), 1) = (found, odd & 1) {
        let end = opened.len() - trailer;
        let start = end - hash.size();
        // A header without padding: all after the first octet was signed.
        let whole = hash.of(&[&opened[1..start], nonce]);
        opened[start..end].copy_from_slice(whole.as_ref());
        right = opened[0] == 0x6A;
    }
    let answer = ActiveAnswer { nonce: *nonce, signature: opened, made_by: MadeBy::Server };
    match active::verify(&PublicKey::Rsa(key), None, &answer) {
        Ok(proof) => assert_eq!(Some(proof.hash), found.map(|(hash, _)| hash)),
        Err(error) => assert!(!right, "{error}"),
    }
}

/// The same answer to a key on a curve: the third and second bit say which algorithm data group 14 names, the fourth that the
/// phone made the random number, which proves nothing.
fn elliptic_answer(nonce: [u8; 8], choice: u8, signature: &[u8]) {
    const PLAIN_SHA256: Oid<'_> = Oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03]);
    const ECDSA_SHA256: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]);
    const RSA_SHA256: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]);
    let certificate = Certificate::read(include_bytes!("../seeds/x509/p256")).expect("a certificate");
    let key = certificate.public_key().expect("a key");
    let made_by = if choice & 8 == 0 { MadeBy::Server } else { MadeBy::Phone };
    let answer = ActiveAnswer { nonce, signature: signature.to_vec(), made_by };
    let named =
        [None, Some(PLAIN_SHA256), Some(ECDSA_SHA256), Some(RSA_SHA256)][usize::from(choice >> 1 & 3)];
    match active::verify(&key, named, &answer) {
        Ok(proof) => assert_eq!((proof.announced, made_by), (named.is_some(), MadeBy::Server)),
        Err(error) => drop(error.to_string()),
    }
}

/// No answer of a chip is taken under keys that it does not know, and what was kept of a session is written again as it was.
pub fn chip_answer(bytes: &[u8]) {
    for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
        let answer = SessionKeys::derive(b"a secret that no answer here was made with", cipher)
            .verify_answer(1, bytes);
        drop(answer.expect_err("an answer of a chip with other keys").to_string());
    }
    match ChipAuthentication::from_state(bytes) {
        Ok(session) => {
            let again = ChipAuthentication::from_state(&session.to_state()).expect("a state just written");
            assert_eq!(again.to_state(), session.to_state());
            if let Ok(key) = session.public_key() {
                assert!(!key.is_empty() && session.command().is_ok());
            }
        }
        Err(error) => drop(error.to_string()),
    }
    let Ok(infos) = security::read(bytes) else { return };
    match ChipAuthentication::begin(&infos, &[3; 32]) {
        Ok(begun) => {
            let later = ChipAuthentication::from_state(&begun.to_state()).expect("a state just written");
            assert_eq!((later.protocol(), later.public_key()), (begun.protocol(), begun.public_key()));
            assert!(begun.finish(FIRST_ANSWER, bytes).is_err());
            drop(format!("{begun:?}"));
        }
        Err(error) => drop(error.to_string()),
    }
    if let Ok(recorded) = ChipAuthentication::recorded(&infos, &[5], MadeBy::Phone) {
        recorded.finish(FIRST_ANSWER, bytes).expect_err("the phone made it");
    }
}

/// Every candidate of a zone satisfies all check digits.
pub fn mrz(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = match mrz::parse(text, TODAY) {
        Ok(read) => read,
        Err(error) => return drop(error.to_string()),
    };
    assert!(read.candidates.is_empty() || !read.is_consistent());
    assert!(!read.is_ambiguous() || !read.candidates.is_empty());
    assert!(CheckName::ALL.iter().zip(&read.checks).all(|(name, check)| read.check(*name) == check.result));
    drop((read.fields.document_code.to_string(), format!("{read:?}")));
    for candidate in &read.candidates {
        let again =
            mrz::parse(&candidate.lines.join("\n"), TODAY).expect("lines of a candidate have its shape");
        assert!(again.checks.iter().all(|check| check.result != CheckResult::Fail));
        assert_eq!(again.fields, candidate.fields);
    }
}

/// The normal form of a number is its own normal form, and stands for the same identity.
pub fn number(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(error) = number::check(text, text, TODAY) {
        drop((error.code(), error.to_string()));
    }
    for scheme in number::Scheme::ALL {
        if let Ok(facts) = number::check(scheme.code(), text, TODAY) {
            let again =
                number::check(scheme.code(), &facts.normalised, TODAY).expect("a normal form is accepted");
            assert_eq!(again.normalised, facts.normalised);
            assert_eq!(again.identity(), facts.identity());
        }
    }
}

/// A code that is read has a portrait of a bounded size. After a zero octet stands what is compressed in a code: the
/// compression would hide it from the fuzzer. One key is that which changes nothing, so that a signature is what it opens to.
pub fn aadhaar_qr(bytes: &[u8]) {
    let mut keys = AadhaarKeys::default();
    if let Err(error) = keys.add("fuzz", bytes) {
        drop(error.to_string());
    }
    keys.add("unchanging", &unchanging_key()).expect("a key");
    keys.add("certified", include_bytes!("../seeds/x509/p256")).expect("a certificate");
    let text = match bytes.split_first() {
        Some((0, data)) if data.len() < 2900 => decimal(&stored(data)),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    match SecureQr::read(&text) {
        Ok(read) => {
            let _ = read.signature(&keys);
            assert!(read.portrait.len() <= 16 * 1024);
        }
        Err(error) => drop(error.to_string()),
    }
}

/// The SubjectPublicKeyInfo (RFC 3279, clause 2.3.1) of [`MODULUS`], all lengths in two octets.
fn unchanging_key() -> Vec<u8> {
    let tlv =
        |tag: u8, value: &[u8]| [&[tag, 0x82, (value.len() >> 8) as u8, value.len() as u8], value].concat();
    let integers = [tlv(2, &[&[0], &modulus()[..]].concat()), tlv(2, &EXPONENT)].concat();
    let rsa = [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0];
    tlv(0x30, &[tlv(0x30, &rsa), tlv(3, &[&[0], &tlv(0x30, &integers)[..]].concat())].concat())
}

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

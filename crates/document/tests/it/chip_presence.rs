//! Active and chip authentication against chips that were recorded, and against keys that let a test play the chip.

use lineward_document::{
    asn1::{Rules, Tag, Tlv},
    chip::{
        ActiveAnswer, MadeBy,
        active::{self, ActiveError, ActiveForm},
        chip_auth::{ChipAuthError, ChipAuthentication, FIRST_ANSWER},
        lds::{dg14::Dg14, dg15::Dg15},
        secure_messaging::{AnswerError, SessionKeys},
    },
    crypto::{AgreementKey, Hash, PublicKey, RsaKey},
};
use serde_json::Value;

use crate::shared;

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect()
}

fn flipped(octets: &[u8], bit: usize) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[bit / 8] ^= 1 << (bit % 8);
    octets
}

fn answer(nonce: &[u8], signature: &[u8], made_by: MadeBy) -> ActiveAnswer {
    ActiveAnswer { nonce: nonce.try_into().unwrap(), signature: signature.to_vec(), made_by }
}

/// An answer that is right, and what becomes of it when a bit changes or the phone made the random number.
#[track_caller]
fn check_active(key: &PublicKey, nonce: &[u8], signature: &[u8]) -> Hash {
    let verify = |nonce: &[u8], signature: &[u8], made_by| {
        active::verify(key, None, &answer(nonce, signature, made_by)).map(|proof| (proof.hash, proof.form))
    };
    let (hash, form) = verify(nonce, signature, MadeBy::Server).unwrap();
    assert_eq!(form, ActiveForm::Iso9796);
    assert_eq!(verify(nonce, signature, MadeBy::Phone), Err(ActiveError::MadeOnPhone));
    for bit in 0..nonce.len() * 8 {
        assert_eq!(verify(&flipped(nonce, bit), signature, MadeBy::Server), Err(ActiveError::Wrong));
    }
    for bit in (0..signature.len() * 8).step_by(7) {
        assert!(verify(nonce, &flipped(signature, bit), MadeBy::Server).is_err(), "bit {bit}");
    }
    hash
}

#[test]
fn recorded_answers_of_chips_verify_and_changed_ones_do_not() {
    let mut counts = [0; 2];
    for case in shared::cases("icao-aa-ca/evidence.json").into_iter().flatten() {
        let of = |name: &str| unhex(case[name].as_str().unwrap_or_default());
        let expected = case["expected"].as_bool().unwrap();
        if !of("dg15").is_empty() {
            let dg15 = of("dg15");
            let key = PublicKey::from_spki(Dg15::read(&dg15).unwrap().key).unwrap();
            if expected {
                check_active(&key, &of("nonce"), &of("signature"));
            } else {
                let answer = answer(&of("nonce"), &of("signature"), MadeBy::Server);
                assert!(active::verify(&key, None, &answer).is_err());
            }
            counts[0] += 1;
        } else {
            let found = finish(&of("dg14"), &of("TermPri"), &of("SmSsc"), &of("SmRapdu"), MadeBy::Server);
            assert_eq!(found.is_ok(), expected);
            counts[1] += 1;
        }
    }
    println!("evidence.json: {} answers, {} sessions", counts[0], counts[1]);
}

#[test]
fn published_signatures_of_iso_9796_verify_only_under_their_own_key_and_number() {
    let Some(texts) = shared::cases("icao-aa-ca/pymrtd-iso9796e2-hex.json") else { return };
    let texts: Vec<Vec<u8>> = texts.iter().map(|text| unhex(text.as_str().unwrap())).collect();
    let mut key = None;
    let mut cases = Vec::new();
    for (at, octets) in texts.iter().enumerate() {
        if let Ok(dg15) = Dg15::read(octets) {
            key = PublicKey::from_spki(dg15.key).ok();
        } else if let Ok(found) = PublicKey::from_spki(octets) {
            key = Some(found);
        } else if let (8, Some(key), Some(signature)) = (octets.len(), &key, texts.get(at + 1))
            && signature.len() == (key.bits() / 8) as usize
        {
            cases.push((key.clone(), octets, signature));
        }
    }
    for (at, (key, nonce, signature)) in cases.iter().enumerate() {
        check_active(key, nonce, signature);
        for (_, other, _) in cases.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, case)| case) {
            assert!(active::verify(key, None, &answer(other, signature, MadeBy::Server)).is_err());
        }
    }
    println!("pymrtd-iso9796e2-hex.json: {} signatures", cases.len());
}

fn finish(
    dg14: &[u8],
    private: &[u8],
    counter: &[u8],
    answer: &[u8],
    made_by: MadeBy,
) -> Result<(), ChipAuthError> {
    let infos = Dg14::read(dg14).unwrap().infos;
    let counter = counter.iter().fold(0, |n, octet| n << 8 | u64::from(*octet));
    ChipAuthentication::recorded(&infos, private, made_by).unwrap().finish(counter, answer)
}

#[test]
fn recorded_sessions_of_four_countries_verify_and_changed_ones_do_not() {
    let Some(sessions) = shared::json("icao-aa-ca/chip-auth-sessions.json") else { return };
    for (name, session) in sessions.as_object().unwrap() {
        let calls = |call: &str| -> Vec<Vec<Vec<u8>>> {
            let octets = |value: &Value| unhex(value.as_str().unwrap());
            let all = session["hex"].as_array().unwrap().iter().filter(|entry| entry["call"] == call);
            all.map(|entry| entry["values"].as_array().unwrap().iter().map(octets).collect()).collect()
        };
        // In this order: DG14, an older key and counter, the private key, x, y, both again, the answer, its counter.
        let values: Vec<Vec<u8>> = calls("HexToBytes").concat();
        let (dg14, private, public) = (&values[0], &values[3], &values[7]);
        let (response, counter) = (&values[8], &values[9]);
        let of = |private: &[u8], counter: &[u8], response: &[u8], made_by| {
            finish(dg14, private, counter, response, made_by)
        };
        assert_eq!(of(private, counter, response, MadeBy::Server), Ok(()), "{name}");
        assert_eq!(of(private, counter, response, MadeBy::Phone), Err(ChipAuthError::MadeOnPhone));
        assert_eq!(of(private, &[3], response, MadeBy::Server), Err(AnswerError::Wrong.into()));
        assert_eq!(
            of(&flipped(private, 100), counter, response, MadeBy::Server),
            Err(AnswerError::Wrong.into())
        );
        for bit in 0..response.len() * 8 {
            assert!(of(private, counter, &flipped(response, bit), MadeBy::Server).is_err(), "{name} {bit}");
        }
        let infos = Dg14::read(dg14).unwrap().infos;
        let session = ChipAuthentication::recorded(&infos, private, MadeBy::Server).unwrap();
        assert_eq!(session.public_key().unwrap(), *public, "{name}");
        // Each reader selected its own file with the first command.
        let keys = session.session_keys().unwrap();
        let (command, _) = calls("AddReqRsp").last().map(|pair| (pair[0].clone(), pair[1].clone())).unwrap();
        assert!((0x0100..0x0120u16).any(|file| keys.select(1, file) == command), "{name}");
        println!("chip-auth-sessions.json: {name} {:?}", session.protocol());
    }
}

/// The chip of the reference data set of BSI TR-03105-5, whose private keys are published.
fn reference(name: &str) -> Option<Vec<u8>> {
    let files = shared::files("icao-dg/bsi-tr03105-5");
    files.into_iter().find(|(file, _)| file == name).map(|(_, octets)| octets)
}

#[test]
fn the_reference_chip_proves_its_key_of_data_group_15() {
    let (Some(dg15), Some(private)) = (reference("Datagroup15.bin"), reference("DG15_sk.pkcs8")) else {
        return;
    };
    let key = PublicKey::from_spki(Dg15::read(&dg15).unwrap().key).unwrap();
    // PKCS #8 around RSAPrivateKey: version, n, e, d.
    let info = Tlv::read(&private, Rules::Der).unwrap();
    let mut info = info.inside();
    info.read().unwrap();
    info.read().unwrap();
    let inner = Tlv::read(info.read().unwrap().value, Rules::Der).unwrap();
    let mut integers = inner.inside();
    integers.read().unwrap();
    let [n, _, d] = [(); 3].map(|()| integers.expect(Tag::INTEGER).unwrap().unsigned().unwrap());
    let nonce = *b"nonce 08";
    let m1 = [0xA5; 106];
    let digest = Hash::Sha1.of(&[&m1, &nonce]);
    let representative = [&[0x6A], &m1[..], digest.as_ref(), &[0xBC]].concat();
    let signature = RsaKey::new(n, d).unwrap().raise(&representative).unwrap();
    assert_eq!(check_active(&key, &nonce, &signature), Hash::Sha1);
}

#[test]
fn the_reference_chip_proves_its_key_of_data_group_14() {
    let (Some(dg14), Some(private)) = (reference("Datagroup14.bin"), reference("DG14_sk.pkcs8")) else {
        return;
    };
    let infos = Dg14::read(&dg14).unwrap().infos;
    let begun = ChipAuthentication::begin(&infos, &[7; 32]).unwrap();
    let (point, command) = (begun.public_key().unwrap(), begun.command().unwrap());

    // The chip: PKCS #8 around ECPrivateKey, and the same curve as the terminal's point is on.
    let info = Tlv::read(&private, Rules::Der).unwrap();
    let mut info = info.inside();
    info.read().unwrap();
    info.read().unwrap();
    let inner = Tlv::read(info.read().unwrap().value, Rules::Der).unwrap();
    let mut fields = inner.inside();
    fields.read().unwrap();
    let secret = fields.expect(Tag::OCTET_STRING).unwrap().value;
    let AgreementKey::Ec(own) = AgreementKey::from_spki(&reference("DG14_pk.bin").unwrap()).unwrap() else {
        panic!("a curve")
    };
    let terminal = AgreementKey::Ec(lineward_document::crypto::EcKey::on(own.curve(), &point).unwrap());
    let keys = SessionKeys::derive(&terminal.secret(secret).unwrap(), begun.protocol().cipher);
    assert_eq!(keys.select(1, 0x011E), command);
    let status = [0x99, 0x02, 0x90, 0x00];
    let code = keys.code(2, &[&status]);
    let response = [&status[..], &[0x8E, 0x08], &code, &[0x90, 0x00]].concat();

    let state = begun.to_state();
    let later = ChipAuthentication::from_state(&state).unwrap();
    assert_eq!(later.protocol(), begun.protocol());
    assert_eq!(later.finish(FIRST_ANSWER, &response), Ok(()));
    assert_eq!(later.finish(4, &response), Err(AnswerError::Wrong.into()));
    let other = ChipAuthentication::begin(&infos, &[8; 32]).unwrap();
    assert_eq!(other.finish(FIRST_ANSWER, &response), Err(AnswerError::Wrong.into()));
}

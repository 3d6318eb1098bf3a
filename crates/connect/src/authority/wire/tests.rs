use ed25519_dalek::{Signer as _, SigningKey};
use lineward_app::{ports::AuthorityProfile, verification::Fields};
use lineward_document::state::StateCode;
use serde_json::{Value, json};

use super::*;
use crate::authority::jose::{Algorithm, TYPE};

const SOURCE: &str = "Registry";
const NOW: i64 = 1_780_000_000;

fn question(names: bool, birth_date: bool) -> Question {
    let fields = Fields {
        kind: "passport".into(),
        issuing_state: "UTO".into(),
        number: "L898902C3".into(),
        scheme: None,
        primary_name: "ERIKSSON".into(),
        secondary_name: "ANNA MARIA".into(),
        birth_date: Some("1974-08-12".into()),
        expiry_date: Some("2031-04-15".into()),
        sex: Some("female".into()),
        nationality: Some("UTO".into()),
    };
    let issuing_states = vec![StateCode::UTOPIA];
    let profile =
        AuthorityProfile { source: SOURCE.into(), issuing_states, names, birth_date, portrait: true };
    Question::of(&fields, &profile).unwrap()
}

fn sent(portrait: Option<&[u8]>) -> Sent {
    Sent::new(&question(false, false), [7; 16], portrait, Timestamp::from_second(NOW).unwrap()).unwrap()
}

/// The claims of a whole confirmation of `sent`.
fn claims(sent: &Sent) -> Value {
    json!({
        "iss": SOURCE, "iat": NOW, "nonce": "BwcHBwcHBwcHBwcHBwcHBw",
        "question_sha256": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(sent.body())),
        "standing": "valid", "fields": "match", "portrait": "not_offered",
    })
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn keys() -> AnswerKeys {
    let x = BASE64_URL_SAFE_NO_PAD.encode(key().verifying_key());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "2026" });
    AnswerKeys::read(Algorithm::EdDsa, &jwk.to_string()).unwrap()
}

fn signed(header: &Value, payload: &str) -> String {
    let [header, payload] = [&header.to_string(), payload].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
    let signature = key().sign(format!("{header}.{payload}").as_bytes());
    format!("{header}.{payload}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn read(sent: &Sent, payload: &str) -> Result<AuthorityAnswer, AnswerError> {
    let jws = signed(&json!({ "alg": "EdDSA", "typ": TYPE }), payload);
    let answered = sent.answered(&keys(), SOURCE, jws.as_bytes())?;
    assert_eq!(answered.evidence_hash, *Sha256::digest(jws.as_bytes()));
    Ok(answered.answer)
}

/// Asks without a portrait, and has the confirmation's claims changed before they are signed.
#[track_caller]
fn check(change: &[(&str, Value)], expected: Result<AuthorityAnswer, AnswerError>) {
    let sent = sent(None);
    let mut claims = claims(&sent);
    for (name, value) in change {
        claims[name] = value.clone();
    }
    assert_eq!(read(&sent, &claims.to_string()), expected, "{change:?}");
}

const CONFIRMED: AuthorityAnswer = AuthorityAnswer {
    standing: Standing::Valid,
    fields: IssuerMatch::Match,
    portrait: IssuerMatch::NotOffered,
};

#[test]
fn a_question_is_written_with_what_it_needs_and_nothing_else() {
    let at = Timestamp::from_second(NOW).unwrap();
    let body = |names, birth_date, portrait| {
        let sent = Sent::new(&question(names, birth_date), [7; 16], portrait, at).unwrap();
        serde_json::from_slice::<Value>(sent.body()).unwrap()
    };
    let least = json!({
        "nonce": "BwcHBwcHBwcHBwcHBwcHBw",
        "question": {
            "kind": "passport", "issuing_state": "UTO", "number": "L898902C3", "expiry_date": "2031-04-15",
        },
    });
    assert_eq!(body(false, false, None), least);
    let mut most = least;
    most["question"]["primary_name"] = "ERIKSSON".into();
    most["question"]["secondary_name"] = "ANNA MARIA".into();
    most["question"]["birth_date"] = "1974-08-12".into();
    most["portrait"] = "/9j/".into();
    assert_eq!(body(true, true, Some(&[0xff, 0xd8, 0xff])), most);
}

#[test]
fn every_answer_of_the_contract_is_read() {
    let not_valid = |why| AuthorityAnswer { standing: Standing::NotValid(why), ..CONFIRMED };
    check(&[], Ok(CONFIRMED));
    check(&[("reason", Value::Null), ("of_another_version", 7.into())], Ok(CONFIRMED));
    check(
        &[("fields", "no_match".into())],
        Ok(AuthorityAnswer { fields: IssuerMatch::NoMatch, ..CONFIRMED }),
    );
    check(
        &[("standing", "reported_lost".into())],
        Ok(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED }),
    );
    check(
        &[("standing", "no_record".into()), ("fields", "not_offered".into())],
        Ok(AuthorityAnswer::UNKNOWN),
    );
    for why in NotValidReason::ALL {
        let change = [("standing", "not_valid".into()), ("reason", why.code().into())];
        check(&change, Ok(not_valid(*why)));
    }
    for at in [NOW - 300, NOW + 300] {
        check(&[("iat", at.into())], Ok(CONFIRMED));
    }
}

#[test]
fn what_does_not_answer_this_question_now_is_no_answer() {
    check(&[("iss", "Another".into())], Err(AnswerError::Issuer));
    check(&[("nonce", "CAgICAgICAgICAgICAgICA".into())], Err(AnswerError::OtherQuestion));
    check(&[("question_sha256", "".into())], Err(AnswerError::OtherQuestion));
    for (iat, off_secs) in
        [(NOW - 301, 301), (NOW + 301, 301), (i64::MIN / 1_000_000_000, NOW.unsigned_abs())]
    {
        let expected = if iat < 0 { NOW.abs_diff(iat) } else { off_secs };
        check(&[("iat", iat.into())], Err(AnswerError::NotNow { off_secs: expected }));
    }
}

#[test]
fn words_and_claims_that_are_not_the_contracts_are_no_answer() {
    for change in [
        ("standing", json!("fine")),
        ("standing", json!("Valid")),
        ("standing", Value::Null),
        ("fields", json!(true)),
        ("fields", json!("matches")),
        ("portrait", json!("")),
        ("reason", json!("eaten")),
        ("iat", json!("now")),
        ("iat", json!(1_780_000_000.5)),
        ("iat", json!(i64::MAX)),
        ("iat", json!(u64::MAX)),
    ] {
        check(&[change], Err(AnswerError::Claims));
    }
    let sent = sent(None);
    for name in ["iss", "iat", "nonce", "question_sha256", "standing", "fields", "portrait"] {
        let mut lacking = claims(&sent);
        lacking.as_object_mut().unwrap().remove(name);
        assert_eq!(read(&sent, &lacking.to_string()), Err(AnswerError::Claims), "{name}");
    }
    let twice = claims(&sent).to_string().replacen('{', "{\"standing\":\"not_valid\",", 1);
    for payload in [twice.as_str(), "", "[]", "null", "{}", "\u{0}"] {
        assert_eq!(read(&sent, payload), Err(AnswerError::Claims), "{payload}");
    }
}

#[test]
fn claims_that_cannot_all_be_true_are_no_answer() {
    let contradicts = |change: &[(&str, Value)]| {
        let sent = sent(None);
        let mut claims = claims(&sent);
        for (name, value) in change {
            claims[name] = value.clone();
        }
        let answer = read(&sent, &claims.to_string());
        assert!(matches!(answer, Err(AnswerError::Contradiction(_))), "{change:?}: {answer:?}");
    };
    contradicts(&[("standing", "not_valid".into())]);
    contradicts(&[("reason", "revoked".into())]);
    contradicts(&[("standing", "no_record".into())]);
    contradicts(&[("portrait", "match".into())]);
    contradicts(&[("portrait", "no_match".into())]);
}

#[test]
fn a_portrait_that_was_shown_may_be_compared() {
    let sent = sent(Some(&[0xff, 0xd8, 0xff]));
    for (word, portrait) in [("match", IssuerMatch::Match), ("no_match", IssuerMatch::NoMatch)] {
        let mut claims = claims(&sent);
        claims["portrait"] = word.into();
        assert_eq!(read(&sent, &claims.to_string()), Ok(AuthorityAnswer { portrait, ..CONFIRMED }));
    }
}

#[test]
fn keys_that_a_header_brings_along_are_not_looked_at() {
    let sent = sent(None);
    let payload = claims(&sent).to_string();
    let mut header = json!({
        "alg": "EdDSA", "typ": TYPE, "jku": "https://a.invalid/", "x5u": "https://a.invalid/", "x5c": ["AAAA"],
        "jwk": { "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    });
    let read = |header: &Value| sent.answered(&keys(), SOURCE, signed(header, &payload).as_bytes());
    assert_eq!(read(&header).map(|a| a.answer), Ok(CONFIRMED), "the pinned key signed it");
    header["kid"] = "2026".into();
    assert!(read(&header).is_ok());
    header["kid"] = "2025".into();
    assert_eq!(read(&header), Err(AnswerError::Signature(super::super::jose::JwsError::Signature)));
}

/// The question, header, payload and token of docs/authority-api.md, by the key of RFC 8037, appendix A.2.
#[test]
fn the_example_of_the_contract_is_an_answer() {
    let contract = include_str!("../../../../../docs/authority-api.md");
    let blocks = |kind: &str| {
        let fence = format!("```{kind}\n");
        contract.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect::<Vec<_>>()
    };
    let [question_text, header, payload] = blocks("json")[..] else { panic!("three examples in JSON") };
    let [token] = blocks("text")[..] else { panic!("one token") };
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let nonce = std::array::from_fn(|i| u8::try_from(i).unwrap());
    let at = Timestamp::from_second(json(payload)["iat"].as_i64().unwrap()).unwrap();
    let sent = Sent::new(&question(true, false), nonce, None, at).unwrap();
    assert_eq!(json(std::str::from_utf8(sent.body()).unwrap()), json(question_text));
    let jwk =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"2026"}"#;
    let keys = AnswerKeys::read(Algorithm::EdDsa, jwk).unwrap();
    let read = sent.answered(&keys, "Registry of Utopia", token.trim().as_bytes());
    assert_eq!(read.map(|a| (a.answer, a.answered_at)), Ok((CONFIRMED, at)));
    let parts: Vec<&str> = token.trim().split('.').collect();
    for (part, shown) in parts.iter().zip([header, payload]) {
        let part = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        assert_eq!(json(std::str::from_utf8(&part).unwrap()), json(shown));
    }
}

/// Every bit of a signed answer counts.
#[test]
fn one_changed_byte_is_no_answer() {
    let sent = sent(None);
    let jws = signed(&json!({ "alg": "EdDSA", "typ": TYPE }), &claims(&sent).to_string()).into_bytes();
    for at in 0..jws.len() {
        let mut other = jws.clone();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        assert!(sent.answered(&keys(), SOURCE, &other).is_err(), "{at}");
        assert!(sent.answered(&keys(), SOURCE, &jws[..at]).is_err(), "{at}");
    }
}

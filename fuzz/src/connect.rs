//! What holds for any bytes handed to `lineward-connect`.

use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;
use lineward_app::{
    ports::{AuthorityAnswer, AuthorityProfile, IssuerMatch, Standing},
    verification::{Fields, Question},
};
use lineward_connect::authority::{Algorithm, AnswerKeys, FRESH_SECS, Sent, picture};
use lineward_document::state::StateCode;
use serde_json::{Value, json};

/// Nothing that an authority, or somebody in its place, sends makes the reader of its answers panic, be it a token, signed
/// claims, a signed header or a file of keys. What is taken for an answer is typed, fresh and consistent.
///
/// The seeds answer the question of [`asked`], signed with the key of [`key`].
pub fn authority_answer(bytes: &[u8]) {
    let (sent, keys) = &*ASKED;
    let _ = sent.answered(keys, SOURCE, bytes);
    for algorithm in Algorithm::ALL {
        if let Ok(keys) = AnswerKeys::read(*algorithm, &String::from_utf8_lossy(bytes)) {
            assert!((1..=4).contains(&keys.count()));
        }
    }
    let header = json!({ "alg": "EdDSA", "typ": "authority-answer+jws" }).to_string();
    if let Ok(answered) = sent.answered(keys, SOURCE, signed(header.as_bytes(), bytes).as_bytes()) {
        assert!(answered.answered_at.as_second().abs_diff(NOW) <= FRESH_SECS);
        assert_eq!(answered.answer.portrait, IssuerMatch::NotOffered, "none was shown");
        let known = answered.answer.standing != Standing::NoRecord;
        assert!(known || answered.answer == AuthorityAnswer::UNKNOWN);
    }
    let claims = json!({ "standing": "valid" }).to_string();
    if keys.verify(signed(bytes, claims.as_bytes()).as_bytes()).is_ok() {
        let header: Value = serde_json::from_slice(bytes).unwrap_or_default();
        assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("authority-answer+jws")));
        assert_eq!(header.get("crit"), None);
    }
}

/// No file makes the removal of what cameras write panic; what is left has nothing more to remove, and is no longer than the
/// file and the one segment that says which way is up.
pub fn bare_picture(bytes: &[u8]) {
    if let Some(bare) = picture::bare(bytes) {
        assert!(bare.len() <= bytes.len() + 36);
        assert_eq!(picture::bare(&bare).as_deref(), Some(bare.as_slice()));
    }
}

const SOURCE: &str = "Registry";
/// 2026-06-01T12:00:00Z.
const NOW: i64 = 1_780_315_200;

static ASKED: LazyLock<(Sent, AnswerKeys)> = LazyLock::new(asked);

fn asked() -> (Sent, AnswerKeys) {
    let fields = Fields {
        kind: "passport".into(),
        issuing_state: "UTO".into(),
        number: "SAMPLE001".into(),
        scheme: None,
        primary_name: String::new(),
        secondary_name: String::new(),
        birth_date: None,
        expiry_date: None,
        sex: None,
        nationality: None,
    };
    let issuing_states = vec![StateCode::UTOPIA];
    let profile = AuthorityProfile {
        source: SOURCE.into(),
        issuing_states,
        names: false,
        birth_date: false,
        portrait: false,
    };
    let question = Question::of(&fields, &profile).expect("the profile names the state");
    let at = Timestamp::from_second(NOW).expect("a time");
    let sent = Sent::new(&question, [0; 16], None, at).expect("a question");
    let x = BASE64_URL_SAFE_NO_PAD.encode(key().verifying_key());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x }).to_string();
    (sent, AnswerKeys::read(Algorithm::EdDsa, &jwk).expect("a key"))
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn signed(header: &[u8], payload: &[u8]) -> String {
    let signed = [header, payload].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = key().sign(signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

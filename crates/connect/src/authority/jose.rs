//! Signed answers: JWS in compact serialization (RFC 7515, section 7.1) with EdDSA over Ed25519 (RFC 8037, section 3.1) or
//! ES256 (RFC 7518, section 3.4), verified with keys and an algorithm that the operator pinned. What a header says of keys
//! is never followed.

use std::fmt;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use lineward_core::codes;
use p256::ecdsa::signature::Verifier as _;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::Value;

/// The `typ` of a signed answer, so that no other token of the authority's is taken for one (RFC 8725, section 3.11).
pub const TYPE: &str = "authority-answer+jws";

/// The most bytes of a header; ours has under a hundred.
const MAX_HEADER_BYTES: usize = 1_024;
/// The most keys of a set: the one in use and those that are to follow it. Ours.
const MAX_KEYS: usize = 4;

codes! {
    /// The algorithms that an answer may be signed with, by their names in the IANA registry.
    pub enum Algorithm {
        /// Ed25519.
        EdDsa = "EdDSA",
        /// ECDSA on P-256 with SHA-256.
        Es256 = "ES256",
    }
}

/// The keys that an authority's answers are verified with, all of one algorithm.
#[derive(Clone)]
pub struct AnswerKeys {
    algorithm: Algorithm,
    keys: Vec<NamedKey>,
}

#[derive(Debug, Clone, PartialEq)]
enum Key {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl AnswerKeys {
    /// Reads public keys, at most four: one JSON Web Key or a set (RFC 7517), or PEM texts one after the other (RFC 7468,
    /// section 13). Every key is of the pinned algorithm.
    ///
    /// # Errors
    /// [`KeyError`]; also for a private key, which belongs to the authority alone.
    pub fn read(algorithm: Algorithm, text: &str) -> Result<AnswerKeys, KeyError> {
        let keys = if text.contains("-----BEGIN ") {
            read_pem(algorithm, text)?
        } else {
            read_set(algorithm, text)?
        };
        match keys.len() {
            1..=MAX_KEYS => Ok(AnswerKeys { algorithm, keys }),
            keys => Err(KeyError::Count { keys }),
        }
    }

    /// How many they are: one to four.
    pub const fn count(&self) -> usize {
        self.keys.len()
    }

    /// The payload of a signed answer.
    ///
    /// # Errors
    /// [`JwsError`] says what is wrong; the payload is looked at only after the signature was found good.
    pub fn verify(&self, jws: &[u8]) -> Result<Vec<u8>, JwsError> {
        let text = std::str::from_utf8(jws).map_err(|_| JwsError::Form)?;
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::Form);
        };
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form);
        if header.len() > MAX_HEADER_BYTES {
            return Err(JwsError::Form);
        }
        let head: Header = serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::Header)?;
        if head.alg != self.algorithm.code() {
            return Err(JwsError::Algorithm);
        }
        if head.typ.as_deref() != Some(TYPE) {
            return Err(JwsError::Type);
        }
        // An extension that must be understood is not (RFC 7515, section 4.1.11).
        if head.crit {
            return Err(JwsError::Header);
        }
        let signature = decode(signature)?;
        let signed = &text.as_bytes()[..header.len() + 1 + payload.len()];
        let fits = |(id, key): &NamedKey| {
            let named = match (id, &head.kid) {
                (Some(id), Some(kid)) => id == kid,
                _ => true,
            };
            named && key.verifies(signed, &signature)
        };
        if self.keys.iter().any(fits) { decode(payload) } else { Err(JwsError::Signature) }
    }
}

impl fmt::Debug for AnswerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnswerKeys({} of {})", self.keys.len(), self.algorithm)
    }
}

impl Key {
    fn ed25519(bytes: &[u8]) -> Result<Key, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::Coordinate)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Coordinate)?;
        if key.is_weak() { Err(KeyError::Coordinate) } else { Ok(Key::Ed25519(key)) }
    }

    /// An uncompressed point (SEC 1, section 2.3.3).
    fn p256(point: &[u8]) -> Result<Key, KeyError> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| KeyError::Coordinate)?;
        Ok(Key::P256(key))
    }

    fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            // Strict: no key of small order, no signature that plain verification would take besides.
            Key::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok()),
            // 64 bytes, r and s (RFC 7518, section 3.4); no DER.
            Key::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(signed, &signature).is_ok()),
        }
    }
}

/// What else a header has (`jwk`, `jku`, `x5c`, `x5u`) is ignored: keys are pinned. A member that comes twice is an error.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    /// Whether it is there at all, with whatever value.
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<IgnoredAny>,
    kid: Option<String>,
    alg: Option<String>,
}

type NamedKey = (Option<String>, Key);

fn read_set(algorithm: Algorithm, text: &str) -> Result<Vec<NamedKey>, KeyError> {
    let mut value: Value = serde_json::from_str(text).map_err(|_| KeyError::Form)?;
    let list = match value.get_mut("keys").map(Value::take) {
        Some(Value::Array(list)) => list,
        Some(_) => return Err(KeyError::Form),
        None => vec![value],
    };
    list.into_iter().map(|jwk| read_jwk(algorithm, jwk)).collect()
}

fn read_jwk(algorithm: Algorithm, jwk: Value) -> Result<NamedKey, KeyError> {
    let jwk: Jwk = serde_json::from_value(jwk).map_err(|_| KeyError::Form)?;
    if jwk.d.is_some() {
        return Err(KeyError::Private);
    }
    let (kty, crv) = match algorithm {
        Algorithm::EdDsa => ("OKP", "Ed25519"),
        Algorithm::Es256 => ("EC", "P-256"),
    };
    let other_use = jwk.alg.is_some_and(|alg| alg != algorithm.code());
    if jwk.kty != kty || jwk.crv.as_deref() != Some(crv) || other_use {
        return Err(KeyError::OtherAlgorithm { algorithm });
    }
    let coordinate = |text: &Option<String>| -> Result<[u8; 32], KeyError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.as_deref().unwrap_or_default());
        bytes.map_err(|_| KeyError::Coordinate)?.try_into().map_err(|_| KeyError::Coordinate)
    };
    let x = coordinate(&jwk.x)?;
    let key = match algorithm {
        Algorithm::EdDsa => Key::ed25519(&x)?,
        Algorithm::Es256 => Key::p256(&[[4].as_slice(), &x, &coordinate(&jwk.y)?].concat())?,
    };
    Ok((jwk.kid, key))
}

/// SubjectPublicKeyInfo of Ed25519 up to the key (RFC 8410, section 4; the example of its section 10.1).
const ED25519_INFO: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// SubjectPublicKeyInfo of an uncompressed point on P-256 up to the point (RFC 5480, section 2): the types and lengths of a
/// fixed size leave one way to write it in DER.
const P256_INFO: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The texts between `BEGIN PUBLIC KEY` and `END PUBLIC KEY`; what stands around them is explanation.
fn read_pem(algorithm: Algorithm, text: &str) -> Result<Vec<NamedKey>, KeyError> {
    if text.contains("PRIVATE KEY-----") {
        return Err(KeyError::Private);
    }
    let texts = text.split("-----BEGIN PUBLIC KEY-----").skip(1);
    texts
        .map(|rest| {
            let (base64, _) = rest.split_once("-----END PUBLIC KEY-----").ok_or(KeyError::Form)?;
            let base64: String = base64.split_ascii_whitespace().collect();
            let info = BASE64_STANDARD.decode(base64).map_err(|_| KeyError::Form)?;
            let key = match algorithm {
                Algorithm::EdDsa => info.strip_prefix(ED25519_INFO).map(Key::ed25519),
                Algorithm::Es256 => info.strip_prefix(P256_INFO).map(Key::p256),
            };
            Ok((None, key.ok_or(KeyError::OtherAlgorithm { algorithm })??))
        })
        .collect()
}

/// Why a text holds no keys for answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is neither a JSON Web Key or a set of them, nor PEM.
    #[error("it is neither a JSON Web Key or a set of them, nor PEM")]
    Form,
    /// None, or too many.
    #[error("it holds {keys} keys; one to four are taken")]
    Count {
        /// How many.
        keys: usize,
    },
    /// A private key: it lets its reader sign in the authority's name.
    #[error(
        "it holds a private key, which belongs to the authority alone: ask for the public one, and for a new pair"
    )]
    Private,
    /// A key of another kind.
    #[error("it holds a key that is not for {algorithm}")]
    OtherAlgorithm {
        /// The pinned algorithm.
        algorithm: Algorithm,
    },
    /// A coordinate that is none of the curve's.
    #[error("it holds a key whose coordinates are none of its curve")]
    Coordinate,
}

/// Why a signed answer is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// It is no JWS in compact serialization.
    #[error("it is no JWS in compact form")]
    Form,
    /// The header cannot be read, or demands what is not understood.
    #[error("its header cannot be read")]
    Header,
    /// It is signed otherwise than pinned, or not at all.
    #[error("it is not signed with the pinned algorithm")]
    Algorithm,
    /// It is another kind of token.
    #[error("it is not typed as an answer")]
    Type,
    /// No pinned key verifies it.
    #[error("no pinned key verifies its signature")]
    Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.1 and A.2: the key pair of the example.
    const OKP: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// RFC 7515, appendix A.3.1: the key of the example, without its private part.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[track_caller]
    fn check(algorithm: Algorithm, text: &str, expected: Result<usize, KeyError>) {
        assert_eq!(AnswerKeys::read(algorithm, text).map(|keys| keys.keys.len()), expected, "{text}");
    }

    #[test]
    fn a_key_or_a_small_set_of_the_pinned_algorithm_is_read() {
        use Algorithm::{EdDsa, Es256};
        check(EdDsa, OKP, Ok(1));
        check(Es256, EC, Ok(1));
        check(EdDsa, &format!("{{\"keys\":[{OKP},{OKP}]}}"), Ok(2));
        check(EdDsa, EC, Err(KeyError::OtherAlgorithm { algorithm: EdDsa }));
        check(Es256, OKP, Err(KeyError::OtherAlgorithm { algorithm: Es256 }));
        check(
            Es256,
            &EC.replace("\"kty\"", "\"alg\":\"ES384\",\"kty\""),
            Err(KeyError::OtherAlgorithm { algorithm: Es256 }),
        );
        check(EdDsa, &OKP.replace("\"kty\"", "\"d\":\"AA\",\"kty\""), Err(KeyError::Private));
        check(Es256, &EC.replace("x_FE", "x_FF"), Err(KeyError::Coordinate));
        check(
            EdDsa,
            &OKP.replace("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "AQ"),
            Err(KeyError::Coordinate),
        );
        let weak = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        check(
            EdDsa,
            &OKP.replace("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", weak),
            Err(KeyError::Coordinate),
        );
        check(EdDsa, "{\"keys\":[]}", Err(KeyError::Count { keys: 0 }));
        check(EdDsa, &format!("{{\"keys\":[{}]}}", [OKP; 5].join(",")), Err(KeyError::Count { keys: 5 }));
        check(EdDsa, r#"{"keys":{}}"#, Err(KeyError::Form));
        check(EdDsa, "ssh-ed25519 AAAA", Err(KeyError::Form));
        check(EdDsa, r#"{"kty":"oct","k":"AAAA"}"#, Err(KeyError::OtherAlgorithm { algorithm: EdDsa }));
    }

    /// The keys of [`OKP`] and [`EC`] in PEM.
    #[test]
    fn a_key_in_pem_is_the_same_key() {
        use Algorithm::{EdDsa, Es256};
        let pem = |info: &[u8], key: &[&str]| {
            let key = key.iter().map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap());
            let text = BASE64_STANDARD.encode([info.to_vec(), key.collect::<Vec<_>>().concat()].concat());
            let (first, rest) = text.split_at(40);
            format!("of 2026\n-----BEGIN PUBLIC KEY-----\n{first}\n{rest}\n-----END PUBLIC KEY-----\n")
        };
        let okp = pem(ED25519_INFO, &["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]);
        let point =
            ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"];
        let ec = pem(&[P256_INFO, &[4]].concat(), &point);
        for (algorithm, jwk, pem) in [(EdDsa, OKP, &okp), (Es256, EC, &ec)] {
            let (one, other) =
                (AnswerKeys::read(algorithm, jwk).unwrap(), AnswerKeys::read(algorithm, pem).unwrap());
            assert_eq!(one.keys[0].1, other.keys[0].1);
        }
        check(EdDsa, &okp.repeat(4), Ok(4));
        check(EdDsa, &okp.repeat(5), Err(KeyError::Count { keys: 5 }));
        check(EdDsa, &ec, Err(KeyError::OtherAlgorithm { algorithm: EdDsa }));
        check(Es256, &okp, Err(KeyError::OtherAlgorithm { algorithm: Es256 }));
        check(EdDsa, &okp.replace("PUBLIC", "PRIVATE"), Err(KeyError::Private));
        check(EdDsa, &okp.replace("END", "BEGIN"), Err(KeyError::Form));
        check(EdDsa, &okp.replace("PUBLIC KEY", "CERTIFICATE"), Err(KeyError::Count { keys: 0 }));
        check(EdDsa, &okp.replace("\ncvPa", "\n"), Err(KeyError::Coordinate));
    }

    /// RFC 8037, appendix A.4, and RFC 7515, appendix A.3: signatures that are right, in tokens that are no answers.
    #[test]
    fn the_examples_of_the_standards_verify_and_are_no_answers() {
        let eddsa = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let es256 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        for (algorithm, key, jws) in [(Algorithm::EdDsa, OKP, eddsa), (Algorithm::Es256, EC, es256)] {
            let keys = AnswerKeys::read(algorithm, key).unwrap();
            let (signed, signature) = jws.rsplit_once('.').unwrap();
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            assert!(keys.keys[0].1.verifies(signed.as_bytes(), &signature));
            assert!(!keys.keys[0].1.verifies(&signed.as_bytes()[1..], &signature));
            assert_eq!(keys.verify(jws.as_bytes()), Err(JwsError::Type));
        }
    }

    #[test]
    fn what_is_no_jws_or_signed_otherwise_is_refused() {
        let keys = AnswerKeys::read(Algorithm::EdDsa, OKP).unwrap();
        let head = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
        let typed = format!(r#"{{"alg":"EdDSA","typ":"{TYPE}"}}"#);
        for (jws, expected) in [
            (String::new(), JwsError::Form),
            ("a.b".to_owned(), JwsError::Form),
            (format!("{}.e30.AA.AA", head(&typed)), JwsError::Form),
            (format!("{}.e30.AA", "A".repeat(MAX_HEADER_BYTES + 1)), JwsError::Form),
            (format!("{}.e30.AA", head("[]")), JwsError::Header),
            (format!("{}.e30.", head(&typed.replace("EdDSA", "none"))), JwsError::Algorithm),
            (format!("{}.e30.AA", head(&typed.replace("EdDSA", "HS256"))), JwsError::Algorithm),
            (format!("{}.e30.AA", head(r#"{"alg":"EdDSA","typ":"JWT"}"#)), JwsError::Type),
            (
                format!("{}.e30.AA", head(&typed.replace('}', r#","crit":["b64"],"b64":false}"#))),
                JwsError::Header,
            ),
            (format!("{}.e30.AA", head(&typed.replace('}', r#","crit":null}"#))), JwsError::Header),
            (format!("{}.e30.AA", head(&typed.replace('}', r#","alg":"none"}"#))), JwsError::Header),
            (format!("{}.e30.AA", head(&typed.replace("EdDSA", "eddsa"))), JwsError::Algorithm),
            (format!("{}.e30.AA", head(&typed.replace("EdDSA", "ES256"))), JwsError::Algorithm),
            (format!("{}=.e30.AA", head(&typed)), JwsError::Form),
            (format!("{}.e30.AA\n", head(&typed)), JwsError::Form),
            (format!("{}.e30.AB", head(&typed)), JwsError::Form),
            (format!("{}.e30.AA", head(&typed)), JwsError::Signature),
            (format!("{}.e30.{}", head(&typed), head(&"\0".repeat(64))), JwsError::Signature),
        ] {
            assert_eq!(keys.verify(jws.as_bytes()), Err(expected), "{jws:.100}");
        }
        assert_eq!(keys.verify(&[0xff; 10]), Err(JwsError::Form));
    }
}

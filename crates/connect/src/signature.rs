//! Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`.

use std::{fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

/// How far a webhook's timestamp may be from the receiver's clock. The specification asks for "some allowable
/// tolerance" ("Verifying signatures"); five minutes is what its reference libraries take.
pub const TOLERANCE_SECS: u64 = 300;

/// Fewest and most bytes of a secret ("Signature scheme": between 24 and 64 bytes).
pub const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

const PREFIX: &str = "whsec_";

/// Whether a webhook was sent by whoever holds the secret, and sent just now.
///
/// A receiver gives the three headers as they came and the body's bytes as they came: a body that was parsed and written
/// again has another signature. It remembers `id`s and drops the ones it has seen.
///
/// ```
/// use lineward_connect::signature::{Signed, WebhookSecret, verify};
/// let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
/// let now = "2026-01-01T00:00:00Z".parse().unwrap();
/// let body = br#"{"type":"line.activate"}"#;
/// let headers = secret.sign("0190163d-8694-739b-aea5-966c26f8ad91", now, body);
/// assert_eq!(verify(&secret, &headers, body, now), Ok(()));
/// assert!(verify(&secret, &headers, b"{}", now).is_err());
/// ```
///
/// # Errors
/// [`VerifyError`] says what is wrong; the sender is told only that the webhook is refused.
pub fn verify(
    secret: &WebhookSecret,
    headers: &Signed,
    body: &[u8],
    now: Timestamp,
) -> Result<(), VerifyError> {
    let sent: i64 = headers.timestamp.parse().map_err(|_| VerifyError::Timestamp)?;
    let off_secs = now.as_second().abs_diff(sent);
    if off_secs > TOLERANCE_SECS {
        return Err(VerifyError::NotNow { off_secs });
    }
    let mac = secret.mac(&headers.id, &headers.timestamp, body);
    // Several signatures stand side by side while a secret is being changed; one that fits is enough.
    let ours = headers.signature.split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let fits = |signature: &str| {
        // `verify_slice` takes the same time wherever the first difference is.
        BASE64_STANDARD.decode(signature).is_ok_and(|bytes| mac.clone().verify_slice(&bytes).is_ok())
    };
    if ours.into_iter().any(fits) { Ok(()) } else { Err(VerifyError::Signature) }
}

/// The three headers of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `webhook-id`: the same however often it is sent.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970 of this attempt.
    pub timestamp: String,
    /// `webhook-signature`: one or more signatures with a space between them.
    pub signature: String,
}

impl Signed {
    /// The name of the header with the id.
    pub const ID: &str = "webhook-id";
    /// The name of the header with the time of the attempt.
    pub const TIMESTAMP: &str = "webhook-timestamp";
    /// The name of the header with the signatures.
    pub const SIGNATURE: &str = "webhook-signature";
}

/// The secret that sender and receiver share: `whsec_` and 24 to 64 random bytes in base64. One for each receiver.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// Signs a body. `id` may hold no full stop: it separates what is signed.
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> Signed {
        let timestamp = at.as_second().to_string();
        let mac = self.mac(id, &timestamp, body).finalize().into_bytes();
        let signature = format!("v1,{}", BASE64_STANDARD.encode(mac));
        Signed { id: id.to_owned(), timestamp, signature }
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        // SHA-256's block is 64 bytes (FIPS 180-4), the most that a secret has, and RFC 2104 pads a shorter key with
        // zeros: the key given as its own block.
        let mut block = Zeroizing::new([0; 64]);
        block[..self.0.len()].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

impl FromStr for WebhookSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError::Prefix)?;
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?);
        if !SECRET_BYTES.contains(&bytes.len()) {
            return Err(SecretError::Length { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// Why a text is no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It begins with something else.
    #[error("a webhook secret begins with whsec_")]
    Prefix,
    /// What follows is not base64.
    #[error("after whsec_ a webhook secret is base64 with padding")]
    Base64,
    /// Too short to be safe, or longer than the specification allows.
    #[error("a webhook secret has 24 to 64 bytes, this one has {bytes}")]
    Length {
        /// How many it has.
        bytes: usize,
    },
}

/// Why a webhook is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The timestamp is no whole number of seconds.
    #[error("the webhook's timestamp is no number of seconds")]
    Timestamp,
    /// It was sent too long ago, or by a clock that is ahead.
    #[error("the webhook's timestamp is {off_secs} s off, more than 300 s")]
    NotNow {
        /// How far off.
        off_secs: u64,
    },
    /// No signature fits.
    #[error("no signature of the webhook fits")]
    Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the specification's reference libraries are tested with; the specification itself prints a
    /// signature without its secret.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SECONDS: i64 = 1_614_265_330;

    fn vector() -> Signed {
        Signed {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".into(),
            timestamp: SECONDS.to_string(),
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".into(),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn check(change: impl Fn(&mut Signed), body: &[u8], now: i64) -> Result<(), VerifyError> {
        let mut headers = vector();
        change(&mut headers);
        verify(&SECRET.parse().unwrap(), &headers, body, at(now))
    }

    #[test]
    fn the_vector_of_the_reference_libraries_is_signed_and_verified() {
        let secret: WebhookSecret = SECRET.parse().unwrap();
        assert_eq!(secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at(SECONDS), BODY), vector());
        assert_eq!(check(|_| {}, BODY, SECONDS), Ok(()));
    }

    #[test]
    fn one_fitting_signature_among_several_is_enough() {
        let other = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
        let with = |headers: &mut Signed| headers.signature = format!("{other} {}", vector().signature);
        assert_eq!(check(with, BODY, SECONDS), Ok(()));
        assert_eq!(check(|h| h.signature = other.into(), BODY, SECONDS), Err(VerifyError::Signature));
    }

    #[test]
    fn whatever_was_changed_no_longer_fits() {
        let refused = Err(VerifyError::Signature);
        assert_eq!(check(|_| {}, br#"{"test":2432232314}"#, SECONDS), refused);
        assert_eq!(check(|h| h.id.push('x'), BODY, SECONDS), refused);
        assert_eq!(check(|h| h.timestamp = (SECONDS + 1).to_string(), BODY, SECONDS), refused);
        for signature in
            ["", "v1", "v1,", "v1,!", "v1,g0hM", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="]
        {
            assert_eq!(check(|h| h.signature = signature.into(), BODY, SECONDS), refused, "{signature}");
        }
    }

    #[test]
    fn five_minutes_each_way_are_tolerated_and_no_more() {
        assert_eq!(check(|_| {}, BODY, SECONDS + 300), Ok(()));
        assert_eq!(check(|_| {}, BODY, SECONDS - 300), Ok(()));
        assert_eq!(check(|_| {}, BODY, SECONDS + 301), Err(VerifyError::NotNow { off_secs: 301 }));
        assert_eq!(check(|_| {}, BODY, SECONDS - 301), Err(VerifyError::NotNow { off_secs: 301 }));
        for timestamp in ["", "now", "1614265330.5", "99999999999999999999"] {
            assert_eq!(
                check(|h| h.timestamp = timestamp.into(), BODY, SECONDS),
                Err(VerifyError::Timestamp),
                "{timestamp}"
            );
        }
        let smallest = i64::MIN.to_string();
        assert!(matches!(
            check(|h| h.timestamp = smallest.clone(), BODY, SECONDS),
            Err(VerifyError::NotNow { .. })
        ));
    }

    #[test]
    fn a_secret_has_its_prefix_its_length_and_never_prints() {
        let of = |bytes: usize| {
            format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes])).parse::<WebhookSecret>()
        };
        assert_eq!(of(23).unwrap_err(), SecretError::Length { bytes: 23 });
        assert_eq!(of(65).unwrap_err(), SecretError::Length { bytes: 65 });
        assert_eq!("whsk_AAAA".parse::<WebhookSecret>().unwrap_err(), SecretError::Prefix);
        assert_eq!("whsec_?".parse::<WebhookSecret>().unwrap_err(), SecretError::Base64);
        assert_eq!(format!("{:?}", of(24).unwrap()), "WebhookSecret(..)");
        let longest = of(64).unwrap();
        let signed = longest.sign("a", at(SECONDS), BODY);
        assert_eq!(verify(&longest, &signed, BODY, at(SECONDS)), Ok(()));
    }
}

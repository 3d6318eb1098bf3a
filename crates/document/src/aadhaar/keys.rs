//! The keys that UIDAI signs with, by period. It changes them every few years; a code stays good under the key of its
//! day.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::asn1::{Asn1Error, Oid, Rules, Tag, Tlv};
use crate::crypto::{KeyError, PublicKey};

/// Keys whose signatures are accepted. Whoever runs lineward answers for them: they are UIDAI's as published, and their
/// certificates are not followed up to the authorities that issued them.
#[derive(Debug, Clone, Default)]
pub struct AadhaarKeys(Vec<AadhaarKey>);

/// One key.
#[derive(Debug, Clone)]
pub struct AadhaarKey {
    /// The common name in its certificate, or the name it was given.
    pub name: String,
    /// From when to when the certificate says it is used; `None` for a bare key.
    pub period: Option<(Timestamp, Timestamp)>,
    pub(super) key: PublicKey,
}

/// The most bytes of one file. UIDAI's certificates have 2 to 3 KB.
const MAX_BYTES: usize = 64 * 1024;

impl AadhaarKeys {
    /// Adds the key in a file: a certificate or a bare public key (SubjectPublicKeyInfo), in DER or PEM. `name` is
    /// used where the file has none.
    ///
    /// # Errors
    /// [`AadhaarKeyError`]: there is no key in it.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), AadhaarKeyError> {
        if bytes.len() > MAX_BYTES {
            return Err(AadhaarKeyError::TooLarge { bytes: bytes.len(), limit: MAX_BYTES });
        }
        let unarmoured = unarmoured(bytes)?;
        let der = unarmoured.as_deref().unwrap_or(bytes);
        let (spki, certified) = match Certificate::read(der) {
            Ok(certificate) => (certificate.spki, Some(certificate)),
            // Not a certificate: perhaps a bare key, which says itself what is wrong with it.
            Err(_) => (der, None),
        };
        let key = PublicKey::from_spki(spki)?;
        let name = certified.as_ref().and_then(|c| c.common_name.clone()).unwrap_or_else(|| name.to_owned());
        self.0.push(AadhaarKey { name, period: certified.map(|c| c.period), key });
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn of(keys: Vec<AadhaarKey>) -> Self {
        Self(keys)
    }

    /// Every key, in the order they were added.
    pub fn all(&self) -> &[AadhaarKey] {
        &self.0
    }
}

impl AadhaarKey {
    /// Whether this moment lies in the key's period. A bare key has none.
    pub fn is_in_period(&self, at: Timestamp) -> bool {
        self.period.is_some_and(|(from, to)| from <= at && at <= to)
    }
}

/// Why a file holds no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AadhaarKeyError {
    /// It is far larger than a certificate.
    #[error("{bytes} bytes, at most {limit} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It begins as PEM, and what follows is not.
    #[error("damaged PEM")]
    Pem,
    /// Neither a certificate nor a public key that we can use.
    #[error("neither a certificate nor a public key: {0}")]
    Key(#[from] KeyError),
}

/// The bytes inside of PEM (RFC 7468), lines of any length; `None` when it is not PEM.
fn unarmoured(bytes: &[u8]) -> Result<Option<Vec<u8>>, AadhaarKeyError> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(None) };
    let Some((_, rest)) = text.split_once("-----BEGIN ") else { return Ok(None) };
    let body =
        rest.split_once("-----").and_then(|(_, rest)| rest.split_once("-----END ")).map(|(body, _)| body);
    let base64: String = body.ok_or(AadhaarKeyError::Pem)?.split_whitespace().collect();
    STANDARD.decode(base64).map(Some).map_err(|_| AadhaarKeyError::Pem)
}

/// What is wanted of a certificate (RFC 5280, section 4.1).
struct Certificate<'a> {
    period: (Timestamp, Timestamp),
    common_name: Option<String>,
    spki: &'a [u8],
}

impl<'a> Certificate<'a> {
    fn read(der: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut tbs = Tlv::read(der, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside().sequence()?;
        tbs.optional(Tag::context(0))?;
        tbs.expect(Tag::INTEGER)?;
        tbs.expect(Tag::SEQUENCE)?;
        tbs.expect(Tag::SEQUENCE)?;
        let mut validity = tbs.sequence()?;
        let period = (validity.read()?.time()?, validity.read()?.time()?);
        let common_name = common_name(tbs.expect(Tag::SEQUENCE)?)?;
        let spki = tbs.expect(Tag::SEQUENCE)?.raw;
        Ok(Self { period, common_name, spki })
    }
}

/// id-at-commonName (RFC 5280, appendix A.1).
const COMMON_NAME: Oid<'_> = Oid(&[0x55, 0x04, 0x03]);

fn common_name(name: Tlv<'_>) -> Result<Option<String>, Asn1Error> {
    let mut sets = name.inside();
    while let Some(set) = sets.next()? {
        let mut attributes = set.inside();
        while let Some(attribute) = attributes.next()? {
            let mut parts = attribute.expect(Tag::SEQUENCE)?.inside();
            if parts.expect(Tag::OID)?.oid()? == COMMON_NAME {
                return Ok(Some(String::from_utf8_lossy(parts.read()?.value).into_owned()));
            }
        }
    }
    Ok(None)
}

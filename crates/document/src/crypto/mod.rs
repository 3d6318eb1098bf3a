//! Hashes, public keys and signatures of travel documents. Everything here is public: variable time is no leak.
//!
//! Lives here: which key, which scheme, whether a signature over given octets is right, and what is weak about it.
//! May not live here: whose key it is, whether it may sign, when.

mod agreement;
pub mod curves;
mod ec;
mod hash;
mod rsa;
mod scheme;
mod vartime;
mod weakness;

pub use agreement::{AgreementKey, DhKey, Private};
pub use ec::{Curve, CurveGiven, EcKey};
pub use hash::{Digest, Hash};
pub use rsa::RsaKey;
pub use scheme::{PssParameters, Scheme, SchemeError};
pub use weakness::{Role, Weakness};

use crate::asn1::{Asn1Error, Oid, Rules, Tag, Tlv};

/// Whether `signature` over `message` (its pieces, one after another) was made with the private key of `key`.
///
/// # Errors
/// [`SignatureError`]: it was not, or cannot have been.
pub fn verify(
    key: &PublicKey,
    scheme: Scheme,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match (key, scheme) {
        (PublicKey::Rsa(key), Scheme::RsaPkcs1(hash)) if key.allows(None) => {
            key.verify_pkcs1(hash, message, signature)
        }
        (PublicKey::Rsa(key), Scheme::RsaPss(parameters)) if key.allows(Some(parameters)) => {
            key.verify_pss(parameters, message, signature)
        }
        (PublicKey::Ec(key), Scheme::Ecdsa(hash)) => {
            let (r, s) = ec::split_der(signature)?;
            key.verify(hash.of(message).as_ref(), r, s)
        }
        (PublicKey::Ec(key), Scheme::EcdsaPlain(hash)) => {
            let (r, s) = ec::split_plain(signature)?;
            key.verify(hash.of(message).as_ref(), r, s)
        }
        _ => Err(SignatureError::KeyMismatch),
    }
}

/// Why a signature is not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The octets, the key and the signature do not belong together.
    #[error("the signature does not match")]
    Mismatch,
    /// Not a signature of this scheme under this key at all.
    #[error("not in the form of a signature of this key")]
    Malformed,
    /// A scheme of another kind of key, or one that the key excludes.
    #[error("the scheme does not fit the key")]
    KeyMismatch,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaKey),
    /// A point of an elliptic curve.
    Ec(EcKey),
}

/// Why octets are not a public key that signatures can be verified with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the structure of a key.
    #[error("not a public key: {0}")]
    Structure(#[from] Asn1Error),
    /// A kind of key that is not used by documents.
    #[error("key algorithm {0} is not known")]
    UnknownAlgorithm(String),
    /// A curve without a known name, or whose parameters are not all those of a known one.
    #[error("the curve is not known")]
    UnknownCurve,
    /// A point that is infinity, not on the curve, or in no known form.
    #[error("the point is not on the curve")]
    BadPoint,
    /// An RSA modulus so short that it can be factored: what it signs proves nothing.
    #[error("a modulus of {bits} bits, which can be factored")]
    TooWeak {
        /// How long it is.
        bits: u32,
    },
    /// An RSA modulus that is even or too long, or a group that is too small.
    #[error("a modulus of {bits} bits")]
    BadModulus {
        /// How long it is.
        bits: u32,
    },
    /// An RSA exponent that is even, 1, not below the modulus, or too costly.
    #[error("a public exponent that cannot be")]
    BadExponent,
    /// A private key that is 0 or not below the order of the group.
    #[error("not a private key of this group")]
    BadPrivate,
    /// The parameters of an RSASSA-PSS key.
    #[error("the parameters of the key: {0}")]
    BadParameters(#[from] SchemeError),
}

/// standardizedDomainParameters (BSI TR-03110-3, A.2.1.1): a curve by its number.
const STANDARDIZED: Oid<'_> = Oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02]);

impl PublicKey {
    /// The key in a SubjectPublicKeyInfo (RFC 5280, clause 4.1; RFC 3279, RFC 4055, RFC 5480).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_spki(spki: &[u8]) -> Result<PublicKey, KeyError> {
        let mut fields = Tlv::read(spki, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
        let mut algorithm = fields.sequence()?;
        let oid = algorithm.expect(Tag::OID)?.oid()?;
        let parameters = algorithm.next()?;
        algorithm.end()?;
        let key = fields.expect(Tag::BIT_STRING)?.bits()?;
        fields.end()?;
        match oid {
            scheme::RSA => {
                // NULL (RFC 3279, clause 2.3.1), or left out.
                parameters.map(|parameters| parameters.expect(Tag::NULL)).transpose()?;
                Ok(PublicKey::Rsa(RsaKey::read(key)?))
            }
            scheme::PSS => {
                let only = parameters.map(PssParameters::read).transpose()?;
                Ok(PublicKey::Rsa(RsaKey::read(key)?.for_pss(only)))
            }
            scheme::EC | STANDARDIZED => {
                Ok(PublicKey::Ec(EcKey::read(parameters.ok_or(KeyError::UnknownCurve)?, key)?))
            }
            _ => Err(KeyError::UnknownAlgorithm(oid.to_string())),
        }
    }

    /// Whether what one verifies the other verifies too: a curve may be given by name or by its parameters.
    pub(crate) fn is_same(&self, other: &PublicKey) -> bool {
        match (self, other) {
            (PublicKey::Rsa(one), PublicKey::Rsa(other)) => one == other,
            (PublicKey::Ec(one), PublicKey::Ec(other)) => one.is_same_point(other),
            _ => false,
        }
    }

    /// Bits of the modulus, or of the order of the curve.
    pub fn bits(&self) -> u32 {
        match self {
            PublicKey::Rsa(key) => key.bits(),
            PublicKey::Ec(key) => key.curve().bits(),
        }
    }

    /// In words: `RSA 3072`, `brainpoolP384r1`.
    pub fn describe(&self) -> String {
        match self {
            PublicKey::Rsa(key) => format!("RSA {}", key.bits()),
            PublicKey::Ec(key) => key.curve().code().to_owned(),
        }
    }
}

#[cfg(test)]
pub(crate) mod test_key;
#[cfg(test)]
mod tests;

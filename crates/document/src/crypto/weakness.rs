//! What is weak about a signature that is right. It is flagged, never hidden, and never decides here.

use super::{Hash, PublicKey, Scheme};

/// What a key is for; the demands differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A country signing CA.
    CountryCa,
    /// A document signer.
    Signer,
    /// The chip of a document.
    Chip,
}

/// A weakness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// SHA-1 under a signature: collisions can be made. Doc 9303-12, section 4.1.6, allows SHA-224 and longer.
    #[error("SHA-1")]
    Sha1,
    /// An RSA modulus shorter than Doc 9303-12, "Cryptographic algorithms", recommends for its role.
    #[error("RSA of {bits} bits, where {least} are recommended")]
    SmallRsa {
        /// Bits of the modulus.
        bits: u32,
        /// Bits recommended.
        least: u32,
    },
    /// A curve smaller than Doc 9303-12, "Cryptographic algorithms", recommends for its role.
    #[error("a curve of {bits} bits, where {least} are recommended")]
    SmallCurve {
        /// Bits of the order.
        bits: u32,
        /// Bits recommended.
        least: u32,
    },
    /// The public exponent 3, with which careless verifiers accept forgeries; BSI TR-02102-1 asks for more than 2^16.
    #[error("a public exponent of {bits} bits")]
    SmallExponent {
        /// Bits of the exponent.
        bits: u32,
    },
}

impl Weakness {
    /// All weaknesses of a signature by `key` under `scheme`.
    pub fn of(key: &PublicKey, scheme: Scheme, role: Role) -> Vec<Weakness> {
        let mut found = Weakness::of_key(key, role);
        let masked_by_sha1 = matches!(scheme, Scheme::RsaPss(parameters) if parameters.mgf == Hash::Sha1);
        if scheme.hash() == Hash::Sha1 || masked_by_sha1 {
            found.push(Weakness::Sha1);
        }
        found
    }

    /// All weaknesses of a key.
    pub fn of_key(key: &PublicKey, role: Role) -> Vec<Weakness> {
        // Doc 9303-12, "Cryptographic algorithms": moduli, then orders of base points.
        let (least_rsa, least_curve) = match role {
            Role::CountryCa => (3072, 256),
            Role::Signer => (2048, 224),
            Role::Chip => (1024, 160),
        };
        let bits = key.bits();
        let mut found = Vec::new();
        match key {
            PublicKey::Rsa(key) => {
                if bits < least_rsa {
                    found.push(Weakness::SmallRsa { bits, least: least_rsa });
                }
                let exponent = super::rsa::bits(key.exponent());
                if exponent <= 16 {
                    found.push(Weakness::SmallExponent { bits: exponent });
                }
            }
            PublicKey::Ec(_) if bits < least_curve => {
                found.push(Weakness::SmallCurve { bits, least: least_curve });
            }
            PublicKey::Ec(_) => {}
        }
        found
    }
}

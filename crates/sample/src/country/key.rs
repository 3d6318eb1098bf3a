//! Keys and signature algorithms, with the many ways in which documents write them.

use super::curve::Curve;
use super::der;
use super::hash::Hash;
use super::modulus::hex;
use super::rsa::{Exponent, Owner, RsaKey};

/// A key and what is signed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithm {
    /// The key.
    pub key: KeyKind,
    /// The signature.
    pub scheme: Scheme,
}

impl Algorithm {
    /// ECDSA on NIST P-256 with SHA-256: what an order has when it says nothing else.
    pub const P256: Algorithm = Algorithm::ecdsa(Curve::P256, Hash::Sha256);

    /// ECDSA on a named curve.
    pub const fn ecdsa(curve: Curve, hash: Hash) -> Self {
        Self { key: KeyKind::Ec(curve, Parameters::Named), scheme: Scheme::Ecdsa(hash) }
    }

    /// RSASSA-PKCS1-v1_5 with the exponent 65537.
    ///
    /// `bits` is 1024, 2048, 3072, 4096 or 6144: other keys are not made.
    pub const fn rsa(bits: u32, hash: Hash) -> Self {
        Self { key: KeyKind::Rsa(bits, Exponent::F4), scheme: Scheme::Pkcs1(hash) }
    }

    /// RSASSA-PSS with the exponent 65537.
    pub const fn pss(bits: u32, hash: Hash, salt_len: usize) -> Self {
        Self { key: KeyKind::Rsa(bits, Exponent::F4), scheme: Scheme::Pss { hash, salt_len } }
    }
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with so many bits: 1024, 2048, 3072, 4096 or 6144.
    Rsa(u32, Exponent),
    /// A point of a curve.
    Ec(Curve, Parameters),
}

/// How a public key names its curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameters {
    /// By its object identifier.
    Named,
    /// With all of p, a, b, generator, order and cofactor written out (Doc 9303-12, section 4.1.6.3, asks for this).
    Explicit,
    /// Written out, with the generator compressed (SEC 1, section 2.3.3).
    ExplicitCompressed,
    /// Written out without the cofactor, which is optional (RFC 3279, section 2.3.5).
    ExplicitWithoutCofactor,
    /// Written out with one of them wrong: no curve that anybody knows.
    Wrong(Parameter),
}

/// A parameter of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// The prime of the field.
    P,
    /// The coefficient of x.
    A,
    /// The constant term.
    B,
    /// The generator.
    Generator,
    /// The order of the generator.
    Order,
    /// The cofactor.
    Cofactor,
}

/// How a message is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5, `shaXWithRSAEncryption`.
    Pkcs1(Hash),
    /// The same signature called `rsaEncryption` in a SignerInfo, which names the hash elsewhere (RFC 3370, section
    /// 3.2). A certificate cannot say it so: there it is [`Scheme::Pkcs1`].
    RsaEncryption(Hash),
    /// RSASSA-PSS with all parameters (RFC 4055, section 3.1); those with the default value are left out.
    Pss {
        /// The hash, which is also that of the mask.
        hash: Hash,
        /// Octets of salt.
        salt_len: usize,
    },
    /// ECDSA, a SEQUENCE of two numbers (RFC 5758, section 3.2).
    Ecdsa(Hash),
    /// ECDSA, both numbers in a row (BSI TR-03111, section 5.2.1).
    EcdsaPlain(Hash),
}

impl Scheme {
    /// The hash.
    pub fn hash(self) -> Hash {
        match self {
            Scheme::Pkcs1(hash)
            | Scheme::RsaEncryption(hash)
            | Scheme::Pss { hash, .. }
            | Scheme::Ecdsa(hash)
            | Scheme::EcdsaPlain(hash) => hash,
        }
    }

    /// The scheme that a certificate signed by the same key states.
    pub(super) fn in_certificate(self) -> Self {
        match self {
            Scheme::RsaEncryption(hash) => Scheme::Pkcs1(hash),
            other => other,
        }
    }

    /// AlgorithmIdentifier of the signature.
    pub(super) fn identifier(self) -> Vec<u8> {
        match self {
            Scheme::Pkcs1(hash) => der::algorithm(
                hash.pick([
                    "1.2.840.113549.1.1.5",
                    "1.2.840.113549.1.1.14",
                    "1.2.840.113549.1.1.11",
                    "1.2.840.113549.1.1.12",
                    "1.2.840.113549.1.1.13",
                ]),
                &der::null(),
            ),
            Scheme::RsaEncryption(_) => der::algorithm(RSA_ENCRYPTION, &der::null()),
            Scheme::Pss { hash, salt_len } => der::algorithm("1.2.840.113549.1.1.10", &pss(hash, salt_len)),
            Scheme::Ecdsa(_) | Scheme::EcdsaPlain(_) => der::algorithm(self.ecdsa_oid(), &[]),
        }
    }

    /// The identifier of an ECDSA signature; that of the DER form for a scheme of RSA.
    pub(super) fn ecdsa_oid(self) -> &'static str {
        match self {
            Scheme::EcdsaPlain(hash) => hash.pick([
                "0.4.0.127.0.7.1.1.4.1.1",
                "0.4.0.127.0.7.1.1.4.1.2",
                "0.4.0.127.0.7.1.1.4.1.3",
                "0.4.0.127.0.7.1.1.4.1.4",
                "0.4.0.127.0.7.1.1.4.1.5",
            ]),
            _ => self.hash().pick([
                "1.2.840.10045.4.1",
                "1.2.840.10045.4.3.1",
                "1.2.840.10045.4.3.2",
                "1.2.840.10045.4.3.3",
                "1.2.840.10045.4.3.4",
            ]),
        }
    }
}

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";

/// RSASSA-PSS-params. SHA-1, its mask and a salt of 20 octets are the defaults, which DER leaves out.
fn pss(hash: Hash, salt_len: usize) -> Vec<u8> {
    let mut fields = Vec::new();
    if hash != Hash::Sha1 {
        fields.push(der::context(0, &hash.identifier_with_null()));
        fields.push(der::context(1, &der::algorithm("1.2.840.113549.1.1.8", &hash.identifier_with_null())));
    }
    if salt_len != 20 {
        // Salts are shorter than any modulus.
        fields.push(der::context(2, &der::small(salt_len as u32)));
    }
    der::sequence(&fields)
}

/// A private key of a sample.
#[derive(Clone)]
pub(super) enum Key {
    Rsa(RsaKey),
    Ec { curve: Curve, parameters: Parameters, private: Vec<u8> },
}

impl Key {
    /// The key of `owner`: of an elliptic curve from the seed, of RSA always the same. `None` for an RSA size that
    /// there are no primes for.
    pub(super) fn new(kind: KeyKind, seed: &[u8], owner: Owner) -> Option<Self> {
        Some(match kind {
            KeyKind::Rsa(bits, exponent) => Key::Rsa(RsaKey::new(bits, exponent, owner)?),
            KeyKind::Ec(curve, parameters) => {
                let private = curve.domain().private_key(seed, &format!("{owner:?} key"));
                Key::Ec { curve, parameters, private }
            }
        })
    }

    /// SubjectPublicKeyInfo.
    pub(super) fn public_key_info(&self) -> Vec<u8> {
        let algorithm = match self {
            Key::Rsa(_) => der::algorithm(RSA_ENCRYPTION, &der::null()),
            Key::Ec { curve, parameters, .. } => {
                der::algorithm("1.2.840.10045.2.1", &ec_parameters(*curve, *parameters))
            }
        };
        der::sequence(&[algorithm, der::bits(&self.public_key())])
    }

    /// The content of the public key's BIT STRING: RSAPublicKey or an uncompressed point.
    pub(super) fn public_key(&self) -> Vec<u8> {
        match self {
            Key::Rsa(key) => key.public_key(),
            Key::Ec { curve, private, .. } => curve.domain().public_key(private),
        }
    }

    /// The key identifier of RFC 5280, section 4.2.1.2, method 1.
    pub(super) fn identifier(&self) -> Vec<u8> {
        Hash::Sha1.of(&self.public_key())
    }

    /// The signature; empty where the scheme is not one for this key.
    pub(super) fn sign(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        match (self, scheme) {
            (Key::Rsa(key), Scheme::Pkcs1(hash) | Scheme::RsaEncryption(hash)) => {
                key.sign_pkcs1(hash, message)
            }
            (Key::Rsa(key), Scheme::Pss { hash, salt_len }) => key.sign_pss(hash, salt_len, message),
            (Key::Ec { curve, private, .. }, Scheme::Ecdsa(hash) | Scheme::EcdsaPlain(hash)) => {
                let (r, s) = curve.domain().sign(private, &hash.of(message));
                match scheme {
                    Scheme::EcdsaPlain(_) => [r, s].concat(),
                    _ => der::sequence(&[der::integer(&r), der::integer(&s)]),
                }
            }
            _ => Vec::new(),
        }
    }
}

/// The parameters of an id-ecPublicKey (RFC 3279, section 2.3.5).
fn ec_parameters(curve: Curve, parameters: Parameters) -> Vec<u8> {
    let constants = curve.constants();
    let [mut p, mut a, mut b, gx, mut gy, mut n] =
        [constants.p, constants.a, constants.b, constants.gx, constants.gy, constants.n].map(hex);
    let mut cofactor = vec![1];
    let wrong = match parameters {
        Parameters::Named => return der::oid(curve.oid()),
        Parameters::Wrong(Parameter::P) => Some(&mut p),
        Parameters::Wrong(Parameter::A) => Some(&mut a),
        Parameters::Wrong(Parameter::B) => Some(&mut b),
        Parameters::Wrong(Parameter::Generator) => Some(&mut gy),
        Parameters::Wrong(Parameter::Order) => Some(&mut n),
        Parameters::Wrong(Parameter::Cofactor) => Some(&mut cofactor),
        _ => None,
    };
    if let Some(last) = wrong.and_then(|number| number.last_mut()) {
        *last ^= 2;
    }
    let generator = match parameters {
        Parameters::ExplicitCompressed => {
            let odd = gy.last().is_some_and(|last| last & 1 == 1);
            [&[if odd { 3 } else { 2 }], gx.as_slice()].concat()
        }
        _ => [&[4], gx.as_slice(), &gy].concat(),
    };
    let mut fields = vec![
        der::small(1),
        der::sequence(&[der::oid("1.2.840.10045.1.1"), der::integer(&p)]),
        der::sequence(&[der::octets(&a), der::octets(&b)]),
        der::octets(&generator),
        der::integer(&n),
    ];
    if parameters != Parameters::ExplicitWithoutCofactor {
        fields.push(der::integer(&cofactor));
    }
    der::sequence(&fields)
}

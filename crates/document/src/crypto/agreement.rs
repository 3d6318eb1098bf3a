//! Diffie-Hellman between a chip and a terminal: on a curve (BSI TR-03111, clause 4.3.1) or in a group of integers
//! (PKCS #3; RFC 2631).
//!
//! The terminal's private key is the one secret of this crate: what is done with it takes constant time.

use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use zeroize::Zeroizing;

use super::{EcKey, Hash, KeyError, PublicKey};
use crate::asn1::{Oid, Rules, Tag, Tlv, strip_zeros};

/// The public key that a chip agrees on secrets with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementKey {
    /// A point of a curve.
    Ec(EcKey),
    /// A power in a group of integers.
    Dh(DhKey),
}

/// A private key of the other side, fresh for each agreement.
pub type Private = Zeroizing<Vec<u8>>;

impl AgreementKey {
    /// The key in a SubjectPublicKeyInfo (RFC 5480; PKCS #3 or RFC 3279, clause 2.3.3, for integers).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_spki(spki: &[u8]) -> Result<AgreementKey, KeyError> {
        match PublicKey::from_spki(spki) {
            Ok(PublicKey::Ec(key)) => Ok(AgreementKey::Ec(key)),
            Ok(PublicKey::Rsa(_)) => Err(KeyError::UnknownAlgorithm("RSA".to_owned())),
            Err(KeyError::UnknownAlgorithm(_)) => DhKey::from_spki(spki).map(AgreementKey::Dh),
            Err(error) => Err(error),
        }
    }

    /// A private key on the curve or in the group of this key, from 32 random octets.
    pub fn private(&self, seed: &[u8; 32]) -> Private {
        match self {
            AgreementKey::Ec(key) => key.curve().private(&stretched(seed)),
            AgreementKey::Dh(key) => key.private(&stretched(seed)),
        }
    }

    /// The public key to `private`, as the chip wants it: an uncompressed point, or an integer as long as the prime.
    ///
    /// # Errors
    /// [`KeyError::BadPrivate`] for a private key that is none here.
    pub fn public(&self, private: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            AgreementKey::Ec(key) => key.curve().public(private),
            AgreementKey::Dh(key) => key.power(&key.generator, private),
        }
        .ok_or(KeyError::BadPrivate)
    }

    /// The secret that both sides know: the x coordinate, or the integer, as long as the prime.
    ///
    /// # Errors
    /// [`KeyError::BadPrivate`] for a private key that is none here.
    pub fn secret(&self, private: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match self {
            AgreementKey::Ec(key) => key.agree(private),
            AgreementKey::Dh(key) => key.power(&key.public, private),
        }
        .map(Zeroizing::new)
        .ok_or(KeyError::BadPrivate)
    }
}

/// dhKeyAgreement (PKCS #3).
const PKCS3: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x03, 0x01]);
/// dhpublicnumber (RFC 3279, clause 2.3.3).
const X942: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3E, 0x02, 0x01]);

/// The shortest prime: what Doc 9303 began with.
const MIN_BITS: u32 = 1024;
/// The longest prime: what a verification costs grows with its cube.
const MAX_BITS: u32 = 4096;
/// How many octets a private key has: twice the strength of the longest prime (NIST SP 800-57-1, table 2), and more.
const PRIVATE_OCTETS: usize = 48;

/// A public key of Diffie-Hellman in a group of integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DhKey {
    prime: BoxedUint,
    generator: BoxedUint,
    public: BoxedUint,
}

impl DhKey {
    fn from_spki(spki: &[u8]) -> Result<DhKey, KeyError> {
        let mut fields = Tlv::read(spki, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
        let mut algorithm = fields.sequence()?;
        let oid = algorithm.expect(Tag::OID)?.oid()?;
        if oid != PKCS3 && oid != X942 {
            return Err(KeyError::UnknownAlgorithm(oid.to_string()));
        }
        let mut parameters = algorithm.sequence()?;
        let prime = parameters.expect(Tag::INTEGER)?.unsigned()?;
        let generator = parameters.expect(Tag::INTEGER)?.unsigned()?;
        // What follows differs: the length of private keys, or the order of the generator and how it was made.
        let order = if oid == X942 { Some(parameters.expect(Tag::INTEGER)?.unsigned()?) } else { None };
        let key = fields.expect(Tag::BIT_STRING)?.bits()?;
        let public = Tlv::read(key, Rules::Ber)?.expect(Tag::INTEGER)?.unsigned()?;
        fields.end()?;
        DhKey::new(prime, generator, public, order)
    }

    /// Neither the generator nor the public key may be 0, 1 or -1; where the order is known, the public key must have it.
    fn new(prime: &[u8], generator: &[u8], public: &[u8], order: Option<&[u8]>) -> Result<DhKey, KeyError> {
        let bits = super::rsa::bits(prime);
        let odd = prime.last().is_some_and(|last| last & 1 == 1);
        if !odd || !(MIN_BITS..=MAX_BITS).contains(&bits) {
            return Err(KeyError::BadModulus { bits });
        }
        let integer = |octets| BoxedUint::from_be_slice(octets, bits).map_err(|_| KeyError::BadPoint);
        let key = DhKey { prime: integer(prime)?, generator: integer(generator)?, public: integer(public)? };
        let one = BoxedUint::one_with_precision(bits);
        let last = key.prime.wrapping_sub(&one);
        if [&key.generator, &key.public].iter().any(|element| **element <= one || **element >= last) {
            return Err(KeyError::BadPoint);
        }
        let of_order = |order| key.power(&key.public, order).is_some_and(|power| strip_zeros(&power) == [1]);
        if order.is_some_and(|order| !of_order(order)) {
            return Err(KeyError::BadPoint);
        }
        Ok(key)
    }

    fn private(&self, random: &[u8]) -> Private {
        Zeroizing::new(random.iter().copied().take(PRIVATE_OCTETS).collect())
    }

    /// `base` to the power of `exponent`, as long as the prime. The time tells how long the exponent is written, no more.
    fn power(&self, base: &BoxedUint, exponent: &[u8]) -> Option<Vec<u8>> {
        let precision = self.prime.bits_precision();
        let parameters = BoxedMontyParams::new_vartime(Odd::new(self.prime.clone()).into_option()?);
        let octets = exponent.len() as u32;
        let exponent = BoxedUint::from_be_slice(exponent, precision).ok()?;
        if bool::from(exponent.is_zero()) || exponent >= self.prime {
            return None;
        }
        let base = BoxedMontyForm::new(base.clone(), &parameters);
        let power = base.pow_bounded_exp(&exponent, octets * 8).retrieve().to_be_bytes();
        let length = strip_zeros(&self.prime.to_be_bytes()).len();
        Some(power.get(power.len().checked_sub(length)?..)?.to_vec())
    }
}

/// 128 octets from 32: enough to be reduced by the order of any curve without a bias.
fn stretched(seed: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    let half = |number: u8| Hash::Sha512.of(&[b"lineward terminal key", &[number], seed]);
    Zeroizing::new([half(1).as_ref(), half(2).as_ref()].concat())
}

//! RSA: keys, the public operation, and the two paddings of certificates and security objects.

use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};

use super::{Hash, KeyError, PssParameters, SignatureError};
use crate::asn1::{Rules, Tag, Tlv, strip_zeros};

/// The longest modulus. Country CAs use up to 6144 bits.
const MAX_BITS: u32 = 8192;

/// Exponents as long as the modulus are seen, and cost what a private operation costs: about 60 ms at 4096 bits, 200 ms
/// at 6144. Above that length an exponent may have 64 bits.
const MAX_BITS_WITH_LONG_EXPONENT: u32 = 6144;

/// The shortest modulus. NIST SP 800-131A Rev. 2, section 3, lets old signatures be verified from 1024 bits (below that not
/// at all), and moduli of up to 829 bits have been factored in public (RSA-250, 2020). Issued documents have 1024 and more.
const MIN_BITS: u32 = 1024;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaKey {
    modulus: Box<[u8]>,
    exponent: Box<[u8]>,
    for_pss: Option<ForPss>,
}

/// A key that signs by RSASSA-PSS only (RFC 4055, clause 1.2), with these parameters where they are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ForPss(Option<PssParameters>);

impl RsaKey {
    /// The key in an RSAPublicKey (RFC 8017, appendix A.1.1).
    ///
    /// # Errors
    /// [`KeyError`]: what it is not.
    pub(super) fn read(key: &[u8]) -> Result<RsaKey, KeyError> {
        let mut fields = Tlv::read(key, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
        let modulus = fields.expect(Tag::INTEGER)?.unsigned()?;
        let exponent = fields.expect(Tag::INTEGER)?.unsigned()?;
        fields.end()?;
        RsaKey::new(modulus, exponent)
    }

    /// The key with this modulus and exponent, big-endian.
    ///
    /// # Errors
    /// [`KeyError::TooWeak`] for a modulus of less than 1024 bits, [`KeyError::BadModulus`] for one that is even or has more
    /// than 8192; [`KeyError::BadExponent`] for one that
    /// is even, 1, not below the modulus, or too long for the length of the modulus.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<RsaKey, KeyError> {
        let (modulus, exponent) = (strip_zeros(modulus), strip_zeros(exponent));
        let odd = |integer: &[u8]| integer.last().is_some_and(|last| last & 1 == 1);
        let length = bits(modulus);
        if length < MIN_BITS {
            return Err(KeyError::TooWeak { bits: length });
        }
        if !odd(modulus) || length > MAX_BITS {
            return Err(KeyError::BadModulus { bits: length });
        }
        let below = exponent.len() < modulus.len() || (exponent.len() == modulus.len() && exponent < modulus);
        let affordable = length <= MAX_BITS_WITH_LONG_EXPONENT || bits(exponent) <= 64;
        if !odd(exponent) || exponent == [1] || !below || !affordable {
            return Err(KeyError::BadExponent);
        }
        Ok(RsaKey { modulus: modulus.into(), exponent: exponent.into(), for_pss: None })
    }

    /// The same key, for RSASSA-PSS only, with these parameters where they are given.
    pub(super) fn for_pss(mut self, parameters: Option<PssParameters>) -> RsaKey {
        self.for_pss = Some(ForPss(parameters));
        self
    }

    /// Whether the key may sign with these parameters of PSS, or without PSS (`None`). The salt that the key names is
    /// the least (RFC 4055, clause 3.3).
    pub(super) fn allows(&self, pss: Option<PssParameters>) -> bool {
        match (self.for_pss, pss) {
            (None, _) | (Some(ForPss(None)), Some(_)) => true,
            (Some(_), None) => false,
            (Some(ForPss(Some(own))), Some(used)) => {
                own.hash == used.hash && own.mgf == used.mgf && own.salt_len <= used.salt_len
            }
        }
    }

    /// How many bits the modulus has.
    pub fn bits(&self) -> u32 {
        bits(&self.modulus)
    }

    /// The modulus, big-endian, without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, big-endian, without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// The integer to the power of the exponent, modulo the modulus and as long as it: RSAVP1 (RFC 8017, clause 5.2.2), and
    /// RSASP1 under a key whose exponent is a private one, which only tests have. Zeros may lead the integer or be
    /// missing, as in issued documents.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] for one that is not below the modulus.
    pub fn raise(&self, integer: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let malformed = SignatureError::Malformed;
        let precision = self.bits();
        let integer = strip_zeros(integer);
        if integer.len() > self.modulus.len() {
            return Err(malformed);
        }
        let modulus = BoxedUint::from_be_slice(&self.modulus, precision).map_err(|_| malformed)?;
        let integer = BoxedUint::from_be_slice(integer, precision).map_err(|_| malformed)?;
        if integer >= modulus {
            return Err(malformed);
        }
        let modulus = Odd::new(modulus).into_option().ok_or(malformed)?;
        let parameters = BoxedMontyParams::new_vartime(modulus);
        let base = BoxedMontyForm::new(integer, &parameters);
        let raised = power(&base, &self.exponent).retrieve().to_be_bytes();
        let start = raised.len().saturating_sub(self.modulus.len());
        Ok(raised.get(start..).unwrap_or_default().to_vec())
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, clause 8.2.2). The encoded message is made and compared, never parsed.
    pub(super) fn verify_pkcs1(
        &self,
        hash: Hash,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let opened = self.raise(signature)?;
        let digest = hash.of(message);
        // With the NULL as parameters, or without, as RFC 8017, appendix A.2.4, demands that both be accepted.
        let matches = [true, false].iter().any(|null| {
            let info = digest_info(hash, digest.as_ref(), *null);
            pkcs1_padded(&info, self.modulus.len()).is_some_and(|encoded| encoded == opened)
        });
        if matches { Ok(()) } else { Err(SignatureError::Mismatch) }
    }

    /// RSASSA-PSS (RFC 8017, clauses 8.1.2 and 9.1.2).
    pub(super) fn verify_pss(
        &self,
        parameters: PssParameters,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let opened = self.raise(signature)?;
        let PssParameters { hash, mgf, salt_len } = parameters;
        let mismatch = SignatureError::Mismatch;
        // One bit fewer than the modulus: of a modulus of 8k + 1 bits, the first octet stays empty.
        let spare = (self.modulus.len() * 8) as u32 - (self.bits() - 1);
        let encoded = match (spare, opened.split_first()) {
            (8, Some((0, rest))) => rest,
            (8, _) => return Err(mismatch),
            _ => &opened[..],
        };
        let spare = spare % 8;
        let (body, trailer) = encoded.split_last().map(|(last, body)| (body, *last)).ok_or(mismatch)?;
        let at = body.len().checked_sub(hash.size()).ok_or(mismatch)?;
        let (masked, h) = body.split_at_checked(at).ok_or(mismatch)?;
        let zeros = masked.len().checked_sub(salt_len + 1).ok_or(mismatch)?;
        let mut block = mgf1(mgf, h, masked.len());
        block.iter_mut().zip(masked).for_each(|(mask, octet)| *mask ^= octet);
        let first_mask = 0xFFu8 >> spare;
        let excess = masked.first().is_some_and(|first| first & !first_mask != 0);
        if let Some(first) = block.first_mut() {
            *first &= first_mask;
        }
        let (padding, salt) = block.split_at_checked(zeros + 1).ok_or(mismatch)?;
        let (one, padding) = padding.split_last().ok_or(mismatch)?;
        let right = hash.of(&[&[0; 8], hash.of(message).as_ref(), salt]);
        let whole = trailer == 0xBC && !excess && *one == 1 && padding.iter().all(|octet| *octet == 0);
        if whole && right.as_ref() == h { Ok(()) } else { Err(mismatch) }
    }
}

/// How many bits an integer without leading zeros has.
pub(super) fn bits(integer: &[u8]) -> u32 {
    integer.first().map_or(0, |first| integer.len() as u32 * 8 - first.leading_zeros())
}

/// Left to right, squaring for each bit and multiplying for each one: 16 and 1 for the usual exponent 65537.
fn power(base: &BoxedMontyForm, exponent: &[u8]) -> BoxedMontyForm {
    let one_bits = exponent.iter().flat_map(|octet| (0..8).rev().map(move |i| octet >> i & 1 == 1));
    let mut result = base.clone();
    for one in one_bits.skip_while(|one| !one).skip(1) {
        result = result.square();
        if one {
            result = result.mul(base);
        }
    }
    result
}

/// DigestInfo (RFC 8017, clause 9.2), every length of which fits one octet.
fn digest_info(hash: Hash, digest: &[u8], null: bool) -> Vec<u8> {
    let oid = hash.oid().0;
    let null: &[u8] = if null { &[0x05, 0x00] } else { &[] };
    let algorithm = [&[0x06, oid.len() as u8], oid, null].concat();
    let inside =
        [&[0x30, algorithm.len() as u8], &algorithm[..], &[0x04, digest.len() as u8], digest].concat();
    [&[0x30, inside.len() as u8], &inside[..]].concat()
}

/// EMSA-PKCS1-v1_5 (RFC 8017, clause 9.2); `None` when the modulus is too short for it.
fn pkcs1_padded(info: &[u8], length: usize) -> Option<Vec<u8>> {
    let ones = length.checked_sub(info.len() + 3).filter(|ones| *ones >= 8)?;
    Some([&[0x00, 0x01], &vec![0xFF; ones][..], &[0x00], info].concat())
}

/// MGF1 (RFC 8017, appendix B.2.1).
fn mgf1(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + hash.size());
    for counter in 0u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend_from_slice(hash.of(&[seed, &counter.to_be_bytes()]).as_ref());
    }
    mask.truncate(length);
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_key::{modulus, private_exponent, public, sign};

    const E: [u8; 3] = [1, 0, 1];

    #[track_caller]
    fn check_pkcs1(encoded: &[u8], expected: Result<(), SignatureError>) {
        assert_eq!(public().verify_pkcs1(Hash::Sha256, &[b"a"], &sign(encoded)), expected);
    }

    #[test]
    fn pkcs1_is_strict_but_for_the_null_that_may_be_absent() {
        let digest = Hash::Sha256.of(&[b"a"]);
        let [with_null, without] = [true, false].map(|null| digest_info(Hash::Sha256, digest.as_ref(), null));
        let padded = |info: &[u8]| pkcs1_padded(info, 128).unwrap();
        check_pkcs1(&padded(&with_null), Ok(()));
        check_pkcs1(&padded(&without), Ok(()));
        let mismatch = Err(SignatureError::Mismatch);
        // Octets after the digest, in place of padding (Bleichenbacher 2006), and every other octet changed.
        let short = pkcs1_padded(&with_null, 100).unwrap();
        check_pkcs1(&[&short[..], &[0; 28]].concat(), mismatch);
        for at in 0..128 {
            let mut other = padded(&with_null);
            other[at] ^= 1;
            check_pkcs1(&other, mismatch);
        }
        let other_hash = digest_info(Hash::Sha384, Hash::Sha384.of(&[b"a"]).as_ref(), true);
        check_pkcs1(&padded(&other_hash), mismatch);
        assert_eq!(pkcs1_padded(&with_null, with_null.len() + 10), None);
    }

    #[test]
    fn zeros_before_a_signature_do_not_count_and_one_above_the_modulus_is_refused() {
        let info = digest_info(Hash::Sha256, Hash::Sha256.of(&[b"a"]).as_ref(), true);
        let signature = sign(&pkcs1_padded(&info, 128).unwrap());
        let verify = |signature: &[u8]| public().verify_pkcs1(Hash::Sha256, &[b"a"], signature);
        assert_eq!(verify(&signature), Ok(()));
        assert_eq!(verify(&[&[0, 0], &signature[..]].concat()), Ok(()));
        assert_eq!(verify(&modulus()), Err(SignatureError::Malformed));
        assert_eq!(verify(&[0xFF; 129]), Err(SignatureError::Malformed));
        assert_eq!(verify(&[]), Err(SignatureError::Mismatch));
        let padded_key = RsaKey::new(&[&[0], &modulus()[..]].concat(), &[0, 1, 0, 1]).unwrap();
        assert_eq!(padded_key, public());
    }

    #[test]
    fn an_exponent_as_long_as_the_modulus_is_taken() {
        let key = RsaKey::new(&modulus(), &private_exponent()).unwrap();
        let info = digest_info(Hash::Sha1, Hash::Sha1.of(&[b"a"]).as_ref(), true);
        let signature = public().raise(&pkcs1_padded(&info, 128).unwrap()).unwrap();
        assert_eq!(key.verify_pkcs1(Hash::Sha1, &[b"a"], &signature), Ok(()));
    }

    #[test]
    fn keys_that_cannot_be_are_refused() {
        let bad = |modulus: &[u8], exponent: &[u8]| RsaKey::new(modulus, exponent).unwrap_err();
        let n = modulus();
        assert_eq!(bad(&[0x7F; 128][..], &E), KeyError::TooWeak { bits: 1023 });
        assert_eq!(bad(&[0xFF; 1025], &E), KeyError::BadModulus { bits: 8200 });
        assert_eq!(bad(&[0xFE; 128], &E), KeyError::BadModulus { bits: 1024 });
        assert_eq!(bad(&[], &[]), KeyError::TooWeak { bits: 0 });
        for exponent in [&[][..], &[0], &[1], &[2], &[0xFF; 128], &n] {
            assert_eq!(bad(&n, exponent), KeyError::BadExponent);
        }
        assert_eq!(bad(&[0xFF; 1024], &[0x7F; 1024]), KeyError::BadExponent);
        assert!(RsaKey::new(&[0xFF; 1024], &[3]).is_ok());
    }

    #[test]
    fn pss_wants_its_salt_its_trailer_and_its_zeros() {
        let parameters = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha1, salt_len: 20 };
        let encoded = |salt: &[u8], one: u8, trailer: u8| {
            let h = Hash::Sha256.of(&[&[0; 8], Hash::Sha256.of(&[b"a"]).as_ref(), salt]);
            let mut block = [0; 128 - 32 - 1];
            let at = block.len() - salt.len();
            block[at..].copy_from_slice(salt);
            block[at - 1] = one;
            let mask = mgf1(Hash::Sha1, h.as_ref(), block.len());
            block.iter_mut().zip(mask).for_each(|(octet, mask)| *octet ^= mask);
            block[0] &= 0x7F;
            [&block[..], h.as_ref(), &[trailer]].concat()
        };
        let verify = |encoded: &[u8], parameters| public().verify_pss(parameters, &[b"a"], &sign(encoded));
        assert_eq!(verify(&encoded(&[7; 20], 1, 0xBC), parameters), Ok(()));
        let mismatch = Err(SignatureError::Mismatch);
        assert_eq!(verify(&encoded(&[7; 20], 2, 0xBC), parameters), mismatch);
        assert_eq!(verify(&encoded(&[7; 20], 1, 0xCC), parameters), mismatch);
        assert_eq!(verify(&encoded(&[7; 21], 1, 0xBC), parameters), mismatch);
        for salt_len in [0, 19, 21, 94, 95, 65_535] {
            let other = PssParameters { salt_len, ..parameters };
            assert_eq!(verify(&encoded(&[7; 20], 1, 0xBC), other), mismatch, "{salt_len}");
        }
    }

    #[test]
    fn a_key_for_pss_signs_nothing_else_and_with_no_shorter_salt() {
        let own = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_len: 32 };
        let [any, bound] = [None, Some(own)].map(|parameters| public().for_pss(parameters));
        assert!(public().allows(None) && public().allows(Some(own)));
        assert!(!any.allows(None) && any.allows(Some(own)) && !bound.allows(None));
        assert!(bound.allows(Some(PssParameters { salt_len: 33, ..own })));
        assert!(!bound.allows(Some(PssParameters { salt_len: 31, ..own })));
        assert!(!bound.allows(Some(PssParameters { mgf: Hash::Sha1, ..own })));
    }
}

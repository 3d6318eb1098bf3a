//! RSA with fixed sample primes: PKCS#1 v1.5, PSS and the signature of active authentication.

use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero};

use super::der;
use super::hash::{Hash, expand};
use super::modulus::{Modulus, hex};
use super::primes::PRIMES;

/// Which of a key's owners: each has other primes. There are four, and sizes share nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The country CA.
    CountryCa,
    /// The document signer.
    Signer,
    /// The chip.
    Chip,
    /// Whoever else signs: an impostor, the next country CA, the signer of master lists.
    Other,
}

/// The public exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exponent {
    /// 3.
    Three,
    /// 65537.
    F4,
    /// An odd number as long as the modulus, as some issuers have it.
    Long,
}

/// A key with two primes.
#[derive(Clone)]
pub(super) struct RsaKey {
    n: Modulus,
    e: Vec<u8>,
    p: Modulus,
    q: Modulus,
    /// The private exponent modulo p - 1 and modulo q - 1.
    d: [BoxedUint; 2],
}

impl RsaKey {
    /// The key of `owner` with a modulus of `bits` (512, 1024, 2048, 3072, 4096 or 6144). `None` for other sizes.
    pub(super) fn new(bits: u32, exponent: Exponent, owner: Owner) -> Option<Self> {
        let primes = PRIMES.iter().find(|(each, _)| 2 * each == bits).map(|(_, primes)| primes)?;
        // Two keys in four primes that have none in common, and two more: nobody's secret, so sharing does no harm.
        let (first, second) = match owner {
            Owner::CountryCa => (0, 1),
            Owner::Signer => (2, 3),
            Owner::Chip => (0, 2),
            Owner::Other => (1, 3),
        };
        let [p, q] = [first, second].map(|index: usize| Modulus::new(&hex(primes[index])));
        let number = |prime: &Modulus| BoxedUint::from_be_slice_vartime(&prime.number());
        let n = Modulus::new(&number(&p).concatenating_mul(number(&q)).to_be_bytes());
        let (e, d) = match exponent {
            Exponent::Three => (vec![3], private(&[3], &p, &q)?),
            Exponent::F4 => (vec![1, 0, 1], private(&[1, 0, 1], &p, &q)?),
            Exponent::Long => long_exponent(&p, &q, n.octets())?,
        };
        Some(Self { n, e, p, q, d })
    }

    /// RSAPublicKey: SEQUENCE of modulus and exponent (RFC 8017, appendix A.1.1).
    pub(super) fn public_key(&self) -> Vec<u8> {
        der::sequence(&[der::integer(&self.n.number()), der::integer(&self.e)])
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2.1).
    pub(super) fn sign_pkcs1(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let info = der::sequence(&[hash.identifier_with_null(), der::octets(&hash.of(message))]);
        let padding = vec![0xFF; self.n.octets().saturating_sub(info.len() + 3)];
        self.private_operation(&[&[0, 1], padding.as_slice(), &[0], &info].concat())
    }

    /// RSASSA-PSS with MGF1 of the same hash (RFC 8017, section 8.1.1). The salt comes from the message.
    pub(super) fn sign_pss(&self, hash: Hash, salt_len: usize, message: &[u8]) -> Vec<u8> {
        let salt = expand(message, "salt", salt_len);
        let h = hash.of(&[&[0; 8], hash.of(message).as_slice(), &salt].concat());
        // One bit less than the modulus; all sample moduli have a multiple of eight bits.
        let len = self.n.octets().saturating_sub(h.len() + 1);
        let mut block = vec![0; len.saturating_sub(salt.len() + 1)];
        block.push(1);
        block.extend_from_slice(&salt);
        for (octet, mask) in block.iter_mut().zip(mgf1(hash, &h, len)) {
            *octet ^= mask;
        }
        if let Some(first) = block.first_mut() {
            *first &= 0x7F;
        }
        self.private_operation(&[block.as_slice(), &h, &[0xBC]].concat())
    }

    /// ISO/IEC 9796-2, digital signature scheme 1 with partial recovery, over a nonce (Doc 9303-11, section 6.1.2.2).
    ///
    /// SHA-1 is announced by the trailer BC, the others by their number and CC (ISO/IEC 10118-3).
    pub(super) fn sign_9796_2(&self, hash: Hash, nonce: &[u8]) -> Vec<u8> {
        let trailer: &[u8] =
            hash.pick([&[0xBC][..], &[0x38, 0xCC], &[0x34, 0xCC], &[0x36, 0xCC], &[0x35, 0xCC]]);
        let own = self.n.octets().saturating_sub(1 + hash.len() + trailer.len());
        let recovered = expand(nonce, "recoverable part", own);
        let digest = hash.of(&[recovered.as_slice(), nonce].concat());
        self.private_operation(&[&[0x6A], recovered.as_slice(), &digest, trailer].concat())
    }

    /// `message` to the power d modulo n by way of both primes (RFC 8017, section 5.1.2, step 2.b).
    fn private_operation(&self, message: &[u8]) -> Vec<u8> {
        let [d_p, d_q] = &self.d;
        let by_p = self.p.residue(message).pow(d_p);
        let by_q = self.q.bytes(&self.q.residue(message).pow(d_q));
        let q = self.q.number();
        let h = by_p.sub(&self.p.residue(&by_q)).mul(&self.p.inverse(&self.p.residue(&q)));
        let part = self.n.residue(&self.p.bytes(&h)).mul(&self.n.residue(&q));
        self.n.bytes(&part.add(&self.n.residue(&by_q)))
    }
}

/// The mask of PSS (RFC 8017, appendix B.2.1).
fn mgf1(hash: Hash, seed: &[u8], len: usize) -> Vec<u8> {
    let blocks = (0u32..).map(|block| hash.of(&[seed, &block.to_be_bytes()].concat()));
    blocks.take(len.div_ceil(hash.len())).flatten().take(len).collect()
}

/// The inverses of `e` modulo p - 1 and q - 1; `None` when there are none.
fn private(e: &[u8], p: &Modulus, q: &Modulus) -> Option<[BoxedUint; 2]> {
    let invert = |prime: &Modulus| {
        let modulus = NonZero::new(prime.minus(1)).into_option()?;
        BoxedUint::from_be_slice_vartime(e).rem_vartime(&modulus).invert_mod(&modulus).into_option()
    };
    Some([invert(p)?, invert(q)?])
}

/// The first exponent of `octets` octets that fits both primes, from a fixed start; a handful are tried.
fn long_exponent(p: &Modulus, q: &Modulus, octets: usize) -> Option<(Vec<u8>, [BoxedUint; 2])> {
    let mut e = expand(b"SAMPLE", "long exponent", octets);
    // Odd, and below a modulus whose first bit is set.
    *e.first_mut()? = 0x7D;
    (1..=u8::MAX).step_by(2).find_map(|last| {
        *e.last_mut()? = last;
        private(&e, p, q).map(|d| (e.clone(), d))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a signature opens to with the public exponent.
    fn opened(key: &RsaKey, signature: &[u8]) -> Vec<u8> {
        key.n.bytes(&key.n.residue(signature).pow(&BoxedUint::from_be_slice_vartime(&key.e)))
    }

    #[test]
    fn every_key_opens_what_it_signed() {
        for bits in [1024, 2048, 3072, 4096, 6144] {
            for exponent in [Exponent::Three, Exponent::F4, Exponent::Long] {
                let key = RsaKey::new(bits, exponent, Owner::Signer).unwrap();
                assert_eq!(key.n.bits(), bits as usize);
                let block = opened(&key, &key.sign_pkcs1(Hash::Sha256, b"message"));
                assert_eq!(&block[..4], &[0, 1, 0xFF, 0xFF], "{bits} {exponent:?}");
                assert!(block.ends_with(&Hash::Sha256.of(b"message")), "{bits} {exponent:?}");
            }
        }
        assert!(RsaKey::new(1536, Exponent::F4, Owner::Signer).is_none());
    }

    #[test]
    fn owners_of_one_size_have_different_keys() {
        let owners = [Owner::CountryCa, Owner::Signer, Owner::Chip, Owner::Other];
        let keys = owners.map(|owner| RsaKey::new(1024, Exponent::F4, owner).unwrap().public_key());
        for (index, key) in keys.iter().enumerate() {
            assert!(keys[..index].iter().all(|other| other != key));
        }
    }

    #[test]
    fn the_signature_of_a_chip_has_its_trailer_and_half_of_the_message() {
        for (hash, trailer) in [(Hash::Sha1, &[0xBC][..]), (Hash::Sha256, &[0x34, 0xCC])] {
            let key = RsaKey::new(1024, Exponent::F4, Owner::Chip).unwrap();
            let block = opened(&key, &key.sign_9796_2(hash, &[7; 8]));
            assert_eq!(block[0], 0x6A);
            assert!(block.ends_with(trailer));
            let (own, rest) = block[1..].split_at(block.len() - 1 - hash.len() - trailer.len());
            assert_eq!(&rest[..hash.len()], hash.of(&[own, &[7; 8]].concat()));
        }
    }
}

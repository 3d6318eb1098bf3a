//! Active authentication (Doc 9303-11, section 6.1): the chip signs a random number with the key of data group 15,
//! which a copy of its files does not have.

use super::{ActiveAnswer, MadeBy};
use crate::{
    asn1::Oid,
    crypto::{self, Hash, PublicKey, RsaKey, Scheme, SignatureError},
};

/// The chip holds the private key of data group 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveProof {
    /// The hash function that it used.
    pub hash: Hash,
    /// The form of its signature.
    pub form: ActiveForm,
    /// Whether the hash function is the one that is to be used: with ECDSA, the one that data group 14 names.
    pub announced: bool,
}

/// The form of a signature of active authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActiveForm {
    /// RSA: ISO/IEC 9796-2, digital signature scheme 1.
    Iso9796,
    /// ECDSA: r and s side by side (BSI TR-03111, clause 5.2.1), as Doc 9303-11, section 6.1.2.3, demands.
    Plain,
    /// ECDSA: a DER sequence, which some chips answer with.
    Der,
}

/// Why an answer proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActiveError {
    /// The random number is the phone's own: its owner may have chosen it to fit an answer that was heard before.
    #[error("the random number was made on the phone")]
    MadeOnPhone,
    /// Data group 14 names an algorithm that is none for this key.
    #[error("the algorithm that data group 14 names is not known")]
    UnknownAlgorithm,
    /// The answer cannot be a signature of this key.
    #[error("not in the form of an answer of this key")]
    Malformed,
    /// The answer is not the signature of this random number by this key.
    #[error("the answer is not a signature of the random number")]
    Wrong,
}

/// Whether `answer` is the signature of its random number by the private key of `key`, the key of data group 15.
/// `algorithm` is what the ActiveAuthenticationInfo of data group 14 names; RSA needs none. Without it, ECDSA is tried
/// with every hash function.
///
/// # Errors
/// [`ActiveError`]: nothing was proved, for this reason.
pub fn verify(
    key: &PublicKey,
    algorithm: Option<Oid<'_>>,
    answer: &ActiveAnswer,
) -> Result<ActiveProof, ActiveError> {
    if answer.made_by == MadeBy::Phone {
        return Err(ActiveError::MadeOnPhone);
    }
    match key {
        PublicKey::Rsa(key) => {
            let hash = verify_rsa(key, &answer.nonce, &answer.signature)?;
            Ok(ActiveProof { hash, form: ActiveForm::Iso9796, announced: true })
        }
        PublicKey::Ec(_) => verify_ecdsa(key, algorithm, answer),
    }
}

fn verify_ecdsa(
    key: &PublicKey,
    algorithm: Option<Oid<'_>>,
    answer: &ActiveAnswer,
) -> Result<ActiveProof, ActiveError> {
    let announced = match algorithm.map(|oid| Scheme::read(oid, None, None)) {
        None => None,
        Some(Ok(Scheme::Ecdsa(hash) | Scheme::EcdsaPlain(hash))) => Some(hash),
        Some(_) => return Err(ActiveError::UnknownAlgorithm),
    };
    let hashes = announced.as_ref().map_or(Hash::ALL, std::slice::from_ref);
    let mut error = ActiveError::Malformed;
    for hash in hashes {
        for (scheme, form) in
            [(Scheme::EcdsaPlain(*hash), ActiveForm::Plain), (Scheme::Ecdsa(*hash), ActiveForm::Der)]
        {
            match crypto::verify(key, scheme, &[&answer.nonce], &answer.signature) {
                Ok(()) => return Ok(ActiveProof { hash: *hash, form, announced: announced.is_some() }),
                Err(SignatureError::Mismatch) => error = ActiveError::Wrong,
                Err(_) => {}
            }
        }
    }
    Err(error)
}

/// The trailers of two octets: the identifier of the hash function, then CC (ISO/IEC 10118-3).
const TRAILERS: [(u8, Hash); 5] = [
    (0x33, Hash::Sha1),
    (0x34, Hash::Sha256),
    (0x35, Hash::Sha512),
    (0x36, Hash::Sha384),
    (0x38, Hash::Sha224),
];

/// ISO/IEC 9796-2, digital signature scheme 1. What is recovered is `header | M1 | hash(M1 | M2) | trailer`: the chip's
/// own random number M1, and M2, the random number that it was given. The header says whether the message was recovered
/// in full; then M2 is the end of M1.
fn verify_rsa(key: &RsaKey, nonce: &[u8], signature: &[u8]) -> Result<Hash, ActiveError> {
    let malformed = ActiveError::Malformed;
    let opened = key.raise(signature).map_err(|_| ActiveError::Malformed)?;
    // The representative is even and ends in C; a chip may sign with whichever of s and n - s is smaller.
    let opened = if ends_in_c(&opened) { opened } else { subtract(key.modulus(), &opened) };
    // A modulus of 8k + 1 bits leaves its first octet empty.
    let spare = opened.len() - (key.bits() / 8) as usize;
    let representative = match opened.split_at_checked(spare) {
        Some((empty, rest)) if empty.iter().all(|octet| *octet == 0) && ends_in_c(rest) => rest,
        _ => return Err(malformed),
    };
    let (partial, rest) = split_header(representative).ok_or(ActiveError::Malformed)?;
    let (hash, rest) = split_trailer(rest).ok_or(ActiveError::Malformed)?;
    let at = rest.len().checked_sub(hash.size()).ok_or(ActiveError::Malformed)?;
    let (recovered, digest) = rest.split_at_checked(at).ok_or(malformed)?;
    let right = if partial {
        hash.of(&[recovered, nonce]).as_ref() == digest
    } else {
        recovered.ends_with(nonce) && hash.of(&[recovered]).as_ref() == digest
    };
    if right { Ok(hash) } else { Err(ActiveError::Wrong) }
}

/// Whether the message was recovered in part, and what follows the header: the bits 01, one for a partial recovery, one
/// that is empty, then nibbles B and one nibble A.
fn split_header(representative: &[u8]) -> Option<(bool, &[u8])> {
    let (first, mut rest) = representative.split_first()?;
    let partial = match first >> 4 {
        0x6 => true,
        0x4 => false,
        _ => return None,
    };
    match first & 0x0F {
        0xA => return Some((partial, rest)),
        0xB => {}
        _ => return None,
    }
    loop {
        match rest.split_first()? {
            (0xBB, after) => rest = after,
            (0xBA, after) => return Some((partial, after)),
            _ => return None,
        }
    }
}

/// The hash function that the trailer names: one octet BC for SHA-1, or two (Doc 9303-11, section 6.1.2.2).
fn split_trailer(body: &[u8]) -> Option<(Hash, &[u8])> {
    match body {
        [rest @ .., 0xBC] => Some((Hash::Sha1, rest)),
        [rest @ .., id, 0xCC] => {
            let (_, hash) = TRAILERS.iter().find(|(known, _)| known == id)?;
            Some((*hash, rest))
        }
        _ => None,
    }
}

fn ends_in_c(octets: &[u8]) -> bool {
    octets.last().is_some_and(|last| last & 0x0F == 0x0C)
}

/// `from - less`, both of the same length and `less` the smaller one.
fn subtract(from: &[u8], less: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut difference: Vec<u8> = from
        .iter()
        .zip(less)
        .rev()
        .map(|(a, b)| {
            let (once, first) = a.overflowing_sub(*b);
            let (twice, second) = once.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            twice
        })
        .collect();
    difference.reverse();
    difference
}

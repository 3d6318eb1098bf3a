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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{
        Curve, EcKey,
        test_key::{modulus, public, sign, unhex},
    };

    const NONCE: [u8; 8] = *b"nonce 08";

    fn answer(signature: &[u8]) -> ActiveAnswer {
        ActiveAnswer { nonce: NONCE, signature: signature.to_vec(), made_by: MadeBy::Server }
    }

    fn trailer(hash: Hash) -> Vec<u8> {
        let two = TRAILERS.iter().find(|(_, known)| *known == hash).unwrap();
        vec![two.0, 0xCC]
    }

    /// 128 octets: header, a message that fills what is left, its hash, and the trailer.
    fn representative(header: &[u8], hash: Hash, trailer: &[u8], nonce_inside: bool) -> Vec<u8> {
        let mut message = vec![0x5A; 128 - header.len() - hash.size() - trailer.len()];
        let digest = if nonce_inside {
            let at = message.len() - NONCE.len();
            message[at..].copy_from_slice(&NONCE);
            hash.of(&[&message])
        } else {
            hash.of(&[&message, &NONCE])
        };
        [header, &message, digest.as_ref(), trailer].concat()
    }

    #[track_caller]
    fn check(representative: &[u8], expected: Result<Hash, ActiveError>) {
        let key = PublicKey::Rsa(public());
        let signature = sign(representative);
        // Both s and n - s, which of the two a chip sends.
        for signature in [signature.clone(), subtract(&modulus(), &signature)] {
            let found = verify(&key, None, &answer(&signature)).map(|proof| proof.hash);
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn every_trailer_recovery_and_padding_of_iso_9796_is_read() {
        for hash in Hash::ALL {
            check(&representative(&[0x6A], *hash, &trailer(*hash), false), Ok(*hash));
            check(&representative(&[0x4A], *hash, &trailer(*hash), true), Ok(*hash));
        }
        check(&representative(&[0x6A], Hash::Sha1, &[0xBC], false), Ok(Hash::Sha1));
        check(
            &representative(&[0x6B, 0xBB, 0xBB, 0xBA], Hash::Sha256, &[0x34, 0xCC], false),
            Ok(Hash::Sha256),
        );
        check(&representative(&[0x4B, 0xBA], Hash::Sha1, &[0xBC], true), Ok(Hash::Sha1));
    }

    #[test]
    fn what_only_looks_like_iso_9796_is_refused() {
        let malformed = Err(ActiveError::Malformed);
        let wrong = Err(ActiveError::Wrong);
        check(&representative(&[0x6A], Hash::Sha1, &[0x33, 0xBC], false), wrong.clone());
        check(&representative(&[0x6A], Hash::Sha1, &[0x31, 0xCC], false), malformed.clone());
        check(&representative(&[0x6A], Hash::Sha1, &[0xDC], false), malformed.clone());
        check(&representative(&[0x2A], Hash::Sha1, &[0xBC], false), malformed.clone());
        check(&representative(&[0x6C], Hash::Sha1, &[0xBC], false), malformed.clone());
        check(&representative(&[0x6B, 0xBB, 0xB0], Hash::Sha1, &[0xBC], false), malformed);
        // A message recovered in full that does not end in the random number says nothing about it.
        check(&representative(&[0x4A], Hash::Sha1, &[0xBC], false), wrong.clone());
        // SHA-256, announced by its trailer as SHA-1.
        check(&representative(&[0x6A], Hash::Sha256, &[0xBC], false), wrong);
    }

    /// ECDSA on P-256 with the private key 1, whose public key is the base point, and k = 1: r is its x, and s is z + r.
    fn ecdsa_answer(hash: Hash) -> (PublicKey, Vec<u8>, Vec<u8>) {
        let base = unhex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b31\
                 5ececbb6406837bf51f5",
        );
        let order = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        let z = hash.of(&[&NONCE]);
        let r = base[1..33].to_vec();
        let sum: Vec<u16> =
            z.as_ref().iter().take(32).zip(&r).map(|(a, b)| u16::from(*a) + u16::from(*b)).collect();
        let mut carry = 0;
        let mut s: Vec<u8> = sum
            .iter()
            .rev()
            .map(|sum| {
                let octet = sum + carry;
                carry = octet >> 8;
                octet as u8
            })
            .collect();
        s.reverse();
        if carry == 1 || s >= order {
            s = subtract(&s, &order);
        }
        let integer = |octets: &[u8]| {
            let octets = crate::asn1::strip_zeros(octets);
            let zero: &[u8] = if octets[0] & 0x80 == 0 { &[] } else { &[0] };
            [&[2, (zero.len() + octets.len()) as u8], zero, octets].concat()
        };
        let inside = [integer(&r), integer(&s)].concat();
        let der = [&[0x30, inside.len() as u8], &inside[..]].concat();
        (PublicKey::Ec(EcKey::on(Curve::P256, &base).unwrap()), [r, s].concat(), der)
    }

    #[test]
    fn both_forms_of_ecdsa_are_taken_and_said_with_the_hash_that_was_announced_or_any() {
        const PLAIN_SHA256: Oid<'_> = Oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03]);
        const RSA: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]);
        let (key, plain, der) = ecdsa_answer(Hash::Sha256);
        let proof = |form, announced| Ok(ActiveProof { hash: Hash::Sha256, form, announced });
        assert_eq!(verify(&key, Some(PLAIN_SHA256), &answer(&plain)), proof(ActiveForm::Plain, true));
        assert_eq!(verify(&key, Some(PLAIN_SHA256), &answer(&der)), proof(ActiveForm::Der, true));
        assert_eq!(verify(&key, None, &answer(&plain)), proof(ActiveForm::Plain, false));
        assert_eq!(verify(&key, Some(RSA), &answer(&plain)), Err(ActiveError::UnknownAlgorithm));
        assert_eq!(verify(&key, None, &answer(&plain[..63])), Err(ActiveError::Malformed));
        let (_, other, _) = ecdsa_answer(Hash::Sha512);
        assert_eq!(verify(&key, Some(PLAIN_SHA256), &answer(&other)), Err(ActiveError::Wrong));
        let phone = ActiveAnswer { made_by: MadeBy::Phone, ..answer(&plain) };
        assert_eq!(verify(&key, Some(PLAIN_SHA256), &phone), Err(ActiveError::MadeOnPhone));
    }
}

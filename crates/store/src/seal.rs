//! Sealing: authenticated encryption bound to the one place where the bytes belong, and the keyed index for look-ups.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use lineward_core::id::CarrierId;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::rows::Sealed;

/// The first byte of sealed bytes: XChaCha20-Poly1305, nonce in front (draft-irtf-cfrg-xchacha-03).
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Where sealed bytes belong. Bytes that were moved to another place do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The carrier.
    pub carrier: CarrierId,
    /// The table.
    pub table: &'a str,
    /// The row's id.
    pub row: &'a [u8; 16],
    /// The column.
    pub column: &'a str,
}

/// The key of one person or case. It is wiped from memory when dropped and cannot be printed or copied.
pub struct DataKey(Zeroizing<[u8; 32]>);

/// Why sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bytes were sealed by a version that this program does not know.
    #[error("sealed by an unknown version")]
    Version,
    /// The key or the place is another one, or the bytes were changed.
    #[error("sealed bytes do not open here")]
    Refused,
}

impl DataKey {
    pub(crate) const fn new(key: Zeroizing<[u8; 32]>) -> DataKey {
        DataKey(key)
    }

    /// The same key once more; only the key store does this, with its wrapping key.
    pub(crate) fn copy(&self) -> DataKey {
        DataKey(self.0.clone())
    }

    /// Seals `plain` for `place`. A nonce must be random and is never used twice with one key.
    pub fn seal(&self, place: &Place<'_>, nonce: [u8; 24], plain: &[u8]) -> Sealed {
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        // The cipher refuses only plaintexts of 256 GiB and more, and those do not fit a `&[u8]` that a request holds.
        #[expect(clippy::expect_used, reason = "cannot fail; see the line above")]
        let body = cipher.encrypt(&XNonce::from(nonce), payload).expect("less than 256 GiB");
        let mut sealed = Vec::with_capacity(1 + NONCE + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Sealed(sealed)
    }

    /// Opens what was sealed for `place` under this key.
    ///
    /// # Errors
    /// [`SealError`] when the version, the key, the place or the bytes are not those of the sealing.
    pub fn unseal(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (version, rest) = sealed.0.split_first().ok_or(SealError::Refused)?;
        if *version != VERSION {
            return Err(SealError::Version);
        }
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Refused)?;
        let payload = Payload { msg: body, aad: &place.bytes() };
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Refused)?;
        Ok(Zeroizing::new(plain))
    }
}

impl Place<'_> {
    /// The place as associated data: every part after its length, so that no two places have the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"lineward seal v1".to_vec();
        for part in [self.carrier.as_bytes(), self.table.as_bytes(), self.row, self.column.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// The keyed index of an identity: equal for equal identities, and without `key` it tells nothing and cannot be guessed
/// by trying all numbers. HMAC-SHA256 (RFC 2104) over every part after its length.
pub fn keyed_index(key: &[u8; 32], scheme: &str, country: &str, normalised: &str) -> [u8; 32] {
    keyed_hash(key, &["lineward index v1", scheme, country, normalised])
}

/// HMAC-SHA256 over every part after its length.
pub(crate) fn keyed_hash(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    // RFC 2104, section 2: a key shorter than the hash's block of 64 bytes is filled up with zeros.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DataKey {
        DataKey::new(Zeroizing::new([byte; 32]))
    }

    fn place() -> Place<'static> {
        Place { carrier: CarrierId::from_bytes([1; 16]), table: "document", row: &[2; 16], column: "fields" }
    }

    #[test]
    fn sealed_bytes_open_in_their_place_and_nowhere_else() {
        let sealed = key(7).seal(&place(), [9; 24], b"Erika Mustermann");
        assert_eq!(*key(7).unseal(&place(), &sealed).unwrap(), b"Erika Mustermann");
        for other in [
            Place { carrier: CarrierId::from_bytes([3; 16]), ..place() },
            Place { table: "party", ..place() },
            Place { row: &[3; 16], ..place() },
            Place { column: "contact", ..place() },
            Place { table: "documentf", column: "ields", ..place() },
        ] {
            assert_eq!(key(7).unseal(&other, &sealed), Err(SealError::Refused), "{other:?}");
        }
        assert_eq!(key(8).unseal(&place(), &sealed), Err(SealError::Refused));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let sealed = key(7).seal(&place(), [9; 24], b"secret");
        assert!(!sealed.0.windows(6).any(|w| w == b"secret"));
        for i in 0..sealed.0.len() {
            let mut changed = sealed.clone();
            changed.0[i] ^= 1;
            assert!(key(7).unseal(&place(), &changed).is_err(), "byte {i}");
            let cut = Sealed(sealed.0[..i].to_vec());
            assert!(key(7).unseal(&place(), &cut).is_err(), "cut at {i}");
        }
    }

    #[test]
    fn an_index_differs_with_every_part_and_with_the_key() {
        let index = keyed_index(&[1; 32], "cn.ric", "CN", "11010519491231002X");
        assert_eq!(index, keyed_index(&[1; 32], "cn.ric", "CN", "11010519491231002X"));
        for other in [
            keyed_index(&[2; 32], "cn.ric", "CN", "11010519491231002X"),
            keyed_index(&[1; 32], "cn.ri", "cCN", "11010519491231002X"),
            keyed_index(&[1; 32], "cn.ric", "CN1", "1010519491231002X"),
            keyed_index(&[1; 32], "cn.ric", "CN", "110105194912310021"),
        ] {
            assert_ne!(index, other);
        }
    }

    #[test]
    fn the_index_is_hmac_sha256_over_length_prefixed_parts() {
        let mut mac = Hmac::<Sha256>::new_from_slice(&[1; 32]).unwrap();
        mac.update(b"\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\x01c");
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(keyed_hash(&[1; 32], &["ab", "c"]), expected);
    }
}

//! The hash functions of travel documents.

use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::asn1::Oid;

lineward_core::codes! {
    /// A hash function (Doc 9303-12, section 4.1.6; SHA-1 only in documents issued before).
    pub enum Hash {
        /// 20 octets; collisions can be made since 2017, so that it is always flagged.
        Sha1 = "SHA-1",
        /// 28 octets.
        Sha224 = "SHA-224",
        /// 32 octets.
        Sha256 = "SHA-256",
        /// 48 octets.
        Sha384 = "SHA-384",
        /// 64 octets.
        Sha512 = "SHA-512",
    }
}

impl Hash {
    /// The hash of `pieces`, one after another.
    pub fn of(self, pieces: &[&[u8]]) -> Digest {
        let mut digest = Digest { bytes: [0; 64], len: self.size() };
        let into = &mut digest.bytes[..self.size()];
        match self {
            Hash::Sha1 => hash_into::<Sha1>(pieces, into),
            Hash::Sha224 => hash_into::<Sha224>(pieces, into),
            Hash::Sha256 => hash_into::<Sha256>(pieces, into),
            Hash::Sha384 => hash_into::<Sha384>(pieces, into),
            Hash::Sha512 => hash_into::<Sha512>(pieces, into),
        }
        digest
    }

    /// How many octets come out.
    pub const fn size(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 => 28,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// The hash function with this identifier (RFC 8017, appendix B.1), if it is one of ours.
    pub fn from_oid(oid: Oid<'_>) -> Option<Hash> {
        Hash::ALL.iter().copied().find(|hash| hash.oid() == oid)
    }

    /// The identifier (RFC 8017, appendix B.1).
    pub const fn oid(self) -> Oid<'static> {
        Oid(match self {
            Hash::Sha1 => &[0x2B, 0x0E, 0x03, 0x02, 0x1A],
            Hash::Sha256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
            Hash::Sha384 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
            Hash::Sha512 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
            Hash::Sha224 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04],
        })
    }
}

/// What a hash function gave.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    bytes: [u8; 64],
    len: usize,
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_ref().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

fn hash_into<D: sha2::Digest>(pieces: &[&[u8]], into: &mut [u8]) {
    let mut state = D::new();
    pieces.iter().for_each(|piece| state.update(piece));
    into.copy_from_slice(&state.finalize());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 examples: the message "abc".
    #[test]
    fn abc_has_its_published_hashes() {
        let starts = [
            (Hash::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Hash::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (Hash::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Hash::Sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"),
            (Hash::Sha512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2"),
        ];
        for (hash, start) in starts {
            let found = hash.of(&[b"a", b"", b"bc"]);
            assert!(format!("{found:?}").starts_with(start), "{hash}");
            assert_eq!(found.as_ref().len(), hash.size());
            assert_eq!(Hash::from_oid(hash.oid()), Some(hash));
        }
        assert_eq!(Hash::from_oid(Oid(&[0x2B])), None);
    }
}

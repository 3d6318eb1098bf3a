//! The hash functions of travel documents, and random-looking bytes from a seed.

use sha1::{Digest, Sha1};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::der;

/// A hash function (Doc 9303-12, section 4.1.6; SHA-1 is met in old documents).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1, 20 octets: withdrawn, flagged by who checks.
    Sha1,
    /// SHA-224, 28 octets.
    Sha224,
    /// SHA-256, 32 octets.
    Sha256,
    /// SHA-384, 48 octets.
    Sha384,
    /// SHA-512, 64 octets.
    Sha512,
}

impl Hash {
    /// The digest of `message`.
    pub fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => Sha1::digest(message).to_vec(),
            Hash::Sha224 => Sha224::digest(message).to_vec(),
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    /// Octets of a digest.
    pub(super) fn len(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 => 28,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// AlgorithmIdentifier without parameters (RFC 5754, section 2).
    pub(super) fn identifier(self) -> Vec<u8> {
        der::algorithm(self.oid(), &[])
    }

    /// AlgorithmIdentifier with NULL, as a DigestInfo and the parameters of PSS have it (RFC 8017, appendix A.2.4).
    pub(super) fn identifier_with_null(self) -> Vec<u8> {
        der::algorithm(self.oid(), &der::null())
    }

    /// One of five, by its place in the order above: what several numberings have in common.
    pub(super) fn pick<T: Copy>(self, of: [T; 5]) -> T {
        of[self as usize]
    }

    fn oid(self) -> &'static str {
        self.pick([
            "1.3.14.3.2.26",
            "2.16.840.1.101.3.4.2.4",
            "2.16.840.1.101.3.4.2.1",
            "2.16.840.1.101.3.4.2.2",
            "2.16.840.1.101.3.4.2.3",
        ])
    }
}

/// Bytes that look random and are always the same for one seed and one label.
///
/// Test keys come from here. It is no way to make real ones.
pub(super) fn expand(seed: &[u8], label: &str, len: usize) -> Vec<u8> {
    let blocks =
        (0u32..).map(|block| Sha512::digest([seed, label.as_bytes(), &block.to_be_bytes()].concat()));
    let mut out: Vec<u8> = blocks.take(len.div_ceil(64)).flatten().collect();
    out.truncate(len);
    out
}

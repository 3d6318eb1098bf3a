//! DG15: the public key of active authentication (9303-10, section 4.7.15; 9303-11, section 6.1).

use super::{DataGroup, FileError, open};
use crate::asn1::{Asn1Error, Tag};

/// The largest DG15 that is read, in bytes: ten times one with an RSA key of 6144 bits.
const MAX_BYTES: usize = 8 * 1024;

/// DG15, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dg15<'a> {
    /// The SubjectPublicKeyInfo (RFC 5280, section 4.1), as it stands.
    pub key: &'a [u8],
}

/// Why a file is no DG15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("DG15: {0}")]
pub struct Dg15Error(#[from] pub FileError);

impl From<Asn1Error> for Dg15Error {
    fn from(error: Asn1Error) -> Self {
        Dg15Error(error.into())
    }
}

impl<'a> Dg15<'a> {
    /// Reads DG15. Which key it is, and whether it is one, is for who uses it.
    ///
    /// # Errors
    /// [`Dg15Error`] when there is not exactly one SubjectPublicKeyInfo.
    pub fn read(bytes: &'a [u8]) -> Result<Dg15<'a>, Dg15Error> {
        let mut inside = open(bytes, DataGroup::DG15.tag(), MAX_BYTES)?.inside();
        let key = inside.expect(Tag::SEQUENCE)?;
        inside.end()?;
        let mut parts = key.inside();
        parts.sequence()?.expect(Tag::OID)?;
        parts.expect(Tag::BIT_STRING)?;
        parts.end()?;
        Ok(Dg15 { key: key.raw })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_handed_on_as_it_stands() {
        let key = [0x30, 9, 0x30, 3, 0x06, 1, 0x2A, 0x03, 2, 0, 7];
        let file = [&[0x6F, 11], &key[..]].concat();
        assert_eq!(Dg15::read(&file), Ok(Dg15 { key: &key }));
    }

    #[test]
    fn what_is_no_key_is_refused_for_its_reason() {
        let of = |bytes: &[u8]| Dg15::read(bytes).unwrap_err();
        assert_eq!(of(&[0x6F, 0]), Asn1Error::Missing { expected: Tag::SEQUENCE }.into());
        assert_eq!(of(&[0x6F, 2, 0x30, 0]), Asn1Error::Missing { expected: Tag::SEQUENCE }.into());
        assert_eq!(of(&[0x6F, 4, 0x30, 0, 0x30, 0]), Asn1Error::Trailing.into());
        assert_eq!(of(&[0x6F; 9000]), FileError::TooLarge { bytes: 9000, limit: 8192 }.into());
        let unexpected = Asn1Error::Unexpected { expected: Tag(0x6F), found: Tag(0x6E) };
        assert_eq!(of(&[0x6E, 0]), unexpected.into());
    }
}

//! DG14: SecurityInfos, among them the key of chip authentication (9303-10, section 4.7.14; 9303-11, section 9.2).

use super::security::{self, MAX_BYTES, SecurityError, SecurityInfo};
use super::{DataGroup, FileError, open};
use crate::asn1::{Asn1Error, Tag};

/// DG14, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg14<'a> {
    /// Its entries, in their order.
    pub infos: Vec<SecurityInfo<'a>>,
}

/// Why a file is no DG14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Dg14Error {
    /// It is too large or has another structure.
    #[error("DG14: {0}")]
    File(#[from] FileError),
    /// What is inside are no SecurityInfos.
    #[error("DG14: {0}")]
    Security(#[from] SecurityError),
}

impl From<Asn1Error> for Dg14Error {
    fn from(error: Asn1Error) -> Self {
        Dg14Error::File(error.into())
    }
}

impl<'a> Dg14<'a> {
    /// Reads DG14.
    ///
    /// # Errors
    /// [`Dg14Error`] when there is not exactly one SET of SecurityInfo.
    pub fn read(bytes: &'a [u8]) -> Result<Dg14<'a>, Dg14Error> {
        let mut inside = open(bytes, DataGroup::DG14.tag(), MAX_BYTES)?.inside();
        let set = inside.expect(Tag::SET)?;
        inside.end()?;
        Ok(Dg14 { infos: security::read(set.raw)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Oid;

    #[test]
    fn the_entries_of_the_set_are_read() {
        let file = [0x6E, 6, 0x31, 4, 0x30, 2, 0x06, 0];
        assert_eq!(Dg14::read(&file), Err(SecurityError::from(Asn1Error::BadValue).into()));
        let file = [0x6E, 7, 0x31, 5, 0x30, 3, 0x06, 1, 0x2A];
        let other = SecurityInfo::Other { protocol: Oid(&[0x2A]) };
        assert_eq!(Dg14::read(&file), Ok(Dg14 { infos: vec![other] }));
        assert_eq!(Dg14::read(&[0x6E, 4, 0x31, 0, 0x31, 0]), Err(Asn1Error::Trailing.into()));
    }
}

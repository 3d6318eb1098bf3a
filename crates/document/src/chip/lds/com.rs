//! EF.COM: the versions of the data structure and the list of data groups (9303-10, section 4.6.1).
//!
//! EF.COM is not signed: a chip without some data group can be made to look complete by taking its tag out of the
//! list. What the chip must hold is said by EF.SOD.

use super::{DataGroup, FileError, open};
use crate::asn1::{Asn1Error, Tag};

/// The largest EF.COM that is read, in bytes: five times one with all sixteen groups.
const MAX_BYTES: usize = 256;

/// EF.COM, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Com {
    /// Version and update level of the data structure: `[1, 7]`.
    pub lds_version: [u8; 2],
    /// Major, minor and release level of Unicode: `[4, 0, 0]`.
    pub unicode_version: [u8; 3],
    /// The groups that are listed, in the order of the list.
    pub groups: Vec<DataGroup>,
    /// Octets of the list that are no data group's tag.
    pub unknown_tags: Vec<u8>,
}

/// Why a file is no EF.COM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComError {
    /// It is too large or has another structure.
    #[error("EF.COM: {0}")]
    File(#[from] FileError),
    /// A version is not written in two digits a part.
    #[error("EF.COM: the version in {tag} is not written in digits")]
    Version {
        /// The tag of the version.
        tag: Tag,
    },
}

impl From<Asn1Error> for ComError {
    fn from(error: Asn1Error) -> Self {
        ComError::File(error.into())
    }
}

impl Com {
    /// Reads EF.COM.
    ///
    /// ```
    /// use lineward_document::chip::lds::{DataGroup, com::Com};
    /// let com = Com::read(b"\x60\x14\x5F\x01\x040107\x5F\x36\x06040000\x5C\x02\x61\x75")?;
    /// assert_eq!(com.lds_version, [1, 7]);
    /// assert_eq!(com.groups, [DataGroup::DG1, DataGroup::DG2]);
    /// # Ok::<(), lineward_document::chip::lds::com::ComError>(())
    /// ```
    ///
    /// # Errors
    /// [`ComError`] when the bytes are no EF.COM.
    pub fn read(bytes: &[u8]) -> Result<Com, ComError> {
        let mut fields = open(bytes, Tag(0x60), MAX_BYTES)?.inside();
        let lds_version = version(Tag(0x5F01), fields.expect(Tag(0x5F01))?.value)?;
        let unicode_version = version(Tag(0x5F36), fields.expect(Tag(0x5F36))?.value)?;
        let list = fields.expect(Tag(0x5C))?.value;
        fields.end()?;
        let groups = list.iter().filter_map(|tag| DataGroup::with_tag(*tag)).collect();
        let unknown_tags = list.iter().copied().filter(|tag| DataGroup::with_tag(*tag).is_none()).collect();
        Ok(Com { lds_version, unicode_version, groups, unknown_tags })
    }
}

/// `N` numbers of two decimal digits each.
fn version<const N: usize>(tag: Tag, text: &[u8]) -> Result<[u8; N], ComError> {
    let digits = text.len() == 2 * N && text.iter().all(u8::is_ascii_digit);
    if !digits {
        return Err(ComError::Version { tag });
    }
    let mut parts = [0; N];
    for (part, pair) in parts.iter_mut().zip(text.chunks_exact(2)) {
        *part = (pair[0] - b'0') * 10 + (pair[1] - b'0');
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_groups_are_read_in_their_order() {
        let bytes = b"\x60\x16\x5F\x01\x040108\x5F\x36\x06150100\x5C\x04\x75\x61\x77\x6E";
        let com = Com::read(bytes).unwrap();
        assert_eq!((com.lds_version, com.unicode_version), ([1, 8], [15, 1, 0]));
        assert_eq!(com.groups, [DataGroup::DG2, DataGroup::DG1, DataGroup::DG14]);
        assert_eq!(com.unknown_tags, [0x77]);
    }

    #[test]
    fn what_is_no_list_of_groups_is_refused_for_its_reason() {
        let of = |bytes: &[u8]| Com::read(bytes).unwrap_err();
        assert_eq!(
            of(b"\x60\x14\x5F\x01\x0401x7\x5F\x36\x06040000\x5C\x02\x61\x75"),
            ComError::Version { tag: Tag(0x5F01) }
        );
        assert_eq!(
            of(b"\x60\x12\x5F\x01\x040107\x5F\x36\x040400\x5C\x02\x61\x75"),
            ComError::Version { tag: Tag(0x5F36) }
        );
        assert_eq!(of(b"\x60\x07\x5F\x01\x040107"), Asn1Error::Missing { expected: Tag(0x5F36) }.into());
        assert_eq!(of(&[0x60; 300]), FileError::TooLarge { bytes: 300, limit: 256 }.into());
    }
}

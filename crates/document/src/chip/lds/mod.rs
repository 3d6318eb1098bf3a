//! The files of the logical data structure (Doc 9303-10, section 4): EF.COM and the data groups.
//!
//! Each reader takes the bytes of one file as the chip gave them and borrows from them. Lengths may have any BER form
//! (9303-10, section 4.2, takes BER-TLV from ISO/IEC 7816-4); what is signed are the raw bytes, so nothing is lost by
//! that. Nothing here proves anything: a data group is the issuer's word only after its hash was found in EF.SOD.

pub mod com;
pub mod details;
pub mod dg1;
pub mod dg11;
pub mod dg12;
pub mod dg14;
pub mod dg15;
pub mod dg2;
mod iso19794;
mod iso39794;
pub mod security;

use std::fmt;

use crate::asn1::{Asn1Error, Rules, Tag, Tlv};

/// The largest file that is read, in bytes. Ours: ten times the memory of the common document chips, which hold about
/// a hundred kilobytes for all files together.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;

/// The number of a data group, 1 to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataGroup(u8);

/// The tags of DG1 to DG16 (9303-10, table 34, and its section 4.7).
const TAGS: [u8; 16] =
    [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70];

impl DataGroup {
    /// The machine-readable zone.
    pub const DG1: DataGroup = DataGroup(1);
    /// The encoded face.
    pub const DG2: DataGroup = DataGroup(2);
    /// Further personal details.
    pub const DG11: DataGroup = DataGroup(11);
    /// Further document details.
    pub const DG12: DataGroup = DataGroup(12);
    /// Security options: chip authentication.
    pub const DG14: DataGroup = DataGroup(14);
    /// The public key of active authentication.
    pub const DG15: DataGroup = DataGroup(15);

    /// The group with this number; `None` outside 1 to 16.
    pub fn new(number: u8) -> Option<DataGroup> {
        (1..=16).contains(&number).then_some(DataGroup(number))
    }

    /// The group whose file begins with this tag.
    pub fn with_tag(tag: u8) -> Option<DataGroup> {
        (1..=16).map(DataGroup).find(|group| group.tag() == Tag(tag.into()))
    }

    /// 1 to 16.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The tag that its file begins with.
    pub fn tag(self) -> Tag {
        Tag(TAGS.get(usize::from(self.0) - 1).copied().unwrap_or_default().into())
    }
}

impl fmt::Display for DataGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DG{}", self.0)
    }
}

/// Why a file is not the one it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file is larger than any of its kind.
    #[error("the file has {bytes} bytes; at most {limit} are taken")]
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
        /// The limit for this file.
        limit: usize,
    },
    /// The bytes are not the structure they should be.
    #[error(transparent)]
    Structure(#[from] Asn1Error),
}

/// The one value of a file of at most `limit` bytes, which must have this tag.
fn open(bytes: &[u8], tag: Tag, limit: usize) -> Result<Tlv<'_>, FileError> {
    if bytes.len() > limit {
        return Err(FileError::TooLarge { bytes: bytes.len(), limit });
    }
    Ok(Tlv::read(bytes, Rules::Ber)?.expect(tag)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_its_own_tag() {
        for number in 1..=16 {
            let group = DataGroup::new(number).unwrap();
            assert_eq!(DataGroup::with_tag(group.tag().0 as u8), Some(group));
        }
        assert_eq!(DataGroup::new(0), None);
        assert_eq!(DataGroup::new(17), None);
        assert_eq!(DataGroup::with_tag(0x77), None);
        assert_eq!(DataGroup::DG15.to_string(), "DG15");
    }

    #[test]
    fn a_file_too_large_for_its_kind_is_refused_unread() {
        assert_eq!(open(&[0; 10], Tag(0x60), 9).err(), Some(FileError::TooLarge { bytes: 10, limit: 9 }));
    }
}

//! DG12: further document details (9303-10, section 4.7.12).

use jiff::civil::DateTime;

use super::details::{DetailsError, Fields, TagList, date, date_time};
use super::{DataGroup, MAX_FILE_BYTES, open};
use crate::dates::PartialDate;

/// DG12, read: who issued the document and when. Other persons, tax and exit requirements, images and the like are
/// listed in [`TagList::present`] and never read: they are used for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg12 {
    /// The issuing authority (`5F19`).
    pub issuing_authority: Option<String>,
    /// The day of issue (`5F26`).
    pub issued_on: Option<PartialDate>,
    /// When the document was personalized, in an unstated zone (`5F55`).
    pub personalized_at: Option<DateTime>,
    /// Which fields there are.
    pub tags: TagList,
}

impl Dg12 {
    /// Reads DG12.
    ///
    /// # Errors
    /// [`DetailsError`] when the bytes are no DG12. A single field that cannot be read is no error: it is left out and
    /// listed.
    pub fn read(bytes: &[u8]) -> Result<Dg12, DetailsError> {
        let mut fields = Fields::read(open(bytes, DataGroup::DG12.tag(), MAX_FILE_BYTES)?)?;
        Ok(Dg12 {
            issuing_authority: fields.lines(0x5F19),
            issued_on: fields.value(0x5F26, date),
            personalized_at: fields.value(0x5F55, date_time),
            tags: fields.tags,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::dg2::tests::tlv;
    use super::*;
    use crate::asn1::{Asn1Error, Tag};

    #[test]
    fn issuer_and_days_are_read() {
        let fields = [
            tlv(0x5C, b"\x5F\x19\x5F\x26\x5F\x55\x5F\x56"),
            tlv(0x5F19, b"CITY OF ZENITH<OFFICE 3"),
            tlv(0x5F26, b"20150401"),
            tlv(0x5F55, &[0x20, 0x15, 0x04, 0x02, 0x10, 0x00]),
            tlv(0x5F56, b"N-4962"),
        ];
        let bytes = tlv(0x6C, &fields.concat());
        let dg12 = Dg12::read(&bytes).unwrap();
        assert_eq!(dg12.issuing_authority.as_deref(), Some("CITY OF ZENITH, OFFICE 3"));
        assert_eq!(dg12.issued_on.unwrap().to_string(), "2015-04-01");
        assert_eq!(dg12.tags.present.len(), 4);
        // Six octets of BCD are no time: the seconds are missing.
        assert_eq!((dg12.personalized_at, dg12.tags.unreadable), (None, vec![Tag(0x5F55)]));
    }

    #[test]
    fn another_file_is_refused() {
        let unexpected = Asn1Error::Unexpected { expected: Tag(0x6C), found: Tag(0x6B) };
        assert_eq!(Dg12::read(&[0x6B, 0]), Err(unexpected.into()));
    }
}

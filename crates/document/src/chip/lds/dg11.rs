//! DG11: further personal details (9303-10, section 4.7.11).

use std::fmt;

use super::details::{DetailsError, Fields, TagList, date};
use super::{DataGroup, MAX_FILE_BYTES, open};
use crate::dates::PartialDate;
use crate::facts::Names;

/// DG11, read: what says who the holder is. Telephone, profession, custody and the like are listed in
/// [`TagList::present`] and never read: they are used for nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg11 {
    /// The full name, in national characters where the issuer writes them (`5F0E`).
    pub names: Option<Names>,
    /// Other names (`5F0F`).
    pub other_names: Vec<Names>,
    /// The personal number (`5F10`).
    pub personal_number: Option<String>,
    /// The full birth date, year in four digits (`5F2B`).
    pub birth_date: Option<PartialDate>,
    /// The place of birth (`5F11`).
    pub birth_place: Option<String>,
    /// Which fields there are.
    pub tags: TagList,
}

impl fmt::Debug for Dg11 {
    /// Says which fields there are and never what is in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dg11({:?})", self.tags.present)
    }
}

impl Dg11 {
    /// Reads DG11.
    ///
    /// # Errors
    /// [`DetailsError`] when the bytes are no DG11. A single field that cannot be read is no error: it is left out and
    /// listed.
    pub fn read(bytes: &[u8]) -> Result<Dg11, DetailsError> {
        let mut fields = Fields::read(open(bytes, DataGroup::DG11.tag(), MAX_FILE_BYTES)?)?;
        Ok(Dg11 {
            names: fields.names(0x5F0E).into_iter().next(),
            other_names: fields.names(0x5F0F),
            personal_number: fields.lines(0x5F10),
            birth_date: fields.value(0x5F2B, date),
            birth_place: fields.lines(0x5F11),
            tags: fields.tags,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::dg2::tests::tlv;
    use super::*;
    use crate::asn1::{Asn1Error, Tag};

    fn file(list: &[u8], fields: &[Vec<u8>]) -> Vec<u8> {
        tlv(0x6B, &[tlv(0x5C, list), fields.concat()].concat())
    }

    #[test]
    fn what_says_who_the_holder_is_is_read_and_not_shown_when_printed() {
        let other = [vec![2, 1, 2], tlv(0x5F0F, b"ERIKSSON<<ANNI"), tlv(0x5F0F, b"LINDGREN<<A")].concat();
        let bytes = file(
            b"\x5F\x0E\xA0\x5F\x10\x5F\x2B\x5F\x11\x5F\x13",
            &[
                tlv(0x5F0E, "ÉRIKSSON<<ANNA<MARIA".as_bytes()),
                tlv(0xA0, &other),
                tlv(0x5F10, b"19740812-4711"),
                tlv(0x5F2B, &[0x19, 0x74, 0x08, 0x12]),
                tlv(0x5F11, b"ZENITH<UTO<<"),
                tlv(0x5F13, b"ASTRONAUT"),
            ],
        );
        let dg11 = Dg11::read(&bytes).unwrap();
        assert_eq!(dg11.names.as_ref().unwrap().to_string(), "ÉRIKSSON, ANNA MARIA");
        assert_eq!(dg11.other_names.len(), 2);
        assert_eq!(dg11.personal_number.as_deref(), Some("19740812-4711"));
        assert_eq!(dg11.birth_date.unwrap().to_string(), "1974-08-12");
        assert_eq!(dg11.birth_place.as_deref(), Some("ZENITH, UTO"));
        assert_eq!(dg11.tags.present.len(), 6);
        assert_eq!(dg11.tags.unlisted, []);
        assert_eq!(format!("{dg11:?}"), "Dg11([0x5F0E, 0x5F0F, 0x5F10, 0x5F2B, 0x5F11, 0x5F13])");
    }

    #[test]
    fn a_field_that_cannot_be_read_is_left_out_and_listed() {
        let bytes = file(b"\x5F\x2B", &[tlv(0x5F2B, b"12 AUG 74"), tlv(0x5F0E, b"  <<")]);
        let dg11 = Dg11::read(&bytes).unwrap();
        assert_eq!((dg11.birth_date, dg11.names), (None, None));
        assert_eq!(dg11.tags.unreadable, [Tag(0x5F2B)]);
    }

    #[test]
    fn another_file_is_refused() {
        let unexpected = Asn1Error::Unexpected { expected: Tag(0x6B), found: Tag(0x6C) };
        assert_eq!(Dg11::read(&[0x6C, 0]), Err(unexpected.into()));
    }
}

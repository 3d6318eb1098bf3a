//! DG1: the machine-readable zone (9303-10, section 4.7.1).

use std::fmt;

use jiff::civil::Date;

use super::{DataGroup, FileError, open};
use crate::asn1::{Asn1Error, Tag};
use crate::mrz::{self, Mrz, MrzError};

/// The largest DG1 that is read, in bytes: twice one with a zone of TD1.
const MAX_BYTES: usize = 200;

/// DG1, read.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg1 {
    /// The zone. It comes from the chip, not from text recognition: its candidates are no concern.
    pub zone: Mrz,
}

impl fmt::Debug for Dg1 {
    /// Says which format it has and nothing of the holder.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dg1({})", self.zone.format)
    }
}

/// Why a file is no DG1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Dg1Error {
    /// It is too large or has another structure.
    #[error("DG1: {0}")]
    File(#[from] FileError),
    /// The zone has not the length of any format: 90 (TD1), 72 (TD2), 88 (TD3).
    #[error("DG1: a zone of {bytes} characters; TD1 has 90, TD2 72 and TD3 88")]
    Length {
        /// Its length.
        bytes: usize,
    },
    /// There is an octet other than A-Z, 0-9 and `<` (9303-3, section 4.3).
    #[error("DG1: octet {at} of the zone is none of A-Z, 0-9 and <")]
    Character {
        /// Where, counted from 0.
        at: usize,
    },
    /// The zone is none for another reason.
    #[error("DG1: {0}")]
    Zone(#[from] MrzError),
}

impl From<Asn1Error> for Dg1Error {
    fn from(error: Asn1Error) -> Self {
        Dg1Error::File(error.into())
    }
}

impl Dg1 {
    /// Reads DG1; two-digit years are resolved against `today`.
    ///
    /// # Errors
    /// [`Dg1Error`] when the bytes are no DG1. Wrong check digits and impossible fields are no error: the zone has
    /// findings for them.
    pub fn read(bytes: &[u8], today: Date) -> Result<Dg1, Dg1Error> {
        let mut inside = open(bytes, DataGroup::DG1.tag(), MAX_BYTES)?.inside();
        let zone = inside.expect(Tag(0x5F1F))?.value;
        inside.end()?;
        if ![90, 72, 88].contains(&zone.len()) {
            return Err(Dg1Error::Length { bytes: zone.len() });
        }
        let strange = |octet: &u8| !matches!(octet, b'A'..=b'Z' | b'0'..=b'9' | b'<');
        if let Some(at) = zone.iter().position(strange) {
            return Err(Dg1Error::Character { at });
        }
        // Only ASCII is left.
        let text = std::str::from_utf8(zone).unwrap_or_default();
        Ok(Dg1 { zone: mrz::parse(text, today)? })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::mrz::Format;

    const TD1: &str =
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6";
    const TD3: &str =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";

    fn file(zone: &[u8]) -> Vec<u8> {
        let length = zone.len() as u8;
        [&[0x61, length + 3, 0x5F, 0x1F, length], zone].concat()
    }

    fn read(bytes: &[u8]) -> Result<Dg1, Dg1Error> {
        Dg1::read(bytes, date(2026, 11, 24))
    }

    #[test]
    fn a_zone_of_each_format_is_read_and_not_shown_when_printed() {
        for (zone, format) in [(TD1, Format::Td1), (TD2, Format::Td2), (TD3, Format::Td3)] {
            let dg1 = read(&file(zone.as_bytes())).unwrap();
            assert_eq!(dg1.zone.format, format);
            assert!(dg1.zone.is_consistent(), "{format}");
            assert_eq!(format!("{dg1:?}"), format!("Dg1({format})"));
        }
    }

    #[test]
    fn a_length_in_a_longer_form_is_read_all_the_same() {
        let long = [&[0x61, 0x81, 0x5C, 0x5F, 0x1F, 0x81, 0x58], TD3.as_bytes()].concat();
        assert!(read(&long).is_ok());
    }

    #[test]
    fn rubbish_is_refused_for_its_reason() {
        assert_eq!(read(&file(&[b'<'; 89])).unwrap_err(), Dg1Error::Length { bytes: 89 });
        for (at, octet) in [(0, 0u8), (50, 0xFF), (87, b'\n'), (3, b'a'), (9, b' ')] {
            let mut zone = TD3.as_bytes().to_vec();
            zone[at] = octet;
            assert_eq!(read(&file(&zone)).unwrap_err(), Dg1Error::Character { at });
        }
        let missing = Asn1Error::Missing { expected: Tag(0x5F1F) };
        assert_eq!(read(&[0x61, 0]).unwrap_err(), missing.into());
        assert_eq!(
            read(&[&file(TD3.as_bytes())[..], &[0]].concat()).unwrap_err(),
            Asn1Error::Trailing.into()
        );
        assert!(matches!(read(&[0x61; 1000]).unwrap_err(), Dg1Error::File(FileError::TooLarge { .. })));
    }
}

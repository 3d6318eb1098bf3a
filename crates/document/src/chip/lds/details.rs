//! What DG11 and DG12 have in common: a list of tags, then fields with texts, names and dates (9303-10, sections 4.7.11
//! and 4.7.12).

use jiff::civil::{Date, DateTime};

use super::FileError;
use crate::asn1::{Asn1Error, Tag, Tlv};
use crate::dates::PartialDate;
use crate::facts::Names;

/// The most fields of one file, and the most tags of its list. 9303-10 defines fewer than twenty for each; ours.
pub const MAX_FIELDS: usize = 64;

/// The template of fields that may be repeated (other names, other persons).
const TEMPLATE: Tag = Tag(0xA0);

/// What a list of tags (`5C`) says against what is there. A difference is the issuer's slip: the file is signed as a
/// whole, list and fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagList {
    /// Fields that are there, in their order.
    pub present: Vec<Tag>,
    /// Fields that are listed and not there.
    pub missing: Vec<Tag>,
    /// Fields that are there and not listed.
    pub unlisted: Vec<Tag>,
    /// Fields that are there and cannot be read as what they should be.
    pub unreadable: Vec<Tag>,
}

/// Why a file is no DG11 or DG12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// It is too large or has another structure.
    #[error("{0}")]
    File(#[from] FileError),
    /// There are more fields or tags than are taken.
    #[error("more than {MAX_FIELDS} fields")]
    TooMany,
}

impl From<Asn1Error> for DetailsError {
    fn from(error: Asn1Error) -> Self {
        DetailsError::File(error.into())
    }
}

/// The fields of a file with a list of tags.
pub(super) struct Fields<'a> {
    fields: Vec<Tlv<'a>>,
    pub(super) tags: TagList,
}

impl<'a> Fields<'a> {
    /// The fields inside `file`, those of the template with the rest.
    pub(super) fn read(file: Tlv<'a>) -> Result<Fields<'a>, DetailsError> {
        let mut inside = file.inside();
        let listed = read_list(inside.expect(Tag(0x5C))?.value)?;
        let mut fields = Vec::new();
        let mut repeated = Vec::new();
        while let Some(field) = inside.next()? {
            let mut more = field.inside();
            if field.tag != TEMPLATE {
                push(&mut fields, field)?;
                continue;
            }
            while let Some(field) = more.next()? {
                // The number of fields, said first, is not needed.
                if field.tag != Tag::INTEGER {
                    push(&mut fields, field)?;
                    repeated.push(field.tag);
                }
            }
        }
        // Issuers list the template, or what is in it.
        let template_listed = listed.contains(&TEMPLATE);
        let mut tags = TagList::default();
        for field in &fields {
            let tag = field.tag;
            if tags.present.contains(&tag) {
                continue;
            }
            tags.present.push(tag);
            let by_template = template_listed && repeated.contains(&tag);
            if !by_template && !listed.contains(&tag) {
                tags.unlisted.push(tag);
            }
        }
        let there = |tag: Tag| tags.present.contains(&tag) || (tag == TEMPLATE && !repeated.is_empty());
        tags.missing = listed.into_iter().filter(|tag| !there(*tag)).collect();
        Ok(Fields { fields, tags })
    }

    /// The texts with this tag; those without any letter are left out.
    pub(super) fn texts(&self, tag: u32) -> Vec<String> {
        let texts = self.fields.iter().filter(|field| field.tag == Tag(tag)).map(|field| text(field.value));
        texts.filter(|text| !text.trim_matches([' ', '<']).is_empty()).collect()
    }

    /// The text with this tag, its lines (parted by `<`) joined by ", ".
    pub(super) fn lines(&self, tag: u32) -> Option<String> {
        let text = self.texts(tag).into_iter().next()?;
        let lines: Vec<&str> = text.split('<').map(str::trim).filter(|line| !line.is_empty()).collect();
        Some(lines.join(", "))
    }

    /// The names with this tag.
    pub(super) fn names(&self, tag: u32) -> Vec<Names> {
        self.texts(tag).iter().map(|text| names(text)).collect()
    }

    /// The first value with this tag, read by `read`; what it cannot read is unreadable.
    pub(super) fn value<T>(&mut self, tag: u32, read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let field = self.fields.iter().find(|field| field.tag == Tag(tag))?;
        let value = read(field.value);
        if value.is_none() {
            self.tags.unreadable.push(field.tag);
        }
        value
    }
}

fn push<'a>(fields: &mut Vec<Tlv<'a>>, field: Tlv<'a>) -> Result<(), DetailsError> {
    if fields.len() == MAX_FIELDS {
        return Err(DetailsError::TooMany);
    }
    fields.push(field);
    Ok(())
}

/// Tags of one or two octets, one after another.
fn read_list(mut list: &[u8]) -> Result<Vec<Tag>, DetailsError> {
    let mut tags = Vec::new();
    loop {
        let (tag, rest) = match list {
            [] => return Ok(tags),
            [first, rest @ ..] if first & 0x1F != 0x1F => (u32::from(*first), rest),
            [first, second, rest @ ..] => (u32::from(*first) << 8 | u32::from(*second), rest),
            [_] => return Err(Asn1Error::Truncated.into()),
        };
        if tags.len() == MAX_FIELDS {
            return Err(DetailsError::TooMany);
        }
        tags.push(Tag(tag));
        list = rest;
    }
}

/// UTF-8, which 9303-10 demands; otherwise ISO/IEC 8859-1, which older issuers wrote.
fn text(octets: &[u8]) -> String {
    let latin = |_| octets.iter().map(|octet| char::from(*octet)).collect();
    std::str::from_utf8(octets).map_or_else(latin, str::to_owned)
}

/// Identifiers parted by `<<`, their components by `<` (9303-10, section 4.7.11: as in the machine-readable zone).
fn names(text: &str) -> Names {
    let clean =
        |part: &str| part.split(['<', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let (primary, secondary) = text.split_once("<<").unwrap_or((text, ""));
    Names { primary: clean(primary), secondary: clean(secondary) }
}

/// A date as eight digits, `yyyymmdd`, or the same in four octets of BCD; zeros or fillers stand for unknown parts.
pub(super) fn date(octets: &[u8]) -> Option<PartialDate> {
    let digits = digits::<8>(octets)?;
    let part = |digits: &[Option<u8>]| {
        let number = digits.iter().try_fold(0i16, |number, digit| Some(number * 10 + i16::from((*digit)?)));
        number.filter(|number| *number != 0)
    };
    let small = |digits: &[Option<u8>]| part(digits).and_then(|number| i8::try_from(number).ok());
    PartialDate::new(part(&digits[..4]), small(&digits[4..6]), small(&digits[6..]))
}

/// A time as fourteen digits, `yyyymmddhhmmss`, or the same in seven octets of BCD. The zone is not stated.
pub(super) fn date_time(octets: &[u8]) -> Option<DateTime> {
    let digits = digits::<14>(octets)?;
    let mut pairs = [0i8; 7];
    for (pair, digits) in pairs.iter_mut().zip(digits.chunks_exact(2)) {
        *pair = i8::try_from(digits[0]? * 10 + digits[1]?).ok()?;
    }
    let [century, year, month, day, hour, minute, second] = pairs;
    let date = Date::new(i16::from(century) * 100 + i16::from(year), month, day).ok()?;
    DateTime::new(date.year(), date.month(), date.day(), hour, minute, second, 0).ok()
}

/// `N` digits as characters or in BCD; a filler is `None`.
fn digits<const N: usize>(octets: &[u8]) -> Option<[Option<u8>; N]> {
    let mut digits = [None; N];
    if octets.len() == N {
        for (digit, octet) in digits.iter_mut().zip(octets) {
            *digit = match octet {
                b'0'..=b'9' => Some(octet - b'0'),
                b'<' | b' ' => None,
                _ => return None,
            };
        }
        return Some(digits);
    }
    if octets.len() != N / 2 {
        return None;
    }
    for (pair, octet) in digits.chunks_exact_mut(2).zip(octets) {
        let (high, low) = (octet >> 4, octet & 0x0F);
        if high > 9 || low > 9 {
            return None;
        }
        pair[0] = Some(high);
        pair[1] = Some(low);
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Rules;

    #[track_caller]
    fn dates(octets: &[u8], expected: Option<&str>) {
        assert_eq!(date(octets).map(|date| date.to_string()).as_deref(), expected, "{octets:02X?}");
    }

    #[test]
    fn dates_are_read_as_digits_and_as_bcd() {
        dates(b"19740812", Some("1974-08-12"));
        dates(&[0x19, 0x74, 0x08, 0x12], Some("1974-08-12"));
        dates(b"19740800", Some("1974-08-XX"));
        dates(b"1974<<<<", Some("1974-XX-XX"));
        dates(&[0x19, 0x74, 0x00, 0x00], Some("1974-XX-XX"));
        dates(&[0; 4], Some("XXXX-XX-XX"));
        for wrong in [&b"19741301"[..], b"1974-8-1", b"740812", &[0x19, 0x74, 0x0A, 0x12], b""] {
            dates(wrong, None);
        }
    }

    #[test]
    fn times_are_read_as_digits_and_as_bcd() {
        let time = "2016-11-15T01:36:12";
        assert_eq!(date_time(b"20161115013612").unwrap().to_string(), time);
        assert_eq!(date_time(&[0x20, 0x16, 0x11, 0x15, 0x01, 0x36, 0x12]).unwrap().to_string(), time);
        for wrong in [&b"20161115246012"[..], b"20160230013612", b"2016111501361<", b"20161115"] {
            assert_eq!(date_time(wrong), None);
        }
    }

    #[test]
    fn names_are_parted_by_two_fillers() {
        let of = |text: &str| names(text).to_string();
        assert_eq!(of("SMITH<<JOHN<J"), "SMITH, JOHN J");
        assert_eq!(of("VAN DER STEEN<<MARIANNE LOUISE<<"), "VAN DER STEEN, MARIANNE LOUISE");
        assert_eq!(of("ARKFREITH"), "ARKFREITH");
        assert_eq!(text("MÜLLER".as_bytes()), "MÜLLER");
        assert_eq!(text(b"M\xDCLLER"), "MÜLLER");
    }

    #[test]
    fn the_list_is_compared_with_what_is_there() {
        let lists = |bytes: &[u8]| {
            let fields = Fields::read(Tlv::read(bytes, Rules::Ber).unwrap()).unwrap();
            [fields.tags.missing, fields.tags.unlisted]
                .map(|tags| -> Vec<u32> { tags.iter().map(|tag| tag.0).collect() })
        };
        let empty = [vec![], vec![]];
        assert_eq!(lists(b"\x6B\x08\x5C\x02\x5F\x0E\x5F\x0E\x01A"), empty);
        assert_eq!(lists(b"\x6B\x08\x5C\x02\x5F\x10\x5F\x0E\x01A"), [vec![0x5F10], vec![0x5F0E]]);
        // Other names: the template is listed, or what is in it.
        assert_eq!(lists(b"\x6B\x0D\x5C\x01\xA0\xA0\x08\x02\x01\x01\x5F\x0F\x02AB"), empty);
        assert_eq!(lists(b"\x6B\x0E\x5C\x02\x5F\x0F\xA0\x08\x02\x01\x01\x5F\x0F\x02AB"), empty);
        assert_eq!(lists(b"\x6B\x03\x5C\x01\xA0"), [vec![0xA0], vec![]]);
    }

    #[test]
    fn what_is_no_list_or_too_long_is_refused() {
        let of = |bytes: &[u8]| Fields::read(Tlv::read(bytes, Rules::Ber).unwrap()).err();
        assert_eq!(of(&[0x6B, 0]), Some(Asn1Error::Missing { expected: Tag(0x5C) }.into()));
        assert_eq!(of(&[0x6B, 3, 0x5C, 1, 0x5F]), Some(Asn1Error::Truncated.into()));
        let long = [&[0x6B, 67, 0x5C, 65][..], &[0x11; 65]].concat();
        assert_eq!(of(&long), Some(DetailsError::TooMany));
        let many = [&[0x6B, 0x81, 132, 0x5C, 0][..], &[0x11, 0].repeat(65)].concat();
        assert_eq!(of(&many), Some(DetailsError::TooMany));
    }
}

//! Tag, length, value: ASN.1 (X.690) read in place, BER where documents need it, DER where it must be.
//!
//! Nothing is copied except the pieces of a constructed string. Nothing is re-encoded: what a signature covers is
//! always the bytes that were read ([`Tlv::raw`]).

use std::{borrow::Cow, fmt};

use jiff::{Timestamp, civil, tz::TimeZone};

/// How deep indefinite lengths and constructed strings may nest. Real files nest three deep; ours.
const MAX_DEPTH: u8 = 16;

/// Which encoding rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// Definite lengths in their shortest form only (X.690, clause 10.1).
    Der,
    /// Also indefinite and longer-than-needed lengths (X.690, clause 8.1.3).
    Ber,
}

/// A tag as its identifier octets, most significant first: `0x30`, `0x5F1F`, `0x7F61`. At most three octets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// BOOLEAN.
    pub const BOOLEAN: Tag = Tag(0x01);
    /// INTEGER.
    pub const INTEGER: Tag = Tag(0x02);
    /// BIT STRING.
    pub const BIT_STRING: Tag = Tag(0x03);
    /// OCTET STRING.
    pub const OCTET_STRING: Tag = Tag(0x04);
    /// NULL.
    pub const NULL: Tag = Tag(0x05);
    /// OBJECT IDENTIFIER.
    pub const OID: Tag = Tag(0x06);
    /// UTF8String.
    pub const UTF8_STRING: Tag = Tag(0x0C);
    /// PrintableString.
    pub const PRINTABLE_STRING: Tag = Tag(0x13);
    /// UTCTime.
    pub const UTC_TIME: Tag = Tag(0x17);
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: Tag = Tag(0x18);
    /// SEQUENCE and SEQUENCE OF.
    pub const SEQUENCE: Tag = Tag(0x30);
    /// SET and SET OF.
    pub const SET: Tag = Tag(0x31);

    /// `[n]`, constructed.
    ///
    /// Numbers above 30 do not fit one octet and are not used by the structures read here.
    pub const fn context(n: u8) -> Tag {
        Tag(0xA0 | (n & 0x1F) as u32)
    }

    /// `[n] IMPLICIT` of a primitive type.
    pub const fn context_primitive(n: u8) -> Tag {
        Tag(0x80 | (n & 0x1F) as u32)
    }

    /// Whether the value is made of further TLVs.
    pub const fn is_constructed(self) -> bool {
        let first = if self.0 > 0xFFFF {
            self.0 >> 16
        } else if self.0 > 0xFF {
            self.0 >> 8
        } else {
            self.0
        };
        first & 0x20 != 0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#04X}", self.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

/// Why bytes are not the structure that they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Asn1Error {
    /// The bytes end before the value does.
    #[error("the data ends early")]
    Truncated,
    /// A tag of more than three octets, or one not in its shortest form.
    #[error("a tag that no document uses")]
    BadTag,
    /// A length in a form that the rules do not allow.
    #[error("a length in a form that is not allowed")]
    BadLength,
    /// Something else stands where a value should be.
    #[error("tag {found} where {expected} should be")]
    Unexpected {
        /// What should be there.
        expected: Tag,
        /// What is there.
        found: Tag,
    },
    /// Nothing stands where a value should be.
    #[error("tag {expected} is missing")]
    Missing {
        /// What should be there.
        expected: Tag,
    },
    /// Bytes follow after the end.
    #[error("data after the end")]
    Trailing,
    /// Values inside values, deeper than any real file.
    #[error("nested too deep")]
    TooDeep,
    /// A primitive value that its type does not allow.
    #[error("a value that its type does not allow")]
    BadValue,
}

/// One tag, length and value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag.
    pub tag: Tag,
    /// The whole of it, as read.
    pub raw: &'a [u8],
    /// The value; without the end-of-contents octets of an indefinite length.
    pub value: &'a [u8],
    rules: Rules,
    indefinite: bool,
}

impl fmt::Debug for Tlv<'_> {
    /// Says what and how long, never the value: it may be somebody's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tlv({} {} bytes)", self.tag, self.value.len())
    }
}

impl<'a> Tlv<'a> {
    /// The one value that `bytes` are.
    ///
    /// # Errors
    /// [`Asn1Error::Trailing`] when more follows.
    pub fn read(bytes: &'a [u8], rules: Rules) -> Result<Tlv<'a>, Asn1Error> {
        let mut reader = Reader::new(bytes, rules);
        let tlv = reader.read()?;
        reader.end()?;
        Ok(tlv)
    }

    /// The values inside.
    pub fn inside(&self) -> Reader<'a> {
        Reader { rest: self.value, rules: self.rules }
    }

    /// This value, if its tag is `expected`.
    ///
    /// # Errors
    /// [`Asn1Error::Unexpected`].
    pub fn expect(self, expected: Tag) -> Result<Tlv<'a>, Asn1Error> {
        if self.tag == expected { Ok(self) } else { Err(Asn1Error::Unexpected { expected, found: self.tag }) }
    }

    /// Whether the length was given as indefinite (BER only).
    pub fn is_indefinite(&self) -> bool {
        self.indefinite
    }

    /// A non-negative INTEGER: its octets, most significant first, without leading zeros (zero is empty).
    ///
    /// # Errors
    /// [`Asn1Error::BadValue`] for a negative or empty one.
    pub fn unsigned(&self) -> Result<&'a [u8], Asn1Error> {
        match self.value {
            [] => Err(Asn1Error::BadValue),
            [first, ..] if first & 0x80 != 0 => Err(Asn1Error::BadValue),
            value => Ok(strip_zeros(value)),
        }
    }

    /// A non-negative INTEGER of at most 64 bits.
    ///
    /// # Errors
    /// [`Asn1Error::BadValue`].
    pub fn small(&self) -> Result<u64, Asn1Error> {
        let octets = self.unsigned()?;
        if octets.len() > 8 {
            return Err(Asn1Error::BadValue);
        }
        Ok(octets.iter().fold(0, |n, o| (n << 8) | u64::from(*o)))
    }

    /// The octets of an OCTET STRING, put together where BER split it (X.690, clause 8.7.3).
    ///
    /// # Errors
    /// What the pieces are wrong with.
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, Asn1Error> {
        if !self.tag.is_constructed() {
            return Ok(Cow::Borrowed(self.value));
        }
        if self.rules == Rules::Der {
            return Err(Asn1Error::BadValue);
        }
        let mut whole = Vec::with_capacity(self.value.len());
        self.gather(&mut whole, MAX_DEPTH)?;
        Ok(Cow::Owned(whole))
    }

    fn gather(&self, whole: &mut Vec<u8>, depth: u8) -> Result<(), Asn1Error> {
        let depth = depth.checked_sub(1).ok_or(Asn1Error::TooDeep)?;
        let mut pieces = self.inside();
        while let Some(piece) = pieces.next()? {
            match piece.tag {
                Tag::OCTET_STRING => whole.extend_from_slice(piece.value),
                Tag(0x24) => piece.gather(whole, depth)?,
                found => return Err(Asn1Error::Unexpected { expected: Tag::OCTET_STRING, found }),
            }
        }
        Ok(())
    }

    /// The octets of a BIT STRING whose bits fill them.
    ///
    /// # Errors
    /// [`Asn1Error::BadValue`] when bits are left over.
    pub fn bits(&self) -> Result<&'a [u8], Asn1Error> {
        match self.value {
            [0, octets @ ..] => Ok(octets),
            _ => Err(Asn1Error::BadValue),
        }
    }

    /// An OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// [`Asn1Error::BadValue`] for octets that are none (X.690, clause 8.19).
    pub fn oid(&self) -> Result<Oid<'a>, Asn1Error> {
        let value = self.expect(Tag::OID)?.value;
        let whole = value.last().is_some_and(|last| last & 0x80 == 0);
        let first_of_each = std::iter::once(true).chain(value.iter().map(|o| o & 0x80 == 0));
        let padded = value.iter().zip(first_of_each).any(|(octet, first)| first && *octet == 0x80);
        if whole && !padded && value.len() <= 64 { Ok(Oid(value)) } else { Err(Asn1Error::BadValue) }
    }

    /// A UTCTime or GeneralizedTime in the forms that RFC 5280 (clause 4.1.2.5) allows; seconds may be missing, as in
    /// some old certificates.
    ///
    /// # Errors
    /// [`Asn1Error::BadValue`] for anything else.
    pub fn time(&self) -> Result<Timestamp, Asn1Error> {
        let bad = Asn1Error::BadValue;
        let text = std::str::from_utf8(self.value).map_err(|_| bad)?.strip_suffix('Z').ok_or(bad)?;
        if !text.bytes().all(|c| c.is_ascii_digit()) {
            return Err(bad);
        }
        let number = |text: &str| text.parse::<i16>().map_err(|_| bad);
        let (year, rest) = match self.tag {
            // Two digits: 50 to 99 are of the last century (RFC 5280, clause 4.1.2.5.1).
            Tag::UTC_TIME => {
                let (year, rest) = text.split_at_checked(2).ok_or(bad)?;
                let year = number(year)?;
                (if year >= 50 { 1900 + year } else { 2000 + year }, rest)
            }
            Tag::GENERALIZED_TIME => {
                let (year, rest) = text.split_at_checked(4).ok_or(bad)?;
                (number(year)?, rest)
            }
            found => return Err(Asn1Error::Unexpected { expected: Tag::UTC_TIME, found }),
        };
        if rest.len() != 8 && rest.len() != 10 {
            return Err(bad);
        }
        let pair = |i: usize| match rest.get(i..i + 2) {
            Some(digits) => digits.parse::<i8>().map_err(|_| bad),
            None => Ok(0),
        };
        let [month, day, hour, minute, second] = [pair(0)?, pair(2)?, pair(4)?, pair(6)?, pair(8)?];
        let time = civil::DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| bad)?;
        TimeZone::UTC.to_timestamp(time).map_err(|_| bad)
    }
}

/// `octets` without leading zeros.
pub fn strip_zeros(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|o| **o == 0).count();
    octets.get(zeros..).unwrap_or(&[])
}

/// Reads one value after another.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    rules: Rules,
}

impl<'a> Reader<'a> {
    /// From the first byte on.
    pub fn new(bytes: &'a [u8], rules: Rules) -> Self {
        Self { rest: bytes, rules }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next value, or `None` at the end.
    ///
    /// # Errors
    /// What is wrong with it.
    #[allow(clippy::should_implement_trait, reason = "an iterator of results would go on after an error")]
    pub fn next(&mut self) -> Result<Option<Tlv<'a>>, Asn1Error> {
        if self.rest.is_empty() { Ok(None) } else { self.read().map(Some) }
    }

    /// The next value.
    ///
    /// # Errors
    /// [`Asn1Error::Truncated`] at the end, or what is wrong with it.
    pub fn read(&mut self) -> Result<Tlv<'a>, Asn1Error> {
        let (tlv, rest) = split(self.rest, self.rules, MAX_DEPTH)?;
        self.rest = rest;
        Ok(tlv)
    }

    /// The next value, which must have this tag.
    ///
    /// # Errors
    /// [`Asn1Error::Missing`] at the end, [`Asn1Error::Unexpected`] for another.
    pub fn expect(&mut self, expected: Tag) -> Result<Tlv<'a>, Asn1Error> {
        self.next()?.ok_or(Asn1Error::Missing { expected })?.expect(expected)
    }

    /// The next value if it has this tag; otherwise nothing is read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Asn1Error> {
        let mut ahead = self.clone();
        match ahead.next()? {
            Some(tlv) if tlv.tag == tag => {
                *self = ahead;
                Ok(Some(tlv))
            }
            _ => Ok(None),
        }
    }

    /// The values inside the SEQUENCE that comes next.
    ///
    /// # Errors
    /// As [`Reader::expect`].
    pub fn sequence(&mut self) -> Result<Reader<'a>, Asn1Error> {
        Ok(self.expect(Tag::SEQUENCE)?.inside())
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// [`Asn1Error::Trailing`].
    pub fn end(&self) -> Result<(), Asn1Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(Asn1Error::Trailing) }
    }
}

fn split(bytes: &[u8], rules: Rules, depth: u8) -> Result<(Tlv<'_>, &[u8]), Asn1Error> {
    let (tag, after_tag) = split_tag(bytes)?;
    let (length, after_length) = split_length(after_tag, rules)?;
    let header = bytes.len() - after_length.len();
    if let Some(length) = length {
        let (value, rest) = after_length.split_at_checked(length).ok_or(Asn1Error::Truncated)?;
        let raw = bytes.get(..header + length).ok_or(Asn1Error::Truncated)?;
        return Ok((Tlv { tag, raw, value, rules, indefinite: false }, rest));
    }
    // Indefinite: values follow until two zero octets (X.690, clause 8.1.5).
    if !tag.is_constructed() {
        return Err(Asn1Error::BadLength);
    }
    let depth = depth.checked_sub(1).ok_or(Asn1Error::TooDeep)?;
    let mut rest = after_length;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let length = after_length.len() - rest.len();
            let value = after_length.get(..length).ok_or(Asn1Error::Truncated)?;
            let raw = bytes.get(..header + length + 2).ok_or(Asn1Error::Truncated)?;
            return Ok((Tlv { tag, raw, value, rules, indefinite: true }, after));
        }
        (_, rest) = split(rest, rules, depth)?;
    }
}

fn split_tag(bytes: &[u8]) -> Result<(Tag, &[u8]), Asn1Error> {
    let (&first, mut rest) = bytes.split_first().ok_or(Asn1Error::Truncated)?;
    let mut tag = u32::from(first);
    if first & 0x1F == 0x1F {
        loop {
            let (&octet, after) = rest.split_first().ok_or(Asn1Error::Truncated)?;
            // No leading zero bits, and at most two octets after the first: 7F61, 5F2E.
            if (tag <= 0xFF && octet == 0x80) || tag > 0xFFFF {
                return Err(Asn1Error::BadTag);
            }
            tag = (tag << 8) | u32::from(octet);
            rest = after;
            if octet & 0x80 == 0 {
                break;
            }
        }
    }
    Ok((Tag(tag), rest))
}

/// `None` for an indefinite length.
fn split_length(bytes: &[u8], rules: Rules) -> Result<(Option<usize>, &[u8]), Asn1Error> {
    let (&first, rest) = bytes.split_first().ok_or(Asn1Error::Truncated)?;
    match first {
        0..=0x7F => Ok((Some(usize::from(first)), rest)),
        0x80 if rules == Rules::Ber => Ok((None, rest)),
        0x81..=0x84 => {
            let (octets, rest) =
                rest.split_at_checked(usize::from(first & 0x7F)).ok_or(Asn1Error::Truncated)?;
            let length = octets.iter().fold(0usize, |n, o| (n << 8) | usize::from(*o));
            let shortest = length > 0x7F && octets.first() != Some(&0);
            if rules == Rules::Der && !shortest {
                return Err(Asn1Error::BadLength);
            }
            Ok((Some(length), rest))
        }
        _ => Err(Asn1Error::BadLength),
    }
}

/// An object identifier, as its content octets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid<'a>(pub &'a [u8]);

impl fmt::Display for Oid<'_> {
    /// In dotted form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arc: u128 = 0;
        let mut first = true;
        for octet in self.0 {
            // Sixteen octets make at most 112 bits; a longer arc shows its low bits only.
            arc = (arc << 7) | u128::from(octet & 0x7F);
            if octet & 0x80 != 0 {
                continue;
            }
            if first {
                let root = (arc / 40).min(2);
                write!(f, "{root}.{}", arc - 40 * root)?;
            } else {
                write!(f, ".{arc}")?;
            }
            (arc, first) = (0, false);
        }
        Ok(())
    }
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(bytes: &[u8], rules: Rules, expected: Result<(u32, &[u8]), Asn1Error>) {
        let found = Tlv::read(bytes, rules).map(|tlv| (tlv.tag.0, tlv.value));
        assert_eq!(found, expected, "{bytes:02X?}");
    }

    #[test]
    fn tags_and_lengths_in_every_form_are_read_or_refused() {
        use Rules::{Ber, Der};
        read(&[0x02, 1, 5], Der, Ok((0x02, &[5])));
        read(&[0x5F, 0x1F, 1, 5], Der, Ok((0x5F1F, &[5])));
        read(&[0x7F, 0x61, 0], Der, Ok((0x7F61, &[])));
        read(&[0x04, 0x81, 1, 5], Ber, Ok((0x04, &[5])));
        read(&[0x04, 0x81, 1, 5], Der, Err(Asn1Error::BadLength));
        read(&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], Der, Err(Asn1Error::Truncated));
        read(&[0x04, 0x85, 0, 0, 0, 0, 0], Ber, Err(Asn1Error::BadLength));
        read(&[0x30, 0x80, 0x02, 1, 5, 0, 0], Ber, Ok((0x30, &[0x02, 1, 5])));
        read(&[0x30, 0x80, 0x02, 1, 5, 0, 0], Der, Err(Asn1Error::BadLength));
        read(&[0x04, 0x80, 0, 0], Ber, Err(Asn1Error::BadLength));
        read(&[0x30, 0x80, 0x02, 1, 5], Ber, Err(Asn1Error::Truncated));
        read(&[0x02, 1, 5, 0], Der, Err(Asn1Error::Trailing));
        read(&[0x1F, 0x80, 0x01, 0], Der, Err(Asn1Error::BadTag));
        read(&[0x1F, 0x81, 0x81, 0x81, 0x01, 0], Der, Err(Asn1Error::BadTag));
        read(&[], Der, Err(Asn1Error::Truncated));
        read(&[0x30, 0x80].repeat(40), Ber, Err(Asn1Error::TooDeep));
    }

    #[test]
    fn a_string_in_pieces_is_put_together_in_ber_only() {
        let pieces = [0x24, 0x80, 0x04, 2, 1, 2, 0x24, 3, 0x04, 1, 3, 0, 0];
        assert_eq!(Tlv::read(&pieces, Rules::Ber).unwrap().octets().unwrap().as_ref(), [1, 2, 3]);
        assert_eq!(Tlv::read(&[0x24, 3, 0x04, 1, 3], Rules::Der).unwrap().octets(), Err(Asn1Error::BadValue));
    }

    #[test]
    fn integers_lose_their_leading_zeros_and_may_not_be_negative() {
        let of = |bytes: &'static [u8]| Tlv::read(bytes, Rules::Der).unwrap().unsigned();
        assert_eq!(of(&[2, 3, 0, 0, 0x80]), Ok(&[0x80][..]));
        assert_eq!(of(&[2, 1, 0]), Ok(&[][..]));
        assert_eq!(of(&[2, 1, 0x80]), Err(Asn1Error::BadValue));
        assert_eq!(of(&[2, 0]), Err(Asn1Error::BadValue));
    }

    #[test]
    fn object_identifiers_are_shown_in_dotted_form() {
        let oid = |octets: &[u8]| {
            let bytes = [&[6, octets.len() as u8], octets].concat();
            Tlv::read(&bytes, Rules::Der).unwrap().oid().map(|oid| oid.to_string())
        };
        assert_eq!(oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D]).unwrap(), "1.2.840.113549");
        assert_eq!(oid(&[0x88, 0x37, 0x03]).unwrap(), "2.999.3");
        assert_eq!(oid(&[0x2A, 0x80, 0x01]), Err(Asn1Error::BadValue));
        assert_eq!(oid(&[0x2A, 0x86]), Err(Asn1Error::BadValue));
        assert_eq!(oid(&[]), Err(Asn1Error::BadValue));
    }

    #[test]
    fn two_digit_years_turn_at_fifty() {
        let of = |tag: u8, text: &str| {
            let bytes = [&[tag, text.len() as u8], text.as_bytes()].concat();
            Tlv::read(&bytes, Rules::Der).unwrap().time().map(|t| t.to_string())
        };
        assert_eq!(of(0x17, "491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
        assert_eq!(of(0x17, "500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(of(0x17, "0601021504Z").unwrap(), "2006-01-02T15:04:00Z");
        assert_eq!(of(0x18, "20500101000000Z").unwrap(), "2050-01-01T00:00:00Z");
        for wrong in ["491331235959Z", "4912312359", "+91231235959Z", "49123123595é", ""] {
            assert_eq!(of(0x17, wrong), Err(Asn1Error::BadValue), "{wrong}");
        }
    }
}

//! The part of CBOR that a record needs, in its deterministic form (RFC 8949, section 4.2.1).
//!
//! Unsigned and negative integers, byte strings, text strings, arrays and maps with integer keys; shortest heads,
//! definite lengths, keys ascending. Anything else is refused, so one value has one spelling. The reader is driven by
//! the caller's expectations and never recurses: nesting is as deep as the record's own code, whatever the bytes say.

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

/// Why bytes are not the deterministic CBOR that was expected. `at` counts bytes from the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// The bytes end inside an item.
    #[error("the bytes end inside an item at {at}")]
    Truncated {
        /// Where the item begins.
        at: usize,
    },
    /// An item of another type stands where this one is due.
    #[error("expected {expected} at {at}")]
    WrongType {
        /// Where the item begins.
        at: usize,
        /// What is due there.
        expected: &'static str,
    },
    /// A head is longer than needed, or of indefinite length, or reserved.
    #[error("the head at {at} is not the shortest definite one")]
    NotDeterministic {
        /// Where the item begins.
        at: usize,
    },
    /// A length or count is above (or, for fixed sizes, different from) what is allowed there.
    #[error("length {length} at {at}, allowed is {allowed}")]
    BadLength {
        /// Where the item begins.
        at: usize,
        /// The length read.
        length: u64,
        /// The length allowed.
        allowed: usize,
    },
    /// An integer does not fit the field.
    #[error("the integer at {at} does not fit")]
    IntegerRange {
        /// Where the item begins.
        at: usize,
    },
    /// A text string is not UTF-8.
    #[error("the text at {at} is not UTF-8")]
    NotUtf8 {
        /// Where the item begins.
        at: usize,
    },
    /// A map does not hold the key that must come next.
    #[error("field {key} is missing or out of order")]
    MissingField {
        /// The key that is due.
        key: u64,
    },
    /// A map holds keys that are unknown, repeated or out of order.
    #[error("a map ending at {at} holds a field that is unknown, repeated or out of order")]
    UnexpectedField {
        /// Where reading of the map stopped.
        at: usize,
    },
    /// Bytes follow the item.
    #[error("{count} bytes follow the item")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
}

/// Appends items in deterministic form. The caller writes map keys in ascending order.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(crate) fn unsigned(&mut self, value: u64) {
        self.head(UNSIGNED, value);
    }

    pub(crate) fn integer(&mut self, value: i64) {
        // -1 - n is the bitwise complement of n, so the argument of a negative integer is `!value`.
        match u64::try_from(value) {
            Ok(value) => self.head(UNSIGNED, value),
            Err(_) => self.head(NEGATIVE, (!value).unsigned_abs()),
        }
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.head(BYTES, value.len() as u64);
        self.out.extend_from_slice(value);
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.head(TEXT, value.len() as u64);
        self.out.extend_from_slice(value.as_bytes());
    }

    pub(crate) fn array(&mut self, count: usize) {
        self.head(ARRAY, count as u64);
    }

    pub(crate) fn map(&mut self, count: usize) {
        self.head(MAP, count as u64);
    }

    fn head(&mut self, major: u8, argument: u64) {
        let major = major << 5;
        if argument < 24 {
            self.out.push(major | argument as u8);
        } else if let Ok(argument) = u8::try_from(argument) {
            self.out.extend_from_slice(&[major | 24, argument]);
        } else if let Ok(argument) = u16::try_from(argument) {
            self.out.push(major | 25);
            self.out.extend_from_slice(&argument.to_be_bytes());
        } else if let Ok(argument) = u32::try_from(argument) {
            self.out.push(major | 26);
            self.out.extend_from_slice(&argument.to_be_bytes());
        } else {
            self.out.push(major | 27);
            self.out.extend_from_slice(&argument.to_be_bytes());
        }
    }
}

/// Reads the items that the caller expects, in their only spelling.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn finish(self) -> Result<(), CborError> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            count => Err(CborError::TrailingBytes { count }),
        }
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, CborError> {
        self.head(UNSIGNED, "an unsigned integer")
    }

    pub(crate) fn integer(&mut self) -> Result<i64, CborError> {
        let at = self.at;
        let negative = self.bytes.get(at).is_some_and(|first| first >> 5 == NEGATIVE);
        let major = if negative { NEGATIVE } else { UNSIGNED };
        let value = self.head(major, "an integer")?;
        let value = i64::try_from(value).map_err(|_| CborError::IntegerRange { at })?;
        Ok(if negative { !value } else { value })
    }

    pub(crate) fn integer_i32(&mut self) -> Result<i32, CborError> {
        let at = self.at;
        i32::try_from(self.integer()?).map_err(|_| CborError::IntegerRange { at })
    }

    pub(crate) fn bytes_exact<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let at = self.at;
        let length = self.head(BYTES, "a byte string")?;
        let found = if length == N as u64 { self.take(at, N)?.try_into().ok() } else { None };
        found.ok_or(CborError::BadLength { at, length, allowed: N })
    }

    pub(crate) fn text(&mut self, most: usize) -> Result<&'a str, CborError> {
        let at = self.at;
        let length = self.head(TEXT, "a text string")?;
        let length = limited(at, length, most)?;
        std::str::from_utf8(self.take(at, length)?).map_err(|_| CborError::NotUtf8 { at })
    }

    /// The array of up to `most` items, each read by `item`.
    pub(crate) fn array<T, E: From<CborError>>(
        &mut self,
        most: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let at = self.at;
        let count = self.head(ARRAY, "an array")?;
        (0..limited(at, count, most)?).map(|_| item(self)).collect()
    }

    /// Opens a map of up to `most` pairs.
    pub(crate) fn map(&mut self, most: usize) -> Result<MapReader<'_, 'a>, CborError> {
        let at = self.at;
        let count = self.head(MAP, "a map")?;
        Ok(MapReader { left: limited(at, count, most)?, next: None, reader: self })
    }

    fn head(&mut self, major: u8, expected: &'static str) -> Result<u64, CborError> {
        let at = self.at;
        let first = *self.bytes.get(at).ok_or(CborError::Truncated { at })?;
        if first >> 5 != major {
            return Err(CborError::WrongType { at, expected });
        }
        self.at += 1;
        let (argument, least) = match first & 0x1f {
            small @ 0..=23 => return Ok(u64::from(small)),
            24 => (self.argument(at, 1)?, 24),
            25 => (self.argument(at, 2)?, 1 << 8),
            26 => (self.argument(at, 4)?, 1 << 16),
            27 => (self.argument(at, 8)?, 1 << 32),
            _ => return Err(CborError::NotDeterministic { at }),
        };
        if argument < least { Err(CborError::NotDeterministic { at }) } else { Ok(argument) }
    }

    fn argument(&mut self, at: usize, width: usize) -> Result<u64, CborError> {
        Ok(self.take(at, width)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The next `count` bytes of the item that begins at `at`.
    fn take(&mut self, at: usize, count: usize) -> Result<&'a [u8], CborError> {
        let end = self.at.checked_add(count).ok_or(CborError::Truncated { at })?;
        let taken = self.bytes.get(self.at..end).ok_or(CborError::Truncated { at })?;
        self.at = end;
        Ok(taken)
    }
}

/// Reads the pairs of a map whose keys must come in the order in which they are asked for, which is ascending.
pub(crate) struct MapReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    left: usize,
    next: Option<u64>,
}

impl<'a> MapReader<'_, 'a> {
    pub(crate) fn required<T, E: From<CborError>>(
        &mut self,
        key: u64,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.optional(key, read)?.ok_or_else(|| CborError::MissingField { key }.into())
    }

    pub(crate) fn optional<T, E: From<CborError>>(
        &mut self,
        key: u64,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        if self.next.is_none() && self.left > 0 {
            self.next = Some(self.reader.unsigned()?);
            self.left -= 1;
        }
        if self.next != Some(key) {
            return Ok(None);
        }
        self.next = None;
        read(self.reader).map(Some)
    }

    pub(crate) fn finish(self) -> Result<(), CborError> {
        if self.next.is_some() || self.left > 0 {
            return Err(CborError::UnexpectedField { at: self.reader.at });
        }
        Ok(())
    }
}

fn limited(at: usize, length: u64, most: usize) -> Result<usize, CborError> {
    usize::try_from(length).ok().filter(|length| *length <= most).ok_or(CborError::BadLength {
        at,
        length,
        allowed: most,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_integer(value: i64, hex: &str) {
        let mut writer = Writer::default();
        writer.integer(value);
        let bytes = writer.into_bytes();
        assert_eq!(hex::encode(&bytes), hex, "{value}");
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.integer(), Ok(value), "{hex}");
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn integers_are_written_as_in_appendix_a_of_rfc_8949() {
        for (value, hex) in [
            (0, "00"),
            (10, "0a"),
            (23, "17"),
            (24, "1818"),
            (100, "1864"),
            (1000, "1903e8"),
            (1_000_000, "1a000f4240"),
            (1_000_000_000_000, "1b000000e8d4a51000"),
            (-1, "20"),
            (-10, "29"),
            (-100, "3863"),
            (-1000, "3903e7"),
            (i64::MAX, "1b7fffffffffffffff"),
            (i64::MIN, "3b7fffffffffffffff"),
        ] {
            check_integer(value, hex);
        }
    }

    #[test]
    fn every_head_that_is_longer_than_needed_is_refused() {
        for hex in ["1817", "190000", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "1c", "1f"] {
            let bytes = hex::decode(hex).unwrap();
            assert_eq!(Reader::new(&bytes).integer(), Err(CborError::NotDeterministic { at: 0 }), "{hex}");
        }
    }

    #[test]
    fn indefinite_lengths_are_refused() {
        assert_eq!(Reader::new(&[0x7f, 0xff]).text(9), Err(CborError::NotDeterministic { at: 0 }));
        assert_eq!(Reader::new(&[0x5f, 0xff]).bytes_exact::<1>(), Err(CborError::NotDeterministic { at: 0 }));
        assert!(matches!(
            Reader::new(&[0xbf, 0xff]).map(9).err(),
            Some(CborError::NotDeterministic { at: 0 })
        ));
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_anything_is_allocated() {
        let huge = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let read = Reader::new(&huge).array(9, |reader| reader.unsigned());
        assert_eq!(read, Err(CborError::BadLength { at: 0, length: u64::MAX, allowed: 9 }));
        assert_eq!(Reader::new(&[0x62, b'a']).text(9), Err(CborError::Truncated { at: 0 }));
    }

    #[test]
    fn map_keys_out_of_order_repeated_or_unknown_are_refused() {
        let check = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            let mut map = reader.map(4)?;
            map.required(1, |r| r.unsigned())?;
            map.optional(2, |r| r.unsigned())?;
            map.finish()
        };
        assert_eq!(check(&[0xa1, 1, 0]), Ok(()));
        assert_eq!(check(&[0xa2, 1, 0, 2, 0]), Ok(()));
        assert_eq!(check(&[0xa2, 2, 0, 1, 0]), Err(CborError::MissingField { key: 1 }));
        assert_eq!(check(&[0xa2, 1, 0, 1, 0]), Err(CborError::UnexpectedField { at: 4 }));
        assert_eq!(check(&[0xa2, 1, 0, 3, 0]), Err(CborError::UnexpectedField { at: 4 }));
        assert_eq!(check(&[0xa3, 1, 0, 2, 0, 3, 0]), Err(CborError::UnexpectedField { at: 5 }));
    }
}

//! A zone from fields, with its check digits: for sample cards and tests.

use jiff::civil::Date;

use super::layout::{Layout, Span};
use super::zone::MAX_CHARS;
use super::{Format, check_digit, layout};
use crate::facts::{Names, Sex};
use crate::state::StateCode;

/// What goes into a new zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewZone {
    /// The format; the French card cannot be written.
    pub format: Format,
    /// One or two letters.
    pub document_code: String,
    /// Who issues the document.
    pub issuing_state: StateCode,
    /// The number; in TD1 and TD2 it may be longer than nine characters.
    pub document_number: String,
    /// The names in Latin letters; apostrophes are left out, hyphens and commas separate components.
    pub names: Names,
    /// The holder's nationality.
    pub nationality: StateCode,
    /// The holder's birth date.
    pub birth_date: Date,
    /// The sex stated.
    pub sex: Sex,
    /// The last valid day.
    pub expiry_date: Date,
    /// Letters, digits and spaces for the optional field.
    pub optional_data: String,
}

/// Writes a zone and gives its lines.
///
/// ```
/// use jiff::civil::date;
/// use lineward_document::{Names, Sex, mrz, state::StateCode};
/// let lines = mrz::write(&mrz::NewZone {
///     format: mrz::Format::Td1,
///     document_code: "I".into(),
///     issuing_state: StateCode::UTOPIA,
///     document_number: "D23145890".into(),
///     names: Names { primary: "Eriksson".into(), secondary: "Anna Maria".into() },
///     nationality: StateCode::UTOPIA,
///     birth_date: date(1974, 8, 12),
///     sex: Sex::Female,
///     expiry_date: date(2012, 4, 15),
///     optional_data: String::new(),
/// })?;
/// assert_eq!(lines[1], "7408122F1204159UTO<<<<<<<<<<<6");
/// # Ok::<(), mrz::WriteError>(())
/// ```
///
/// # Errors
/// [`WriteError`] when a field does not fit or holds what a zone cannot. Names that are too long are cut off
/// (9303-5, section 4.2.3), never refused.
pub fn write(zone: &NewZone) -> Result<Vec<String>, WriteError> {
    if zone.format == Format::FrenchId {
        return Err(WriteError::Format(zone.format));
    }
    let layout = layout::of(zone.format);
    let mut chars = [b'<'; MAX_CHARS];
    let code = plain(&zone.document_code, "document_code")?;
    if code.len() > 2 || !code.first().is_some_and(|first| layout.first_letters.contains(first)) {
        return Err(WriteError::Format(zone.format));
    }
    put(&mut chars, Span(0, 2), &code, "document_code")?;
    put(&mut chars, layout.issuing_state, &zone.issuing_state.chars(), "issuing_state")?;
    if let Some(span) = layout.nationality {
        put(&mut chars, span, &zone.nationality.chars(), "nationality")?;
    }
    put(&mut chars, layout.names, &names(&zone.names, layout.names.1 - layout.names.0)?, "names")?;
    put(&mut chars, layout.birth.span, &six_digits(zone.birth_date), "birth_date")?;
    chars[layout.sex] = match zone.sex {
        Sex::Male => b'M',
        Sex::Female => b'F',
        Sex::Unspecified => b'<',
    };
    if let Some(expiry) = layout.expiry {
        put(&mut chars, expiry.span, &six_digits(zone.expiry_date), "expiry_date")?;
    }
    number_and_optional(&mut chars, layout, zone)?;
    check_digits(&mut chars, layout);
    let lines = chars[..layout.len()].chunks(layout.width);
    Ok(lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect())
}

/// Why a zone cannot be written. The values stay out of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The format cannot be written, or not with this document code.
    #[error("{0} cannot be written with this document code")]
    Format(Format),
    /// A field has a character that a zone cannot hold.
    #[error("{field} has a character at {index} that a zone cannot hold")]
    Character {
        /// The field.
        field: &'static str,
        /// Which of its characters, counted from 0.
        index: usize,
    },
    /// A field is longer than its place.
    #[error("{field} has {chars} characters, {limit} fit")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its length.
        chars: usize,
        /// The length of its place.
        limit: usize,
    },
}

fn number_and_optional(chars: &mut [u8], layout: &Layout, zone: &NewZone) -> Result<(), WriteError> {
    let number = plain(&zone.document_number, "document_number")?;
    let mut optional = plain(&zone.optional_data, "optional_data")?;
    let principal = layout.number.span.1 - layout.number.span.0;
    if number.len() > principal && layout.long_number {
        // 9303-5 and 9303-6, section 4.2.2, note j.
        put(chars, layout.number.span, &number[..principal], "document_number")?;
        let mut rest = number[principal..].to_vec();
        rest.push(check_digit::digit_over([number.as_slice()]));
        rest.push(b'<');
        rest.append(&mut optional);
        put(chars, layout.optional, &rest, "document_number")
    } else {
        put(chars, layout.number.span, &number, "document_number")?;
        chars[layout.number.digit] = check_digit::digit_over([layout.number.span.of(chars)]);
        put(chars, layout.optional, &optional, "optional_data")
    }
}

fn check_digits(chars: &mut [u8], layout: &Layout) {
    for field in [Some(layout.birth), layout.expiry].into_iter().flatten() {
        chars[field.digit] = check_digit::digit_over([field.span.of(chars)]);
    }
    if let Some(digit) = layout.optional_digit {
        chars[digit] = check_digit::digit_over([layout.optional.of(chars)]);
    }
    if let Some(digit) = layout.composite_digit {
        chars[digit] = check_digit::composite_digit(chars, layout.composite);
    }
}

fn put(chars: &mut [u8], span: Span, text: &[u8], field: &'static str) -> Result<(), WriteError> {
    let limit = span.1 - span.0;
    if text.len() > limit {
        return Err(WriteError::TooLong { field, chars: text.len(), limit });
    }
    chars[span.0..span.0 + text.len()].copy_from_slice(text);
    Ok(())
}

fn plain(text: &str, field: &'static str) -> Result<Vec<u8>, WriteError> {
    let map = |(index, char): (usize, char)| match char {
        ' ' | '<' => Ok(b'<'),
        _ if char.is_ascii_alphanumeric() => Ok(char.to_ascii_uppercase() as u8),
        _ => Err(WriteError::Character { field, index }),
    };
    text.trim().chars().enumerate().map(map).collect()
}

/// Punctuation as in 9303-3, section 4.6.
fn name(text: &str) -> Result<Vec<u8>, WriteError> {
    let mut chars = Vec::new();
    for (index, char) in text.trim().chars().enumerate() {
        match char {
            'A'..='Z' | 'a'..='z' => chars.push(char.to_ascii_uppercase() as u8),
            ' ' | '-' | ',' if chars.last() != Some(&b'<') => chars.push(b'<'),
            ' ' | '-' | ',' | '\'' | '.' => {}
            _ => return Err(WriteError::Character { field: "names", index }),
        }
    }
    Ok(chars)
}

/// Both identifiers within `width`. Names that do not fit are cut so that the last character is a letter, which says
/// that they may be cut, and at least one letter of the secondary identifier stays (9303-6, section 4.2.2.1).
fn names(names: &Names, width: usize) -> Result<Vec<u8>, WriteError> {
    let mut primary = name(&names.primary)?;
    let secondary = name(&names.secondary)?;
    if !secondary.is_empty() && primary.len() + 2 + secondary.len() > width {
        primary.truncate(width - 3);
    }
    loop {
        while primary.last() == Some(&b'<') {
            primary.pop();
        }
        let mut joined = primary.clone();
        if !secondary.is_empty() {
            joined.extend_from_slice(b"<<");
            joined.extend_from_slice(&secondary);
        }
        let cut = joined.len() > width;
        joined.truncate(width);
        if !cut || joined.last() != Some(&b'<') || primary.pop().is_none() {
            return Ok(joined);
        }
    }
}

fn six_digits(date: Date) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    // Each part is below one hundred, so both its digits fit a byte.
    for (index, part) in
        [date.year().rem_euclid(100) as u8, date.month() as u8, date.day() as u8].into_iter().enumerate()
    {
        digits[2 * index] += part / 10;
        digits[2 * index + 1] += part % 10;
    }
    digits
}

//! The Spanish DNI (eight digits) and NIE for foreigners (`X`, `Y` or `Z` and seven digits), each with a control letter
//! modulo 23 (Real Decreto 1553/2005 for the DNI; Real Decreto 557/2011, article 206, and order INT/2058/2008 for the
//! NIE). They say nothing about their holder.

use super::text::{Compact, text};
use super::{NumberError, NumberFacts, NumberFinding, Scheme};

pub(super) fn check_dni(typed: &str) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-");
    let (number, _) = compact.chars().split_last().map_or((&[][..], 0), |(last, rest)| (rest, *last));
    if number.is_empty() || !number.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Format);
    }
    let chars = compact.exactly::<9>("9")?;
    controlled(&chars, 0).map(|()| NumberFacts::new(Scheme::EsDni, text(&chars)))
}

pub(super) fn check_nie(typed: &str) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-");
    let first = match compact.chars() {
        [first @ b'X'..=b'Z', digits @ .., _]
            if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
        {
            *first
        }
        _ => return Err(NumberError::Format),
    };
    let chars = compact.exactly::<9>("9")?;
    controlled(&chars, first - b'X')?;
    let mut facts = NumberFacts::new(Scheme::EsNie, text(&chars));
    facts.findings.push(NumberFinding::ForeignNational);
    Ok(facts)
}

/// Compares the control letter. In place of its letter a NIE counts 0, 1 or 2 as its first digit.
fn controlled(chars: &[u8; 9], of_letter: u8) -> Result<(), NumberError> {
    let first = if chars[0].is_ascii_digit() { chars[0] - b'0' } else { of_letter };
    let number =
        chars[1..8].iter().fold(usize::from(first), |sum, digit| sum * 10 + usize::from(digit - b'0'));
    if LETTERS[number % LETTERS.len()] == chars[8] { Ok(()) } else { Err(NumberError::Checksum) }
}

const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_judged_by_their_control_letter() {
        let dni = |value: &str| check_dni(value).map(|facts| facts.normalised).map_err(|e| e.code());
        let nie = |value: &str| check_nie(value).map(|facts| facts.normalised).map_err(|e| e.code());
        assert_eq!(dni("54362315-k").as_deref(), Ok("54362315K"));
        assert_eq!(nie("x-2482300w").as_deref(), Ok("X2482300W"));
        for (value, expected) in [
            ("", "invalid_format"),
            ("K", "invalid_format"),
            ("5436231AK", "invalid_format"),
            ("54362315", "invalid_length"),
            ("543623155K", "invalid_length"),
            ("54362315Z", "invalid_checksum"),
            ("543623151", "invalid_checksum"),
        ] {
            assert_eq!(dni(value), Err(expected), "{value}");
        }
        for (value, expected) in [
            ("", "invalid_format"),
            ("X", "invalid_format"),
            ("XW", "invalid_format"),
            ("W2482300W", "invalid_format"),
            ("X2482300", "invalid_length"),
            ("X2482300A", "invalid_checksum"),
            ("Y2482300W", "invalid_checksum"),
        ] {
            assert_eq!(nie(value), Err(expected), "{value}");
        }
    }
}

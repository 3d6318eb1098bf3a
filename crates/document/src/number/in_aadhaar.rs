//! Aadhaar, the number of residents of India: eleven random digits, not beginning with 0 or 1, and a Verhoeff check
//! digit; no palindrome (UIDAI, A UID Numbering Scheme, 2010). It says nothing about its holder.

use super::text::{Compact, digits_text};
use super::{NumberError, NumberFacts, Scheme};

pub(super) fn check(typed: &str) -> Result<NumberFacts, NumberError> {
    let digits = Compact::of(typed, b"-").digits::<12>("12")?;
    if digits[0] < 2 || digits.iter().eq(digits.iter().rev()) {
        return Err(NumberError::Format);
    }
    if verhoeff(&digits) != 0 {
        return Err(NumberError::Checksum);
    }
    Ok(NumberFacts::new(Scheme::InAadhaar, digits_text(&digits)))
}

/// Verhoeff's sum: zero when the last digit agrees. It catches every single wrong digit and every exchange of two
/// neighbours (J. Verhoeff, Error detecting decimal codes, 1969).
fn verhoeff(digits: &[u8]) -> u8 {
    digits.iter().rev().enumerate().fold(0, |sum, (place, digit)| {
        let turned =
            (0..place % 8).fold(usize::from(*digit), |digit, _| usize::from(PERMUTATION[digit % 10]));
        multiply(sum, turned as u8)
    })
}

/// The permutation that each place applies once more than the place to its right; eight times it is the identity.
const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// The product in the dihedral group of the pentagon: 0 to 4 are turns, 5 to 9 reflections.
fn multiply(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left + 5 - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_code(value: &str) -> Result<String, &'static str> {
        check(value).map(|facts| facts.normalised).map_err(|error| error.code())
    }

    #[test]
    fn numbers_are_judged_by_length_beginning_palindrome_and_check_digit() {
        assert_eq!(check_code("2341 2341-2346").as_deref(), Ok("234123412346"));
        for (value, expected) in [
            ("", "invalid_length"),
            ("23412341234", "invalid_length"),
            ("2341234123466", "invalid_length"),
            ("134123412346", "invalid_format"),
            ("23412341234A", "invalid_format"),
            ("234567765432", "invalid_format"),
            ("234123412347", "invalid_checksum"),
        ] {
            assert_eq!(check_code(value), Err(expected), "{value}");
        }
    }

    #[test]
    fn the_published_example_of_verhoeff_comes_out() {
        assert_eq!(verhoeff(&[2, 3, 6, 3]), 0);
        assert_ne!(verhoeff(&[2, 3, 6, 9]), 0);
    }
}

//! What is left of a typed number without blanks and separators, and what the schemes have in common.

use jiff::civil::Date;

use super::NumberError;

/// How many characters are kept. The longest number has 18.
const KEPT: usize = 24;

/// The characters of a number in upper case, without blanks and separators.
pub(super) struct Compact {
    chars: [u8; KEPT],
    count: usize,
    all_digits: bool,
}

impl Compact {
    /// Leaves out blanks and the separators of a scheme. Dashes of any width count as `-`, full-width letters and
    /// digits as plain ones; what has no place in any number is kept as a zero byte.
    pub(super) fn of(value: &str, separators: &[u8]) -> Self {
        let mut compact = Self { chars: [0; KEPT], count: 0, all_digits: true };
        for char in value.chars().map(plain).filter(|char| *char != b' ' && !separators.contains(char)) {
            if let Some(place) = compact.chars.get_mut(compact.count) {
                *place = char;
            }
            compact.count += 1;
            compact.all_digits &= char.is_ascii_digit();
        }
        compact
    }

    /// The characters, as far as they are kept.
    pub(super) fn chars(&self) -> &[u8] {
        &self.chars[..self.count.min(KEPT)]
    }

    /// How many characters there are, also beyond those kept.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// All characters, when there are exactly `N`.
    pub(super) fn exactly<const N: usize>(&self, expected: &'static str) -> Result<[u8; N], NumberError> {
        match self.chars().try_into() {
            Ok(chars) if self.count == N => Ok(chars),
            _ => Err(NumberError::Length { chars: self.count, expected }),
        }
    }

    /// The values of all characters, when they are `N` digits. The length is judged before the characters.
    pub(super) fn digits<const N: usize>(&self, expected: &'static str) -> Result<[u8; N], NumberError> {
        let chars = self.exactly::<N>(expected)?;
        self.only_digits()?;
        Ok(chars.map(|char| char - b'0'))
    }

    /// An error unless there is at least one character and each is a digit.
    pub(super) fn only_digits(&self) -> Result<(), NumberError> {
        if self.count > 0 && self.all_digits { Ok(()) } else { Err(NumberError::Format) }
    }
}

fn plain(char: char) -> u8 {
    match char {
        'a'..='z' => char.to_ascii_uppercase() as u8,
        '!'..='~' => char as u8,
        // Hyphens and dashes, the minus sign, and their small and wide forms.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => b'-',
        // The full-width forms stand in the order of ASCII.
        '\u{FF01}'..='\u{FF5E}' => ((char as u32 - 0xFEE0) as u8).to_ascii_uppercase(),
        _ if char.is_whitespace() => b' ',
        _ => 0,
    }
}

/// The number as text.
pub(super) fn text(chars: &[u8]) -> String {
    chars.iter().map(|char| char::from(*char)).collect()
}

/// The digits as text.
pub(super) fn digits_text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + *digit)).collect()
}

/// The value of a run of digits, at most four of them.
pub(super) fn value(digits: &[u8]) -> i16 {
    digits.iter().fold(0, |sum, digit| sum * 10 + i16::from(*digit))
}

/// The sum of the digits, each times its weight.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The birth date, unless it is no day or lies after `today`.
pub(super) fn born(year: i16, month: i16, day: i16, today: Date) -> Result<Date, NumberError> {
    date(year, month, day).filter(|date| *date <= today).ok_or(NumberError::BirthDate)
}

/// How old a person is at least whose number leaves the century open. Such a number is read as the latest date that
/// makes its holder at least this old, and the facts say that the century is assumed. Fourteen is the age from which
/// Italy, whose number this mostly concerns, lets people consent for themselves (legislative decree 196/2003, article
/// 2-quinquies, by article 8 of the GDPR): a younger person has no line of their own.
const YOUNGEST: i16 = 14;

/// The birth date for a two-digit year whose century the number does not state.
pub(super) fn born_in_some_century(
    two_digits: i16,
    month: i16,
    day: i16,
    today: Date,
) -> Result<Date, NumberError> {
    let century = today.year() - today.year().rem_euclid(100);
    let old_enough = |date: &Date| {
        let years = today.year() - date.year();
        years > YOUNGEST || (years == YOUNGEST && (date.month(), date.day()) <= (today.month(), today.day()))
    };
    [century, century - 100, century - 200]
        .into_iter()
        .filter_map(|century| date(century.checked_add(two_digits)?, month, day))
        .find(old_enough)
        .ok_or(NumberError::BirthDate)
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn blanks_separators_and_wide_characters_are_put_right() {
        let check =
            |value: &str, expected: &str| assert_eq!(text(Compact::of(value, b"-").chars()), expected);
        check(" 12\u{2013}34 \u{3000}5", "12345");
        check("\u{FF11}\u{FF12}\u{FF41}x", "12AX");
        check("1.2", "1.2");
        check("1\u{E9}\u{661}2", "1\0\x002");
        assert_eq!(Compact::of(&"7".repeat(100), b"").count(), 100);
    }

    #[test]
    fn an_open_century_makes_the_holder_at_least_fourteen() {
        let today = date(2026, 11, 24);
        let born = |year, month, day| born_in_some_century(year, month, day, today);
        assert_eq!(born(12, 11, 24), Ok(date(2012, 11, 24)));
        assert_eq!(born(12, 11, 25), Ok(date(1912, 11, 25)));
        assert_eq!(born(23, 8, 2), Ok(date(1923, 8, 2)));
        // 1900 had no such day.
        assert_eq!(born(0, 2, 29), Ok(date(2000, 2, 29)));
        assert_eq!(born(83, 2, 29), Err(NumberError::BirthDate));
    }
}

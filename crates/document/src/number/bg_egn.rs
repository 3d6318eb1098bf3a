//! EGN, the Bulgarian uniform civil number (civil registration act, article 11): birth date with the century in the
//! month, three digits of order of which the last is even for men, and a check digit modulo 11.

use jiff::civil::Date;

use super::text::{Compact, born, digits_text, value, weighted};
use super::{NumberError, NumberFacts, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-.");
    compact.only_digits()?;
    let digits = compact.digits::<10>("10")?;
    let (century, month) = match value(&digits[2..4]) {
        month @ 41.. => (2000, month - 40),
        month @ 21..=40 => (1800, month - 20),
        month => (1900, month),
    };
    let birth_date = born(century + value(&digits[..2]), month, value(&digits[4..6]), today)?;
    if weighted(&digits[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 != u32::from(digits[9]) {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::BgEgn, digits_text(&digits));
    facts.birth_date = Some(birth_date);
    facts.sex = Some(if digits[8] % 2 == 0 { Sex::Male } else { Sex::Female });
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_number_states_birth_and_sex() {
        let check = |number, today, born, sex| {
            let facts = check(number, today).unwrap();
            assert_eq!((facts.birth_date, facts.sex), (Some(born), Some(sex)), "{number}");
        };
        check("752316 926 3", date(2026, 11, 24), date(1875, 3, 16), Sex::Male);
        check("8032056031", date(2026, 11, 24), date(1880, 12, 5), Sex::Female);
        check("7542011030", date(2075, 2, 1), date(2075, 2, 1), Sex::Female);
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("", "invalid_format"),
            ("7552A10004", "invalid_format"),
            ("755201000", "invalid_length"),
            ("8019010008", "invalid_component"),
            ("7542011030", "invalid_component"),
            ("8032056032", "invalid_checksum"),
        ] {
            assert_eq!(check(value, date(2026, 11, 24)).unwrap_err().code(), expected, "{value}");
        }
    }
}

//! PESEL, the number of the Polish population register (act of 24 September 2010, article 15): birth date with the
//! century in the month, four digits of order of which the last is odd for men, and a check digit.

use jiff::civil::Date;

use super::text::{Compact, born, digits_text, value, weighted};
use super::{NumberError, NumberFacts, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-");
    compact.only_digits()?;
    let digits = compact.digits::<11>("11")?;
    if !weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10) {
        return Err(NumberError::Checksum);
    }
    /// By twenties in the month: 01 to 12 are of the 1900s, 21 to 32 of the 2000s and so on.
    const CENTURIES: [i16; 5] = [1900, 2000, 2100, 2200, 1800];
    let month = value(&digits[2..4]);
    let century = CENTURIES[usize::from(digits[2] / 2) % CENTURIES.len()];
    let birth_date = born(century + value(&digits[..2]), month % 20, value(&digits[4..6]), today)?;
    let mut facts = NumberFacts::new(Scheme::PlPesel, digits_text(&digits));
    facts.birth_date = Some(birth_date);
    facts.sex = Some(if digits[9] % 2 == 1 { Sex::Male } else { Sex::Female });
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_number_states_birth_and_sex() {
        let check = |number, born, sex| {
            let facts = check(number, date(2026, 11, 24)).unwrap();
            assert_eq!((facts.birth_date, facts.sex), (Some(born), Some(sex)), "{number}");
        };
        check("44051401359", date(1944, 5, 14), Sex::Male);
        check("02122401358", date(1902, 12, 24), Sex::Male);
        check("02211307589", date(2002, 1, 13), Sex::Female);
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("", "invalid_format"),
            ("4405140135A", "invalid_format"),
            ("4405140135", "invalid_length"),
            ("44051401358", "invalid_checksum"),
            ("02381307589", "invalid_component"),
            // 2044, and 2102.
            ("44251401355", "invalid_component"),
            ("02411307585", "invalid_component"),
        ] {
            let error = check(value, date(2026, 11, 24)).unwrap_err();
            assert_eq!(error.code(), expected, "{value}");
        }
    }
}

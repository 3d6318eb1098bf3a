//! The Swedish personnummer (population registration act 1991:481, section 18): birth date, three digits of order of
//! which the last is odd for men, and a Luhn check digit over the last ten. In the form of ten digits a `-` before the
//! last four becomes a `+` in the year in which the holder turns a hundred.
//!
//! Coordination numbers (samordningsnummer, the day raised by 60) are given to people who are not registered as
//! resident; they are no personnummer and are refused, as python-stdnum does.

use jiff::civil::Date;

use super::text::{Compact, born, text, value};
use super::{NumberError, NumberFacts, NumberFinding, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let written = Written::read(&Compact::of(typed, b":"))?;
    let digits = written.digits();
    let year = match written.century {
        Some(century) => century,
        None => {
            let this = today.year();
            let century = this - this.rem_euclid(100);
            let earlier = if value(&digits[..2]) > this.rem_euclid(100) { 100 } else { 0 };
            let hundred = if written.sign == b'+' { 100 } else { 0 };
            century - earlier - hundred
        }
    };
    let birth_date = born(year + value(&digits[..2]), value(&digits[2..4]), value(&digits[4..6]), today)?;
    if !super::luhn(&digits) {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::SePersonnummer, written.text());
    facts.birth_date = Some(birth_date);
    facts.sex = Some(if digits[8] % 2 == 1 { Sex::Male } else { Sex::Female });
    if written.century.is_none() && !written.signed {
        facts.findings.push(NumberFinding::CenturyAssumed);
    }
    Ok(facts)
}

/// A number as it was written, its characters sorted.
struct Written {
    /// The year without its last two digits, times 100, in the form of twelve digits.
    century: Option<i16>,
    /// The last ten digits as characters.
    ten: [u8; 10],
    /// `-` or `+`; `-` where none was written.
    sign: u8,
    /// Whether a sign was written.
    signed: bool,
}

impl Written {
    fn read(compact: &Compact) -> Result<Self, NumberError> {
        let length = NumberError::Length { chars: compact.count(), expected: "10 or 12 digits" };
        let chars = compact.chars();
        let is_sign = |char: &u8| matches!(char, b'-' | b'+');
        let (front, sign, last_four) = match chars {
            _ if compact.count() > chars.len() => return Err(length),
            [front @ .., sign, a, b, c, d] if is_sign(sign) || !matches!(chars.len(), 10 | 12) => {
                (front, Some(*sign), [*a, *b, *c, *d])
            }
            [front @ .., a, b, c, d] => (front, None, [*a, *b, *c, *d]),
            _ => return Err(length),
        };
        // Signs elsewhere are separators.
        let mut date = [0; 8];
        let mut count = 0;
        for char in front.iter().filter(|char| !is_sign(char)) {
            if let Some(place) = date.get_mut(count) {
                *place = *char;
            }
            count += 1;
        }
        let (century, six) = match (count, &date) {
            (6, [six @ .., _, _]) => (None, *six),
            (8, [first, second, six @ ..]) => (Some([*first, *second]), *six),
            _ => return Err(length),
        };
        let mut ten = [0; 10];
        ten[..6].copy_from_slice(&six);
        ten[6..].copy_from_slice(&last_four);
        if !sign.as_ref().is_none_or(is_sign)
            || !ten.iter().chain(century.iter().flatten()).all(u8::is_ascii_digit)
        {
            return Err(NumberError::Format);
        }
        let century = century.map(|pair| value(&pair.map(|char| char - b'0')) * 100);
        Ok(Self { century, ten, sign: sign.unwrap_or(b'-'), signed: sign.is_some() })
    }

    fn digits(&self) -> [u8; 10] {
        self.ten.map(|char| char - b'0')
    }

    fn text(&self) -> String {
        let (date, last_four) = self.ten.split_at(6);
        let century = self.century.map(|century| format!("{:02}", century / 100)).unwrap_or_default();
        format!("{century}{}{}{}", text(date), char::from(self.sign), text(last_four))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn a_number_states_birth_and_sex() {
        let check = |number, normalised: &str, born, sex| {
            let facts = check(number, TODAY).unwrap();
            assert_eq!(facts.normalised, normalised);
            assert_eq!((facts.birth_date, facts.sex), (Some(born), Some(sex)), "{number}");
        };
        check("880320-0016", "880320-0016", date(1988, 3, 20), Sex::Male);
        check("8803200016", "880320-0016", date(1988, 3, 20), Sex::Male);
        check("8803-20-0016", "880320-0016", date(1988, 3, 20), Sex::Male);
        check("198803200016", "19880320-0016", date(1988, 3, 20), Sex::Male);
        check("880320+0016", "880320+0016", date(1888, 3, 20), Sex::Male);
        check("890102-3286", "890102-3286", date(1989, 1, 2), Sex::Female);
        check("121212+1212", "121212+1212", date(1912, 12, 12), Sex::Male);
        check("121212-1212", "121212-1212", date(2012, 12, 12), Sex::Male);
    }

    #[test]
    fn all_spellings_identify_one_person() {
        let identity = |number| check(number, TODAY).unwrap().identity();
        for number in ["880320-0016", "8803200016", "19880320-0016", "198803200016"] {
            assert_eq!(identity(number), "198803200016", "{number}");
        }
        assert_eq!(identity("880320+0016"), "188803200016");
    }

    #[test]
    fn the_sign_changes_in_the_year_of_the_hundredth_birthday() {
        let born = |number: &str, today| check(number, today).unwrap().birth_date.unwrap().year();
        assert_eq!(born("121212-1212", date(2011, 12, 31)), 1912);
        assert_eq!(born("121212-1212", date(2012, 12, 12)), 2012);
        assert_eq!(born("121212+1212", date(2012, 1, 1)), 1912);
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("", "invalid_length"),
            ("880320016", "invalid_length"),
            ("1880320-0016", "invalid_length"),
            ("88O320-0016", "invalid_format"),
            ("88032010016", "invalid_format"),
            ("880320 A016", "invalid_format"),
            ("880230-0016", "invalid_component"),
            // A coordination number.
            ("701063-2391", "invalid_component"),
            ("880320-0018", "invalid_checksum"),
        ] {
            assert_eq!(check(value, TODAY).unwrap_err().code(), expected, "{value}");
        }
    }
}

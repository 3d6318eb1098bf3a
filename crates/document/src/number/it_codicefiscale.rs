//! The Italian codice fiscale (decree of the Minister of Finance of 23 December 1976): six letters of the names, two
//! digits of the year, a letter for the month, the day (40 more for women), the cadastral code of the place of birth
//! and a control letter. Where two people would get the same, digits are replaced by letters from the right (omocodia).
//! Eleven digits are the code of an organisation, the same as its VAT number, or a provisional code of a person.
//!
//! The year has two digits: the century is assumed.

use jiff::civil::Date;

use super::text::{Compact, born_in_some_century, digits_text, text, value};
use super::{NumberError, NumberFacts, NumberFinding, Region, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-:");
    if compact.count() == 11 {
        return eleven_digits(&compact);
    }
    let chars = compact.exactly::<16>("16 (or 11 for organisations)")?;
    let (digits, month) = parts(&chars).ok_or(NumberError::Format)?;
    if control_letter(&chars) != chars[15] {
        return Err(NumberError::Checksum);
    }
    let [y1, y2, d1, d2, p1, p2, p3] = digits;
    let day_and_sex = value(&[d1, d2]);
    let (day, sex) =
        if day_and_sex > 40 { (day_and_sex - 40, Sex::Female) } else { (day_and_sex, Sex::Male) };
    let mut facts = NumberFacts::new(Scheme::ItCodiceFiscale, text(&chars));
    facts.birth_date = Some(born_in_some_century(value(&[y1, y2]), month, day, today)?);
    facts.sex = Some(sex);
    let place = digits_text(&[p1, p2, p3]);
    facts.region = Some(Region { code: format!("{}{place}", char::from(chars[11])), name: None });
    facts.findings.push(NumberFinding::CenturyAssumed);
    Ok(facts)
}

/// The seven digits (year, day, place) with the letters of omocodia put back, and the month; `None` when some
/// character has no place where it stands.
fn parts(chars: &[u8; 16]) -> Option<([u8; 7], i16)> {
    /// The letters for the months from January.
    const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
    let letters = chars[..6].iter().chain([&chars[11], &chars[15]]).all(u8::is_ascii_uppercase);
    let month = MONTHS.iter().zip(1..).find(|(letter, _)| **letter == chars[8])?.1;
    let mut digits = [0; 7];
    for (digit, at) in digits.iter_mut().zip([6, 7, 9, 10, 12, 13, 14]) {
        *digit = omocodia(chars[at])?;
    }
    letters.then_some((digits, month))
}

/// A digit, or the one that a letter replaces.
fn omocodia(char: u8) -> Option<u8> {
    const LETTERS: &[u8; 10] = b"LMNPQRSTUV";
    match char {
        b'0'..=b'9' => Some(char - b'0'),
        _ => LETTERS.iter().zip(0..).find(|(letter, _)| **letter == char).map(|(_, digit)| digit),
    }
}

/// The sum modulo 26: characters in odd places count by the table of the decree, in even places by their own value.
fn control_letter(chars: &[u8; 16]) -> u8 {
    const ODD: [u8; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum: u32 = chars[..15]
        .iter()
        .enumerate()
        .map(|(at, char)| {
            let value = if char.is_ascii_digit() { char - b'0' } else { char.wrapping_sub(b'A') % 26 };
            u32::from(if at % 2 == 0 { ODD[usize::from(value)] } else { value })
        })
        .sum();
    // A remainder of 26 fits a byte.
    b'A' + (sum % 26) as u8
}

/// Seven digits of the taxpayer, three of the office, one after Luhn (decree of 23 December 1976, article 4). Offices
/// are 001 to 100, 120 and 121 for those abroad, 888 and 999.
fn eleven_digits(compact: &Compact) -> Result<NumberFacts, NumberError> {
    let digits = compact.digits::<11>("11")?;
    if digits[..7] == [0; 7] {
        return Err(NumberError::Format);
    }
    if !matches!(value(&digits[7..10]), 1..=100 | 120 | 121 | 888 | 999) {
        return Err(NumberError::Component { part: "office" });
    }
    if !super::luhn(&digits) {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::ItCodiceFiscale, digits_text(&digits));
    facts.findings.push(NumberFinding::NotOfAPerson);
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn check_code(value: &str) -> Result<String, &'static str> {
        check(value, TODAY).map(|facts| facts.normalised).map_err(|error| error.code())
    }

    #[test]
    fn a_code_states_birth_sex_and_place() {
        let facts = check("rccmnl 83s18 d969h", TODAY).unwrap();
        assert_eq!(facts.normalised, "RCCMNL83S18D969H");
        assert_eq!((facts.birth_date, facts.sex), (Some(date(1983, 11, 18)), Some(Sex::Male)));
        assert_eq!(facts.region, Some(Region { code: "D969".to_owned(), name: None }));
        assert_eq!(facts.findings, [NumberFinding::CenturyAssumed]);
        let woman = check("MRSMSR81D60Z611H", TODAY).unwrap();
        assert_eq!((woman.birth_date, woman.sex), (Some(date(1981, 4, 20)), Some(Sex::Female)));
    }

    #[test]
    fn letters_of_omocodia_stand_for_digits() {
        for code in ["RSSMRA45C12F2LRI", "RSSMRA45C12F2L5N", "RSSMRAQRCMNFNLRG"] {
            let facts = check(code, TODAY).unwrap();
            assert_eq!(facts.birth_date, Some(date(1945, 3, 12)), "{code}");
            assert_eq!(facts.region.unwrap().code, "F205", "{code}");
        }
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("RCCMNL83S18D969", "invalid_length"),
            ("RCCMNL83S18D969HH", "invalid_length"),
            ("RCCMNL83S18D96AH", "invalid_format"),
            ("RCCMNL83F18D969H", "invalid_format"),
            ("1CCMNL83S18D969H", "invalid_format"),
            ("RCCMNL83S18D969I", "invalid_checksum"),
            ("0074311015A", "invalid_format"),
            ("00000000157", "invalid_format"),
            ("00743111017", "invalid_component"),
            ("00743110158", "invalid_checksum"),
        ] {
            assert_eq!(check_code(value), Err(expected), "{value}");
        }
        let mut no_day = *b"RCCMNL83S32D969H";
        no_day[15] = control_letter(&no_day);
        assert_eq!(check_code(std::str::from_utf8(&no_day).unwrap()), Err("invalid_component"));
    }

    #[test]
    fn eleven_digits_name_an_organisation() {
        let facts = check("00743110157", TODAY).unwrap();
        assert_eq!(facts.findings, [NumberFinding::NotOfAPerson]);
        assert_eq!((facts.birth_date, facts.sex, facts.region), (None, None, None));
    }
}

//! The Chinese family of 18-digit numbers, all with an ISO 7064 MOD 11-2 check character:
//!
//! - the resident identity number (GB 11643-1999): six digits of region, eight of birth date, three of order of which
//!   the last is odd for men. Numbers of 15 digits (GB 11643-1989) have a two-digit year and no check character;
//! - the number of the residence permits for residents of Hong Kong, Macao and Taiwan, built in the same way with the
//!   regions 810000, 820000 and 830000 (State Council, measures of 2018, article 3);
//! - the number of the foreigner's permanent residence card of 2023: `9`, two digits of the province that received the
//!   application, three of the country (ISO 3166-1 numeric), eight of birth date, three of order of which the last is
//!   odd for men (GA 2102-2023; National Immigration Administration, notes on adapting to the new card, 2023, table 1).
//!   Of this only the published notes and their two samples are confirmed: which country codes beside those of ISO 3166
//!   are given out is not, so none is refused but 000 and China's own. The older cards' numbers of three letters and
//!   twelve digits have no check digit and are not of this scheme.

use jiff::civil::Date;

use super::text::{born, value};
use super::{NumberError, NumberFacts, NumberFinding, Region, Scheme, regions};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let (digits, form) = digits_of(typed)?;
    let birth_date = born(value(&digits[6..10]), value(&digits[10..12]), value(&digits[12..14]), today)?;
    if birth_date.year() < FIRST_YEAR {
        return Err(NumberError::BirthDate);
    }
    let mut facts = NumberFacts::new(Scheme::CnRic, text(&digits));
    facts.region = Some(if digits[0] == 9 {
        facts.findings.push(NumberFinding::ForeignNational);
        region_of_application(&digits)?
    } else {
        let (region, newer) = region(&digits, birth_date, today)?;
        if newer {
            facts.findings.push(NumberFinding::RegionNewerThanBirth);
        }
        region
    });
    if form == Form::Fifteen {
        facts.findings.push(NumberFinding::NoCheckDigit);
    }
    facts.birth_date = Some(birth_date);
    facts.sex = Some(if digits[16] % 2 == 1 { Sex::Male } else { Sex::Female });
    Ok(facts)
}

/// Numbers are given out since 1984, and nobody has lived longer than 122 years.
const FIRST_YEAR: i16 = 1984 - 122;

/// Eighteen values; the last is ten for `X`.
type Digits = [u8; 18];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Fifteen,
    Eighteen,
}

fn digits_of(typed: &str) -> Result<(Digits, Form), NumberError> {
    let mut digits = [0; 18];
    let mut count = 0;
    let mut strange = false;
    for char in typed.chars().filter(|char| !char.is_whitespace()) {
        let digit = match char {
            '0'..='9' => char as u8 - b'0',
            'X' | 'x' if count == 17 => 10,
            // Whatever else stands there is a wrong check character.
            _ if count == 17 => u8::MAX,
            _ => {
                strange = true;
                0
            }
        };
        if let Some(place) = digits.get_mut(count) {
            *place = digit;
        }
        count += 1;
    }
    if count != 15 && count != 18 {
        return Err(NumberError::Length { chars: count, expected: "18 (or 15 in the old form)" });
    }
    if strange {
        return Err(NumberError::Format);
    }
    if count == 15 {
        return Ok((lengthened(digits), Form::Fifteen));
    }
    if check_value(&digits) != digits[17] {
        return Err(NumberError::Checksum);
    }
    Ok((digits, Form::Eighteen))
}

/// 15 digits become 18: the century, which was always the twentieth, and the check character (GB 11643-1999,
/// section 4).
fn lengthened(old: Digits) -> Digits {
    let mut digits = old;
    digits[6] = 1;
    digits[7] = 9;
    digits[8..17].copy_from_slice(&old[6..15]);
    digits[17] = check_value(&digits);
    digits
}

/// ISO 7064 MOD 11-2 over the first seventeen.
fn check_value(digits: &Digits) -> u8 {
    let sum = digits[..17].iter().fold(0u32, |sum, digit| (sum + u32::from(*digit)) * 2 % 11);
    // A remainder of eleven fits a byte.
    ((12 - sum) % 11) as u8
}

/// The region, and whether its code came into force only after the birth. Numbers are given out at the registration
/// of a birth or later, from 1984 on to people of every age, with the code of that day: so the code was in force in some
/// year from birth to `today`. One withdrawn before the birth cannot be.
fn region(digits: &Digits, birth_date: Date, today: Date) -> Result<(Region, bool), NumberError> {
    let code = digits[..6].iter().fold(0u32, |code, digit| code * 10 + u32::from(*digit));
    let name = regions::province(code / 10_000).ok_or(NumberError::Region)?;
    if !regions::was_in_force(code, birth_date.year(), today.year()) {
        return Err(NumberError::Region);
    }
    // Permits have the code of where their holders are from, whatever their age.
    let newer = code < PERMITS && !regions::was_in_force(code, birth_date.year(), birth_date.year());
    Ok((Region { code: format!("{code:06}"), name: Some(name) }, newer))
}

/// The regions of the permits for residents of Hong Kong, Macao and Taiwan begin here.
const PERMITS: u32 = 810_000;

/// Where a foreigner applied: a province of the mainland.
fn region_of_application(digits: &Digits) -> Result<Region, NumberError> {
    /// China's own code in ISO 3166-1.
    const CHINA: i16 = 156;
    let province = u32::from(digits[1]) * 10 + u32::from(digits[2]);
    match (regions::province(province), value(&digits[3..6])) {
        (_, 0 | CHINA) => Err(NumberError::Component { part: "nationality" }),
        (Some(name), _) if province < 70 => Ok(Region { code: format!("{province:02}"), name: Some(name) }),
        _ => Err(NumberError::Region),
    }
}

fn text(digits: &Digits) -> String {
    digits.iter().map(|digit| if *digit == 10 { 'X' } else { char::from(b'0' + *digit) }).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn check_code(value: &str) -> Result<String, &'static str> {
        check(value, TODAY).map(|facts| facts.normalised).map_err(|error| error.code())
    }

    #[test]
    fn a_number_states_birth_sex_and_region() {
        let facts = check("36042619910101007 1", TODAY).unwrap();
        assert_eq!(facts.birth_date, Some(date(1991, 1, 1)));
        assert_eq!(facts.sex, Some(Sex::Male));
        assert_eq!(facts.region, Some(Region { code: "360426".to_owned(), name: Some("江西省") }));
        assert_eq!(facts.findings, []);
    }

    #[test]
    fn an_old_number_of_15_digits_becomes_one_of_18() {
        assert_eq!(check_code("360426910101007").as_deref(), Ok("360426199101010071"));
        assert_eq!(check_code("11010519491231002X").as_deref(), Ok("11010519491231002X"));
        assert_eq!(check_code("110105491231002").as_deref(), Ok("11010519491231002X"));
        assert_eq!(check("110105491231002", TODAY).unwrap().findings, [NumberFinding::NoCheckDigit]);
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("", "invalid_length"),
            ("36042619910101007", "invalid_length"),
            ("3604261991010100711", "invalid_length"),
            ("T60426199101010078", "invalid_format"),
            ("3604261991X1010071", "invalid_format"),
            ("36042691010100X", "invalid_format"),
            ("36042619910102009X", "invalid_checksum"),
            ("36042619910101007A", "invalid_checksum"),
            ("360427169101020092", "invalid_component"),
            ("360426199113010079", "invalid_component"),
            ("360426911301007", "invalid_component"),
            ("990426910101007", "invalid_component"),
            ("360499910101007", "invalid_component"),
        ] {
            assert_eq!(check_code(value), Err(expected), "{value}");
        }
        let today = date(2014, 10, 5);
        assert!(check("44011320141005001X", today).is_ok());
        assert_eq!(check("44011320141005001X", date(2014, 10, 4)), Err(NumberError::BirthDate));
    }

    #[test]
    fn residents_of_hong_kong_macao_and_taiwan_have_numbers_too() {
        for (number, name) in [
            // The specimens of the permits as published.
            ("810000199408230021", "香港特别行政区"),
            ("830000199201300022", "台湾省"),
            ("820000910101007", "澳门特别行政区"),
        ] {
            assert_eq!(check(number, TODAY).unwrap().region.unwrap().name, Some(name));
        }
    }

    #[test]
    fn foreigners_have_a_number_with_a_nine() {
        // The two samples of the National Immigration Administration, table 1.
        let saudi = check("932682198501010017", TODAY).unwrap();
        assert_eq!(saudi.birth_date, Some(date(1985, 1, 1)));
        assert_eq!(saudi.sex, Some(Sex::Male));
        assert_eq!(saudi.region, Some(Region { code: "32".to_owned(), name: Some("江苏省") }));
        assert_eq!(saudi.findings, [NumberFinding::ForeignNational]);
        assert_eq!(check("911124198108030024", TODAY).unwrap().sex, Some(Sex::Female));
        for number in ["911156198108030", "911000198108030", "971124198108030", "999124198108030"] {
            let with_digit =
                |last: char| check(&format!("{number}02{last}").replace("03002", "030002"), TODAY);
            assert!("0123456789X".chars().all(|last| with_digit(last).is_err()), "{number}");
        }
    }

    #[test]
    fn a_region_was_in_force_between_birth_and_today() {
        let findings = |number: &str, today| check(number, today).map(|facts| facts.findings);
        use NumberFinding::{NoCheckDigit, RegionNewerThanBirth};
        assert_eq!(findings("110201811231002", TODAY), Ok(vec![NoCheckDigit]));
        // Withdrawn in 1982.
        assert_eq!(findings("110201831231002", TODAY), Err(NumberError::Region));
        // In force from 2015 on: registered late, or anew.
        assert_eq!(findings("110118491231002", TODAY), Ok(vec![RegionNewerThanBirth, NoCheckDigit]));
        assert_eq!(findings("110118491231002", date(2014, 12, 31)), Err(NumberError::Region));
    }
}

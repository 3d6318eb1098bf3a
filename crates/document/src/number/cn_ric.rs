//! The Chinese resident identity number (GB 11643-1999): six digits of region, eight of birth date, three of order of
//! which the last is odd for men, and an ISO 7064 MOD 11-2 check character. Numbers of 15 digits (GB 11643-1989) have
//! a two-digit year and no check character.

use jiff::civil::Date;

use super::{NumberError, NumberFacts, Region, Scheme, regions};
use crate::facts::Sex;

pub(super) fn check(value: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let digits = digits_of(value)?;
    let birth_date = birth_date(&digits, today)?;
    let region = region(&digits)?;
    let sex = if digits[16] % 2 == 1 { Sex::Male } else { Sex::Female };
    Ok(NumberFacts {
        scheme: Scheme::CnRic,
        normalised: text(&digits),
        birth_date: Some(birth_date),
        sex: Some(sex),
        region: Some(region),
    })
}

/// Eighteen values; the last is ten for `X`.
type Digits = [u8; 18];

fn digits_of(value: &str) -> Result<Digits, NumberError> {
    let mut digits = [0; 18];
    let mut count = 0;
    let mut strange = false;
    for char in value.chars().filter(|char| !char.is_whitespace()) {
        let digit = match char {
            '0'..='9' => char as u8 - b'0',
            'X' | 'x' if count == 17 => 10,
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
        return Ok(lengthened(digits));
    }
    if check_value(&digits) != digits[17] { Err(NumberError::Checksum) } else { Ok(digits) }
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

fn birth_date(digits: &Digits, today: Date) -> Result<Date, NumberError> {
    let number = |from: usize, to: usize| {
        digits[from..to].iter().fold(0i16, |sum, digit| sum * 10 + i16::from(*digit))
    };
    // Two digits fit a byte.
    let date = Date::new(number(6, 10), number(10, 12) as i8, number(12, 14) as i8);
    date.ok().filter(|date| *date <= today).ok_or(NumberError::BirthDate)
}

fn region(digits: &Digits) -> Result<Region, NumberError> {
    let code = digits[..6].iter().fold(0u32, |code, digit| code * 10 + u32::from(*digit));
    match regions::province(code) {
        Some(name) if regions::is_listed(code) => Ok(Region { code, name }),
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

    fn check_code(value: &str) -> Result<String, &'static str> {
        check(value, date(2026, 11, 23)).map(|facts| facts.normalised).map_err(|error| error.code())
    }

    #[test]
    fn a_number_states_birth_sex_and_region() {
        let facts = check("36042619910101007 1", date(2026, 11, 23)).unwrap();
        assert_eq!(facts.birth_date, Some(date(1991, 1, 1)));
        assert_eq!(facts.sex, Some(Sex::Male));
        assert_eq!(facts.region, Some(Region { code: 360_426, name: "江西省" }));
    }

    #[test]
    fn an_old_number_of_15_digits_becomes_one_of_18() {
        assert_eq!(check_code("360426910101007").as_deref(), Ok("360426199101010071"));
        assert_eq!(check_code("11010519491231002X").as_deref(), Ok("11010519491231002X"));
        assert_eq!(check_code("110105491231002").as_deref(), Ok("11010519491231002X"));
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
    fn residents_of_hong_kong_macao_and_taiwan_have_regions_too() {
        for (region, name) in [(810_000, "香港特别行政区"), (820_000, "澳门特别行政区"), (830_000, "台湾省")]
        {
            assert_eq!(
                check(&format!("{region}910101007"), date(2026, 1, 1)).unwrap().region.unwrap().name,
                name
            );
        }
    }
}

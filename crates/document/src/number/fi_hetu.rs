//! HETU, the Finnish personal identity code (government decree 128/2010, amended in 2022 with more signs of the century
//! from 2023 on): birth date, a sign of the century, three digits of order of which the last is odd for men, and a
//! control character modulo 31.
//!
//! Orders from 900 on are temporary codes of hospitals and registers, below 002 none are given out: both are refused.

use jiff::civil::Date;

use super::text::{Compact, born, text};
use super::{NumberError, NumberFacts, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let chars = Compact::of(typed, b"").exactly::<11>("11").map_err(|_| NumberError::Format)?;
    let century = match chars[6] {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return Err(NumberError::Format),
    };
    let digits = chars[..6].iter().chain(&chars[7..10]);
    if !digits.clone().all(u8::is_ascii_digit)
        || !CONTROL.contains(&chars[10])
        || chars[0] > b'3'
        || chars[2] > b'1'
    {
        return Err(NumberError::Format);
    }
    let two = |at: usize| i16::from(chars[at] - b'0') * 10 + i16::from(chars[at + 1] - b'0');
    let birth_date = born(century + two(4), two(2), two(0), today)?;
    let number = digits.fold(0usize, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    let order = number % 1000;
    if !(2..900).contains(&order) {
        return Err(NumberError::Component { part: "order" });
    }
    if CONTROL[number % CONTROL.len()] != chars[10] {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::FiHetu, text(&chars));
    facts.birth_date = Some(birth_date);
    facts.sex = Some(if order % 2 == 1 { Sex::Male } else { Sex::Female });
    Ok(facts)
}

const CONTROL: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn a_code_states_birth_and_sex_with_any_sign_of_its_century() {
        for (sign, year) in
            [('+', 1852), ('-', 1952), ('Y', 1952), ('X', 1952), ('W', 1952), ('V', 1952), ('U', 1952)]
        {
            let facts = check(&format!("131052{sign}308T"), TODAY).unwrap();
            assert_eq!(
                (facts.birth_date, facts.sex),
                (Some(date(year, 10, 13)), Some(Sex::Female)),
                "{sign}"
            );
        }
        for sign in "abcdefABCDEF".chars() {
            let later = check(&format!("131052{sign}308T"), date(2052, 10, 13)).unwrap();
            assert_eq!(later.birth_date, Some(date(2052, 10, 13)));
        }
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("", "invalid_format"),
            ("10101-0101", "invalid_format"),
            ("131052T308T", "invalid_format"),
            ("131052-308G", "invalid_format"),
            ("131052-30AT", "invalid_format"),
            ("431052-308T", "invalid_format"),
            ("310252-308Y", "invalid_component"),
            ("130052-308R", "invalid_component"),
            ("131052-000V", "invalid_component"),
            ("131052-900V", "invalid_component"),
            ("131052A308T", "invalid_component"),
            ("131052-308U", "invalid_checksum"),
        ] {
            assert_eq!(check(value, TODAY).unwrap_err().code(), expected, "{value}");
        }
    }
}

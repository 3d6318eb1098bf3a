//! CPF, the number of the Brazilian tax register of persons: nine digits, of which the ninth is the tax region of
//! registration, and two check digits modulo 11 (Receita Federal).

use super::text::{Compact, digits_text, weighted};
use super::{NumberError, NumberFacts, NumberFinding, Region, Scheme};

pub(super) fn check(typed: &str) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-.");
    compact.only_digits()?;
    if compact.chars().iter().all(|char| *char == b'0') {
        return Err(NumberError::Format);
    }
    let digits = compact.digits::<11>("11")?;
    let first = check_digit(weighted(&digits[..9], &WEIGHTS[1..]));
    let second = check_digit(weighted(&digits[..9], &WEIGHTS) + 2 * first);
    if [first, second] != [u32::from(digits[9]), u32::from(digits[10])] {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::BrCpf, digits_text(&digits));
    let region = digits[8];
    facts.region =
        Some(Region { code: region.to_string(), name: TAX_REGIONS.get(usize::from(region)).copied() });
    if digits.iter().all(|digit| *digit == digits[0]) {
        facts.findings.push(NumberFinding::RepeatedDigits);
    }
    Ok(facts)
}

const WEIGHTS: [u32; 10] = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/// Eleven minus the remainder, 0 where that has two digits.
fn check_digit(sum: u32) -> u32 {
    (11 - sum % 11) % 11 % 10
}

/// The states of the ten tax regions.
const TAX_REGIONS: [&str; 10] = [
    "RS",
    "DF, GO, MS, MT, TO",
    "AC, AM, AP, PA, RO, RR",
    "CE, MA, PI",
    "AL, PB, PE, RN",
    "BA, SE",
    "MG",
    "ES, RJ",
    "SP",
    "PR, SC",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check_code(value: &str) -> Result<String, &'static str> {
        check(value).map(|facts| facts.normalised).map_err(|error| error.code())
    }

    #[test]
    fn numbers_are_judged_by_their_two_check_digits() {
        assert_eq!(check_code("390.533.447-05").as_deref(), Ok("39053344705"));
        for (value, expected) in [
            ("", "invalid_format"),
            ("000.000.000-00", "invalid_format"),
            ("390.533.447=0", "invalid_format"),
            ("390.533.447-0", "invalid_length"),
            ("390.533.447-055", "invalid_length"),
            ("390.533.447-15", "invalid_checksum"),
            ("390.533.447-06", "invalid_checksum"),
        ] {
            assert_eq!(check_code(value), Err(expected), "{value}");
        }
    }

    #[test]
    fn the_ninth_digit_is_the_tax_region() {
        let facts = check("39053344705").unwrap();
        assert_eq!(facts.region, Some(Region { code: "7".to_owned(), name: Some("ES, RJ") }));
        assert_eq!(facts.findings, []);
        assert_eq!(check("111.111.111-11").unwrap().findings, [NumberFinding::RepeatedDigits]);
    }
}

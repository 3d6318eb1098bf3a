//! NIN, the Nigerian national identification number: eleven digits, random (NIMC). No check digit is published, so only
//! the format is checked, and the facts say so.

use super::text::{Compact, digits_text};
use super::{NumberError, NumberFacts, NumberFinding, Scheme};

pub(super) fn check(typed: &str) -> Result<NumberFacts, NumberError> {
    let digits = Compact::of(typed, b"-").digits::<11>("11")?;
    let mut facts = NumberFacts::new(Scheme::NgNin, digits_text(&digits));
    facts.findings.push(NumberFinding::NoCheckDigit);
    if digits.iter().all(|digit| *digit == digits[0]) {
        facts.findings.push(NumberFinding::RepeatedDigits);
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_format_is_checked_and_the_facts_say_so() {
        let facts = check("1234-5678 901").unwrap();
        assert_eq!(facts.normalised, "12345678901");
        assert_eq!(facts.findings, [NumberFinding::NoCheckDigit]);
        assert_eq!(
            check("11111111111").unwrap().findings,
            [NumberFinding::NoCheckDigit, NumberFinding::RepeatedDigits]
        );
        assert_eq!(check("1234567890").unwrap_err().code(), "invalid_length");
        assert_eq!(check("1234567890A").unwrap_err().code(), "invalid_format");
    }
}

//! National numbers: whether a number follows its scheme, and what it says by itself.
//!
//! A number that follows its scheme is evidence of the class `number`, the weakest there is: it says nothing about
//! whether it was ever issued, or to whom.

mod cn_ric;
mod regions;

use jiff::civil::Date;
use lineward_core::codes;

use crate::facts::Sex;

/// Checks a number under a scheme and gives its normal form and the facts in it.
///
/// ```
/// use jiff::civil::date;
/// use lineward_document::number;
/// let facts = number::check("cn.ric", "44011320141005001x", date(2026, 1, 1))?;
/// assert_eq!(facts.normalised, "44011320141005001X");
/// assert_eq!(facts.birth_date, Some(date(2014, 10, 5)));
/// assert_eq!(facts.region.map(|region| region.name), Some("广东省"));
/// # Ok::<(), number::NumberError>(())
/// ```
///
/// # Errors
/// [`NumberError`]: the scheme is not known, or what is wrong with the number.
pub fn check(scheme: &str, value: &str, today: Date) -> Result<NumberFacts, NumberError> {
    match Scheme::parse(scheme) {
        Ok(Scheme::CnRic) => cn_ric::check(value, today),
        Err(unknown) => Err(NumberError::UnknownScheme { scheme: unknown.word }),
    }
}

codes! {
    /// The schemes that can be checked, named as in python-stdnum.
    pub enum Scheme {
        /// The Chinese resident identity number, GB 11643-1999.
        CnRic = "cn.ric",
    }
}

/// What a number says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFacts {
    /// The scheme it was checked under.
    pub scheme: Scheme,
    /// Its normal form; two spellings of one number have the same.
    pub normalised: String,
    /// The birth date it states.
    pub birth_date: Option<Date>,
    /// The sex it states.
    pub sex: Option<Sex>,
    /// The region it was first registered in.
    pub region: Option<Region>,
}

/// A region in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Its code, six digits (GB/T 2260).
    pub code: u32,
    /// The name of the province or what ranks with one.
    pub name: &'static str,
}

/// Why a number could not be accepted. The number stays out of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nobody here knows this scheme.
    #[error("the scheme {scheme:?} is not known; known are: {}", known_schemes())]
    UnknownScheme {
        /// The scheme that was asked for.
        scheme: String,
    },
    /// It has not as many characters as the scheme asks for.
    #[error("the number has {chars} characters, {expected} are needed")]
    Length {
        /// How many it has.
        chars: usize,
        /// How many are needed.
        expected: &'static str,
    },
    /// It has a character where that cannot stand.
    #[error("the number has a character that cannot stand in it")]
    Format,
    /// Its check digit does not agree.
    #[error("the check digit does not agree")]
    Checksum,
    /// The birth date in it is no day, or lies after today.
    #[error("the birth date in the number is no day up to today")]
    BirthDate,
    /// The region in it never existed.
    #[error("the region in the number is none that ever existed")]
    Region,
}

impl NumberError {
    /// The stable word: python-stdnum's four kinds, and `unknown_scheme`.
    pub fn code(&self) -> &'static str {
        match self {
            NumberError::UnknownScheme { .. } => "unknown_scheme",
            NumberError::Length { .. } => "invalid_length",
            NumberError::Format => "invalid_format",
            NumberError::Checksum => "invalid_checksum",
            NumberError::BirthDate | NumberError::Region => "invalid_component",
        }
    }
}

fn known_schemes() -> String {
    Scheme::ALL.iter().map(|scheme| scheme.code()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_unknown_scheme_is_told_what_is_known() {
        let error = check("xx.none", "1", date(2026, 1, 1)).unwrap_err();
        assert_eq!(error.code(), "unknown_scheme");
        assert_eq!(error.to_string(), "the scheme \"xx.none\" is not known; known are: cn.ric");
    }
}

//! National numbers: whether a number follows its scheme, and what it says by itself.
//!
//! A number that follows its scheme is evidence of the class `number`, the weakest there is: it says nothing about
//! whether it was ever issued, or to whom. What the schemes refuse, and in which words, is what python-stdnum refuses,
//! with two differences: a birth date after today is refused everywhere, and numbers that issuers do give out are accepted
//! (docs/decisions/0021 and 0023).

mod bg_egn;
mod br_cpf;
mod cn_ric;
mod es;
mod fi_hetu;
mod in_aadhaar;
mod it_codicefiscale;
mod mx_curp;
mod ng_nin;
mod pl_pesel;
mod regions;
mod ro_cnp;
mod se_personnummer;
mod text;

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
/// assert_eq!(facts.region.and_then(|region| region.name), Some("广东省"));
/// # Ok::<(), number::NumberError>(())
/// ```
///
/// # Errors
/// [`NumberError`]: the scheme is not known, or what is wrong with the number.
pub fn check(scheme: &str, value: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let scheme =
        Scheme::parse(scheme).map_err(|unknown| NumberError::UnknownScheme { scheme: unknown.word })?;
    if value.len() > MAX_BYTES {
        return Err(NumberError::Length { chars: value.chars().count(), expected: "far less" });
    }
    match scheme {
        Scheme::CnRic => cn_ric::check(value, today),
        Scheme::InAadhaar => in_aadhaar::check(value),
        Scheme::BrCpf => br_cpf::check(value),
        Scheme::MxCurp => mx_curp::check(value, today),
        Scheme::EsDni => es::check_dni(value),
        Scheme::EsNie => es::check_nie(value),
        Scheme::ItCodiceFiscale => it_codicefiscale::check(value, today),
        Scheme::PlPesel => pl_pesel::check(value, today),
        Scheme::SePersonnummer => se_personnummer::check(value, today),
        Scheme::FiHetu => fi_hetu::check(value, today),
        Scheme::RoCnp => ro_cnp::check(value, today),
        Scheme::BgEgn => bg_egn::check(value, today),
        Scheme::NgNin => ng_nin::check(value),
    }
}

/// The most text that is looked at. A number with generous blanks has a quarter of this.
const MAX_BYTES: usize = 256;

codes! {
    /// The schemes that can be checked, named as in python-stdnum; it has none for Nigeria.
    pub enum Scheme {
        /// The Chinese resident identity number, GB 11643-1999, and the permits numbered in the same way.
        CnRic = "cn.ric",
        /// Aadhaar, of residents of India.
        InAadhaar = "in_.aadhaar",
        /// CPF, of the Brazilian tax register.
        BrCpf = "br.cpf",
        /// CURP, of the Mexican population register.
        MxCurp = "mx.curp",
        /// DNI, of Spanish citizens.
        EsDni = "es.dni",
        /// NIE, of foreigners in Spain.
        EsNie = "es.nie",
        /// Codice fiscale, of the Italian tax register.
        ItCodiceFiscale = "it.codicefiscale",
        /// PESEL, of the Polish population register.
        PlPesel = "pl.pesel",
        /// Personnummer, of the Swedish population register.
        SePersonnummer = "se.personnummer",
        /// HETU, the Finnish personal identity code.
        FiHetu = "fi.hetu",
        /// CNP, the Romanian personal numeric code.
        RoCnp = "ro.cnp",
        /// EGN, the Bulgarian uniform civil number.
        BgEgn = "bg.egn",
        /// NIN, the Nigerian national identification number; only its format can be checked.
        NgNin = "ng.nin",
    }
}

/// What a number says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFacts {
    /// The scheme it was checked under.
    pub scheme: Scheme,
    /// Its normal form as in python-stdnum: upper case, and without separators unless they mean something.
    pub normalised: String,
    /// The birth date it states.
    pub birth_date: Option<Date>,
    /// The sex it states.
    pub sex: Option<Sex>,
    /// The region it states: of birth, or of the registration it was given out at.
    pub region: Option<Region>,
    /// What whoever relies on the number should know.
    pub findings: Vec<NumberFinding>,
}

impl NumberFacts {
    /// A number that says nothing, as yet.
    fn new(scheme: Scheme, normalised: String) -> Self {
        Self { scheme, normalised, birth_date: None, sex: None, region: None, findings: Vec::new() }
    }

    /// The one form that every spelling of the number has, on any day: what a person is recognised by.
    ///
    /// This is the normal form, except in Sweden: there ten digits with a sign that changes at a hundred and twelve
    /// without are one number.
    pub fn identity(&self) -> String {
        match (self.scheme, self.birth_date, self.normalised.get(self.normalised.len().saturating_sub(4)..)) {
            (Scheme::SePersonnummer, Some(born), Some(last_four)) => {
                format!("{:04}{:02}{:02}{last_four}", born.year(), born.month(), born.day())
            }
            _ => self.normalised.clone(),
        }
    }
}

/// A region in a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its code in the scheme: six digits of GB/T 2260 (two for where a foreigner applied), a Brazilian tax region, a
    /// Mexican entity, an Italian cadastral code, a Romanian county.
    pub code: String,
    /// The name of the province, state or county, where we know it.
    pub name: Option<&'static str>,
}

codes! {
    /// What whoever relies on a number should know, beside that it follows its scheme.
    pub enum NumberFinding {
        /// The number has no check digit: only its format and what it states were checked.
        NoCheckDigit = "no_check_digit",
        /// The number does not state the century of birth; the date is the likelier of two.
        CenturyAssumed = "century_assumed",
        /// The code of the region came into force after the birth: the number was given out later in life.
        RegionNewerThanBirth = "region_newer_than_birth",
        /// The number is of a kind that is given to foreigners.
        ForeignNational = "foreign_national",
        /// The number is an organisation's, or provisional.
        NotOfAPerson = "not_of_a_person",
        /// All digits are the same; the check digits agree and nobody has it.
        RepeatedDigits = "repeated_digits",
    }
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
    /// The region in it never existed, or was gone before the birth.
    #[error("the region in the number is none that existed in its holder's life")]
    Region,
    /// Some other part of it cannot be.
    #[error("the {part} in the number cannot be")]
    Component {
        /// Which part.
        part: &'static str,
    },
}

impl NumberError {
    /// The stable word: python-stdnum's four kinds, and `unknown_scheme`.
    pub fn code(&self) -> &'static str {
        match self {
            NumberError::UnknownScheme { .. } => "unknown_scheme",
            NumberError::Length { .. } => "invalid_length",
            NumberError::Format => "invalid_format",
            NumberError::Checksum => "invalid_checksum",
            NumberError::BirthDate | NumberError::Region | NumberError::Component { .. } => {
                "invalid_component"
            }
        }
    }
}

fn known_schemes() -> String {
    Scheme::ALL.iter().map(|scheme| scheme.code()).collect::<Vec<_>>().join(", ")
}

/// Whether the last digit agrees after Luhn (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_unknown_scheme_is_told_what_is_known() {
        let error = check("xx.none", "1", date(2026, 1, 1)).unwrap_err();
        assert_eq!(error.code(), "unknown_scheme");
        assert!(
            error.to_string().starts_with("the scheme \"xx.none\" is not known; known are: cn.ric, in_.")
        );
    }

    #[test]
    fn endless_text_is_not_read() {
        let error = check("br.cpf", &"3".repeat(100_000), date(2026, 1, 1)).unwrap_err();
        assert_eq!(error.code(), "invalid_length");
    }

    #[test]
    fn luhn_s_own_example_agrees() {
        assert!(luhn(&[4, 9, 9, 2, 7, 3, 9, 8, 7, 1, 6]));
        assert!(!luhn(&[4, 9, 9, 2, 7, 3, 9, 8, 7, 1, 7]));
    }
}

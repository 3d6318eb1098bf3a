//! The machine-readable zone of Doc 9303: parts 3 (common), 4 (TD3), 5 (TD1), 6 (TD2) and 7 (visas), and the
//! French identity card of 1988 to 2021, which is older than the standard and still met.
//!
//! A zone whose check digits agree is **consistent**, never genuine: they are computed by a published rule without
//! any key. They also miss what differs by a multiple of ten in value: `6` and `G`, `0`, `A`, `K` and `U`, `1`, `B`,
//! `L` and `V` are the same to a check digit.

mod check_digit;
mod fields;
mod kinds;
mod layout;
mod repair;
mod write;
mod zone;

use jiff::civil::Date;
use lineward_core::codes;
use lineward_core::evidence::CheckResult;

pub use fields::{DocumentCode, Fields};
pub(crate) use kinds::{Kind, check_digits, covered, kinds, shape, states};
pub use repair::{Candidate, Repair};
pub use write::{NewZone, WriteError, write};
pub use zone::{MrzError, Position};

/// Reads a machine-readable zone.
///
/// Accepts the lines of one zone or the zone as a single string; spaces, blank lines, lower case and any line ending
/// are tolerated, everything else is an error or a finding. Two-digit years are resolved against `today`.
///
/// ```
/// use jiff::civil::date;
/// use lineward_document::mrz;
/// let read = mrz::parse(
///     "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
///     date(2026, 1, 1),
/// )?;
/// assert_eq!(read.format.code(), "TD3");
/// assert_eq!(read.fields.names.to_string(), "ERIKSSON, ANNA MARIA");
/// assert!(read.is_consistent());
/// # Ok::<(), mrz::MrzError>(())
/// ```
///
/// # Errors
/// [`MrzError`] when the text has not the shape of any zone. A zone with wrong check digits or impossible fields is
/// no error: `checks` and `findings` say what is wrong, `candidates` what it may have been.
pub fn parse(text: &str, today: Date) -> Result<Mrz, MrzError> {
    let zone = zone::Zone::read(text)?;
    let (fields, findings) = fields::read(&zone, today);
    let checks = check_digit::checks(&zone);
    let repairable = checks.iter().any(|check| check.result == CheckResult::Fail)
        || findings.iter().any(|finding| finding.is_defect());
    let (candidates, more_candidates) =
        if repairable { repair::candidates(&zone, today) } else { (Vec::new(), false) };
    Ok(Mrz { format: zone.format, fields, checks, findings, candidates, more_candidates })
}

/// One zone, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mrz {
    /// Its format.
    pub format: Format,
    /// The fields exactly as read, without any repair.
    pub fields: Fields,
    /// Every check digit, exactly as read, in the order of [`CheckName::ALL`].
    pub checks: [Check; 5],
    /// Everything else worth saying, in the order of the zone.
    pub findings: Vec<Finding>,
    /// What the zone may have been before it was misread: every reading found in which confusable characters are
    /// exchanged and all check digits agree, fewest exchanges first. Empty when nothing needs repair or nothing helps.
    pub candidates: Vec<Candidate>,
    /// Whether there are, or may be, candidates that are not listed: the list and the search are bounded.
    pub more_candidates: bool,
}

impl Mrz {
    /// Whether no check digit failed and no field is defective.
    pub fn is_consistent(&self) -> bool {
        self.checks.iter().all(|check| check.result != CheckResult::Fail)
            && !self.findings.iter().any(|finding| finding.is_defect())
    }

    /// Whether more than one reading satisfies all check digits: then a person must look.
    pub fn is_ambiguous(&self) -> bool {
        self.candidates.len() > 1 || (self.more_candidates && !self.candidates.is_empty())
    }

    /// The result of one check.
    pub fn check(&self, name: CheckName) -> CheckResult {
        self.checks[name as usize].result
    }
}

/// One check digit and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Which check digit.
    pub name: CheckName,
    /// `not_checked`: the format has no such check digit.
    pub result: CheckResult,
}

codes! {
    /// The formats of a zone.
    pub enum Format {
        /// Three lines of 30: cards (9303-5).
        Td1 = "TD1",
        /// Two lines of 36: larger cards (9303-6).
        Td2 = "TD2",
        /// Two lines of 44: passports (9303-4).
        Td3 = "TD3",
        /// Two lines of 44: full-size visas (9303-7).
        MrvA = "MRV-A",
        /// Two lines of 36: small visas (9303-7).
        MrvB = "MRV-B",
        /// Two lines of 36: the French identity card of 1988 to 2021, not of 9303.
        FrenchId = "FRENCH_NATIONAL_ID",
    }
}

codes! {
    /// The check digits of a zone.
    pub enum CheckName {
        /// Over the document number.
        DocumentNumber = "document_number",
        /// Over the birth date.
        BirthDate = "birth_date",
        /// Over the expiry date.
        ExpiryDate = "expiry_date",
        /// Over the optional data (TD3 only).
        OptionalData = "optional_data",
        /// Over all of these together.
        Composite = "composite",
    }
}

codes! {
    /// What a zone says apart from its check digits.
    pub enum Finding {
        /// The document code is none of this format's.
        DocumentCode = "document_code",
        /// The issuing state is not in 9303-3, section 5.
        IssuingStateUnknown = "issuing_state_unknown",
        /// The nationality is not in 9303-3, section 5.
        NationalityUnknown = "nationality_unknown",
        /// Issuer or nationality is Utopia: a specimen.
        Specimen = "specimen",
        /// There is no document number.
        DocumentNumberMissing = "document_number_missing",
        /// The long form is used for a number that is not long (9303-5, note j).
        DocumentNumberLongForm = "document_number_long_form",
        /// There is no name at all.
        NameMissing = "name_missing",
        /// There is no primary identifier; some issuers leave it out for people with one name.
        NamePrimaryMissing = "name_primary_missing",
        /// A name holds a digit (9303-3, section 4.6).
        NameCharacters = "name_characters",
        /// Primary and secondary identifier are separated more than once.
        NameSeparators = "name_separators",
        /// The names fill their field to the end and may be cut off.
        NameMayBeTruncated = "name_may_be_truncated",
        /// The birth date is no date.
        BirthDateInvalid = "birth_date_invalid",
        /// The birth date is unknown in part or whole (9303-3, section 4.8).
        BirthDatePartial = "birth_date_partial",
        /// Zeros stand for what is unknown of the birth date, where the standard has fillers (9303-3, section 4.8).
        BirthDateZeros = "birth_date_zeros",
        /// The sex is none of `M`, `F`, `<`.
        SexInvalid = "sex_invalid",
        /// The expiry date is no date.
        ExpiryDateInvalid = "expiry_date_invalid",
        /// The expiry date is unknown in part or whole.
        ExpiryDatePartial = "expiry_date_partial",
        /// The document expired before its holder was born.
        ExpiryBeforeBirth = "expiry_before_birth",
    }
}

impl Finding {
    /// Whether the standard forbids what was found, so that the zone is misread, miswritten or invented.
    pub fn is_defect(self) -> bool {
        !matches!(
            self,
            Finding::Specimen
                | Finding::NamePrimaryMissing
                | Finding::NameSeparators
                | Finding::NameMayBeTruncated
                | Finding::BirthDatePartial
                | Finding::BirthDateZeros
        )
    }
}

#[cfg(test)]
mod tests;

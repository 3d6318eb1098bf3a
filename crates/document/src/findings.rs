//! What a document says about itself, as findings: evidence of the class `consistent` and no more.

use jiff::{Timestamp, civil::Date};
use lineward_core::{
    evidence::{CheckResult, EvidenceClass},
    verification::{DocumentCheck, DocumentFinding, DocumentReason},
};

use crate::{
    dates::{Validity, validity},
    mrz::{Fields, Mrz},
};

/// The best reading of a zone, and the findings about it: check digits and dates.
///
/// The one reading that satisfies all check digits is what was printed, even where a character was misread. With several,
/// or none, the zone stands as it was read and the finding says so.
pub fn of_zone(zone: &Mrz, today: Date, at: Timestamp) -> (&Fields, Vec<DocumentFinding>) {
    let repaired = match zone.candidates.as_slice() {
        [only] if !zone.is_consistent() && !zone.is_ambiguous() => Some(&only.fields),
        _ => None,
    };
    let fields = repaired.unwrap_or(&zone.fields);
    let digits = if zone.is_consistent() || repaired.is_some() {
        finding(DocumentCheck::CheckDigits, CheckResult::Pass, None, at)
    } else if zone.is_ambiguous() {
        finding(DocumentCheck::CheckDigits, CheckResult::NotChecked, Some(DocumentReason::Ambiguous), at)
    } else {
        finding(DocumentCheck::CheckDigits, CheckResult::Fail, Some(DocumentReason::CheckDigitWrong), at)
    };
    (fields, vec![digits, of_dates(validity(fields.expiry_date, today), at)])
}

/// Whether the document is in date.
pub fn of_dates(validity: Validity, at: Timestamp) -> DocumentFinding {
    let (result, reason) = match validity {
        Validity::Valid => (CheckResult::Pass, None),
        Validity::Expired { .. } => (CheckResult::Fail, Some(DocumentReason::Expired)),
        Validity::NotKnown => (CheckResult::NotChecked, Some(DocumentReason::NoExpiryDate)),
    };
    finding(DocumentCheck::Dates, result, reason, at)
}

fn finding(
    check: DocumentCheck,
    result: CheckResult,
    reason: Option<DocumentReason>,
    at: Timestamp,
) -> DocumentFinding {
    DocumentFinding { check, result, class: EvidenceClass::Consistent, reason, portrait: None, at }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::mrz;

    #[track_caller]
    fn check(text: &str, today: Date, digits: CheckResult, dates: CheckResult) {
        let zone = mrz::parse(text, today).unwrap();
        let (_, findings) = of_zone(&zone, today, Timestamp::UNIX_EPOCH);
        assert_eq!(findings.iter().map(|f| f.result).collect::<Vec<_>>(), [digits, dates], "{text}");
    }

    #[test]
    fn a_zone_is_found_consistent_expired_or_wrong() {
        let zone =
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
        check(zone, date(2010, 1, 1), CheckResult::Pass, CheckResult::Pass);
        check(zone, date(2012, 4, 16), CheckResult::Pass, CheckResult::Fail);
        // A 7 typed for a 4 is no confusion of letters and digits: nothing explains it.
        let wrong = zone.replace("740812", "770812");
        check(&wrong, date(2010, 1, 1), CheckResult::Fail, CheckResult::Pass);
    }
}

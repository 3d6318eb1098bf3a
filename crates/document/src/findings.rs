//! What a document says about itself, as findings: of its zone and its dates evidence of the class `consistent` and no
//! more, of its chip what the issuer's signature and the chip's own answers prove.

use jiff::{Timestamp, civil::Date};
use lineward_core::{
    evidence::{CheckResult, EvidenceClass, PortraitRef},
    verification::{DocumentCheck, DocumentFinding, DocumentReason},
};

use crate::{
    chip::{ChipCheck, ChipReason, ChipReport, GroupOutcome},
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

/// The findings that follow from a chip: fields and portrait by the issuer's signature (`signed`), both again by the chip
/// that showed to be the original one (`chip_present`), and the dates.
///
/// `mark` names the portrait: equal exactly for equal files of data group 2, and `None` where none was read. A portrait that
/// has no mark is never found genuine.
pub fn of_chip(
    report: &ChipReport,
    mark: Option<[u8; 32]>,
    today: Date,
    at: Timestamp,
) -> Vec<DocumentFinding> {
    let portrait = mark.map(PortraitRef::Chip);
    let found = |check, class, (result, reason)| DocumentFinding {
        check,
        result,
        class,
        reason,
        portrait: portrait.filter(|_| check == DocumentCheck::PortraitGenuine),
        at,
    };
    let portrait_signed = match portrait {
        Some(_) => signed(report, 2),
        None => (CheckResult::NotChecked, Some(DocumentReason::NotOnChip)),
    };
    let present = present(report);
    let expiry = report.document.as_ref().and_then(|d| d.expiry_date).map(|d| d.value);
    vec![
        found(DocumentCheck::FieldsGenuine, EvidenceClass::Signed, signed(report, 1)),
        found(DocumentCheck::PortraitGenuine, EvidenceClass::Signed, portrait_signed),
        found(DocumentCheck::FieldsGenuine, EvidenceClass::ChipPresent, present),
        found(DocumentCheck::PortraitGenuine, EvidenceClass::ChipPresent, present),
        of_dates(validity(expiry, today), at),
    ]
}

/// The checks that the issuer's signature rests on, in the order in which a failure tells most.
const OF_SIGNATURE: [ChipCheck; 6] = [
    ChipCheck::DataGroupHashes,
    ChipCheck::SodSignature,
    ChipCheck::SignerCertificate,
    ChipCheck::CountryCa,
    ChipCheck::ValidityAtSigning,
    ChipCheck::Revocation,
];

/// Whether the issuer signed data group `group`.
fn signed(report: &ChipReport, group: u8) -> (CheckResult, Option<DocumentReason>) {
    let first = |of: &[ChipCheck], result| of.iter().copied().find(|check| report.result(*check) == result);
    if let Some(check) = first(&OF_SIGNATURE, CheckResult::Fail) {
        return (CheckResult::Fail, Some(failed(check)));
    }
    if let Some(check) = first(&ChipCheck::OF_THE_CHAIN, CheckResult::NotChecked) {
        let reason = report.finding(check).and_then(|f| f.reason);
        return (CheckResult::NotChecked, Some(not_checked(reason)));
    }
    match report.groups.iter().find(|g| g.number == group).map(|g| g.outcome) {
        Some(GroupOutcome::Signed) => (CheckResult::Pass, None),
        Some(GroupOutcome::HashWrong | GroupOutcome::NotNamed) => {
            (CheckResult::Fail, Some(DocumentReason::ChipDataChanged))
        }
        Some(GroupOutcome::NotRead) | None => (CheckResult::NotChecked, Some(DocumentReason::NotOnChip)),
    }
}

const fn failed(check: ChipCheck) -> DocumentReason {
    match check {
        ChipCheck::DataGroupHashes => DocumentReason::ChipDataChanged,
        ChipCheck::SodSignature => DocumentReason::SignatureWrong,
        ChipCheck::ActiveAuthentication | ChipCheck::ChipAuthentication => DocumentReason::ChipCopied,
        ChipCheck::DocumentDates => DocumentReason::Expired,
        ChipCheck::SignerCertificate
        | ChipCheck::CountryCa
        | ChipCheck::ValidityAtSigning
        | ChipCheck::Revocation => DocumentReason::SignerNotValid,
    }
}

const fn not_checked(reason: Option<ChipReason>) -> DocumentReason {
    match reason {
        Some(ChipReason::NotRead | ChipReason::NotOnChip | ChipReason::NotAsked) => DocumentReason::NotOnChip,
        Some(ChipReason::Unreadable | ChipReason::Unsupported) => DocumentReason::ChipUnreadable,
        Some(ChipReason::MadeOnPhone) => DocumentReason::MadeOnPhone,
        _ => DocumentReason::SignerUnknown,
    }
}

/// Whether the chip showed to be the original one. A key that nobody signed is anybody's, so nothing is shown by it where the
/// signature does not hold.
fn present(report: &ChipReport) -> (CheckResult, Option<DocumentReason>) {
    let answers = [ChipCheck::ActiveAuthentication, ChipCheck::ChipAuthentication];
    if answers.iter().any(|check| report.result(*check) == CheckResult::Fail) {
        return (CheckResult::Fail, Some(DocumentReason::ChipCopied));
    }
    let shown = answers.iter().any(|check| report.result(*check) == CheckResult::Pass);
    match signed(report, 1) {
        (CheckResult::Pass, _) if shown => (CheckResult::Pass, None),
        (CheckResult::Pass, _) => {
            let reasons = || answers.iter().filter_map(|check| report.finding(*check)?.reason);
            let on_phone = reasons().find(|r| *r == ChipReason::MadeOnPhone);
            (CheckResult::NotChecked, Some(not_checked(on_phone.or_else(|| reasons().next()))))
        }
        (_, reason) => (CheckResult::NotChecked, reason),
    }
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
    use crate::{
        chip::{ChipFinding, GroupFinding},
        mrz,
    };

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

    /// A report of a genuine chip, asked nothing.
    fn report() -> ChipReport {
        let pass = |check: &ChipCheck| {
            let asked = matches!(check, ChipCheck::ActiveAuthentication | ChipCheck::ChipAuthentication);
            ChipFinding {
                check: *check,
                result: if asked { CheckResult::NotChecked } else { CheckResult::Pass },
                reason: asked.then_some(ChipReason::NotAsked),
                notes: Vec::new(),
                detail: String::new(),
            }
        };
        let signed = |number| GroupFinding { number, outcome: GroupOutcome::Signed };
        ChipReport {
            findings: ChipCheck::ALL.iter().map(pass).collect(),
            groups: [1, 2].map(signed).into(),
            document: None,
            portrait: None,
            dg2_hash: Some([2; 32]),
            signer: None,
            country_ca: None,
            group_digest: None,
            signed_at: None,
        }
    }

    fn set(report: &mut ChipReport, check: ChipCheck, result: CheckResult, reason: Option<ChipReason>) {
        for finding in report.findings.iter_mut().filter(|f| f.check == check) {
            (finding.result, finding.reason) = (result, reason);
        }
    }

    /// Fields signed, portrait signed, fields by the present chip, portrait by the present chip.
    #[track_caller]
    fn says(change: impl FnOnce(&mut ChipReport), expect: [(CheckResult, Option<DocumentReason>); 4]) {
        let mut report = report();
        change(&mut report);
        let found = of_chip(&report, Some([2; 32]), date(2026, 6, 1), Timestamp::UNIX_EPOCH);
        let four: Vec<_> = found.iter().take(4).map(|f| (f.result, f.reason)).collect();
        assert_eq!(four, expect);
        let mark = Some(PortraitRef::Chip([2; 32]));
        assert_eq!(found.iter().map(|f| f.portrait).collect::<Vec<_>>(), [None, mark, None, mark, None]);
    }

    const YES: (CheckResult, Option<DocumentReason>) = (CheckResult::Pass, None);
    const fn no(reason: DocumentReason) -> (CheckResult, Option<DocumentReason>) {
        (CheckResult::Fail, Some(reason))
    }
    const fn open(reason: DocumentReason) -> (CheckResult, Option<DocumentReason>) {
        (CheckResult::NotChecked, Some(reason))
    }

    #[test]
    fn a_signed_chip_proves_fields_and_portrait_and_its_presence_only_when_asked() {
        let unasked = open(DocumentReason::NotOnChip);
        says(|_| {}, [YES, YES, unasked, unasked]);
        says(|r| set(r, ChipCheck::ActiveAuthentication, CheckResult::Pass, None), [YES, YES, YES, YES]);
        says(|r| set(r, ChipCheck::ChipAuthentication, CheckResult::Pass, None), [YES, YES, YES, YES]);
    }

    #[test]
    fn a_copied_chip_is_signed_and_not_present() {
        let copied = no(DocumentReason::ChipCopied);
        says(
            |r| {
                let wrong = Some(ChipReason::AnswerWrong);
                set(r, ChipCheck::ActiveAuthentication, CheckResult::Fail, wrong);
                set(r, ChipCheck::ChipAuthentication, CheckResult::Pass, None);
            },
            [YES, YES, copied, copied],
        );
    }

    #[test]
    fn what_was_made_on_the_phone_proves_nothing() {
        let phone = open(DocumentReason::MadeOnPhone);
        says(
            |r| {
                let made = Some(ChipReason::MadeOnPhone);
                set(r, ChipCheck::ChipAuthentication, CheckResult::NotChecked, made);
            },
            [YES, YES, phone, phone],
        );
    }

    #[test]
    fn an_unknown_country_ca_is_no_failure_and_the_chips_answer_proves_nothing_then() {
        let unknown = open(DocumentReason::SignerUnknown);
        says(
            |r| {
                set(r, ChipCheck::CountryCa, CheckResult::NotChecked, Some(ChipReason::NoCountryCa));
                set(r, ChipCheck::ActiveAuthentication, CheckResult::Pass, None);
            },
            [unknown; 4],
        );
    }

    #[test]
    fn a_changed_group_or_signature_fails_for_its_own_reason() {
        for (check, reason) in [
            (ChipCheck::DataGroupHashes, DocumentReason::ChipDataChanged),
            (ChipCheck::SodSignature, DocumentReason::SignatureWrong),
            (ChipCheck::SignerCertificate, DocumentReason::SignerNotValid),
            (ChipCheck::Revocation, DocumentReason::SignerNotValid),
        ] {
            let after = open(reason);
            says(
                |r| set(r, check, CheckResult::Fail, Some(ChipReason::HashWrong)),
                [no(reason), no(reason), after, after],
            );
        }
    }

    #[test]
    fn a_portrait_that_was_not_read_is_not_proved_by_the_rest() {
        let found = of_chip(&report(), None, date(2026, 6, 1), Timestamp::UNIX_EPOCH);
        assert_eq!((found[0].result, found[1].result), (CheckResult::Pass, CheckResult::NotChecked));
        assert_eq!((found[1].reason, found[1].portrait), (Some(DocumentReason::NotOnChip), None));
        let mut unread = report();
        unread.groups[1].outcome = GroupOutcome::NotRead;
        let found = of_chip(&unread, Some([2; 32]), date(2026, 6, 1), Timestamp::UNIX_EPOCH);
        assert_eq!(found[1].result, CheckResult::NotChecked);
    }
}

//! Documents behind lines that are in service: when one is looked at again, and what a person may close a case with.

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    authority::{AuthorityAnswer, IssuerMatch, Standing},
    codes,
    verification::DocumentReason,
};

codes! {
    /// Why a reviewer closes a case about a document. None of them does anything to the line.
    pub enum CloseReason {
        /// The document stands after all: found again, or the record was mended.
        DocumentStands = "document_stands",
        /// The holder has shown another document.
        OtherDocument = "other_document",
        /// The authority's answer was about somebody else or mistaken.
        AnswerMistaken = "answer_mistaken",
        /// What follows for the line was handed to those who decide about lines.
        PassedOn = "passed_on",
    }
}

/// Whether a document is to be asked about again; `days` of 0 is never.
pub fn reask_due(now: Timestamp, asked_at: Timestamp, days: u32) -> bool {
    let days = SignedDuration::from_hours(24 * i64::from(days));
    !days.is_zero() && now.duration_since(asked_at) >= days
}

/// Whether the holder is to be told that the document's last day is near or over; `days` of 0 is never. Of one last day a
/// holder is told once.
pub fn announcement_due(today: Date, last_day: Option<Date>, announced: Option<Date>, days: u32) -> bool {
    let Some(last) = last_day.filter(|last| days > 0 && announced != Some(*last)) else { return false };
    // A day beyond the calendar is far away.
    today.checked_add(SignedDuration::from_hours(24 * i64::from(days))).is_ok_and(|horizon| last <= horizon)
}

/// Why a person must look at a document after a new answer; `None` where nothing is new.
///
/// It never says what becomes of the line: that is a person's to decide. The same no as `before` opens nothing: a person has
/// it on the desk, or has closed it. `lapsed`: the document's own last day is over, of which its holder is told.
pub fn opens_case(
    answer: &AuthorityAnswer,
    before: Option<&AuthorityAnswer>,
    lapsed: bool,
) -> Option<DocumentReason> {
    let known = before.is_some_and(|b| b.standing != Standing::NoRecord);
    let why = match answer.standing {
        // An authority that knew the document knows it no more. One that never did may hold no record of its kind.
        Standing::NoRecord => known.then_some(DocumentReason::NoRecord),
        _ => needs_a_person(answer),
    };
    let why = why.filter(|why| !(lapsed && *why == DocumentReason::Expired));
    why.filter(|why| before.and_then(needs_a_person) != Some(*why))
}

fn needs_a_person(answer: &AuthorityAnswer) -> Option<DocumentReason> {
    match answer.standing {
        Standing::NotValid(why) => Some(why.finding()),
        Standing::ReportedLost => Some(DocumentReason::ReportedLost),
        // In force, but other fields stand under its number than those that were approved.
        Standing::Valid if answer.fields == IssuerMatch::NoMatch => Some(DocumentReason::AuthorityDiffers),
        Standing::Valid | Standing::NoRecord => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::authority::NotValidReason;

    fn answer(standing: Standing) -> AuthorityAnswer {
        AuthorityAnswer { standing, fields: IssuerMatch::Match, portrait: IssuerMatch::NotOffered }
    }

    #[test]
    fn a_document_is_asked_about_again_after_the_days_and_never_with_none() {
        let day = |n: i64| Timestamp::from_second(n * 86_400).unwrap();
        assert!(!reask_due(day(29), day(0), 30));
        assert!(reask_due(day(30), day(0), 30));
        assert!(!reask_due(day(9_999), day(0), 0));
    }

    #[test]
    fn a_last_day_is_announced_once_within_the_days_and_after_it() {
        let today = date(2026, 11, 24);
        let check = |last, announced, days, expected| {
            assert_eq!(announcement_due(today, last, announced, days), expected);
        };
        check(Some(date(2026, 12, 24)), None, 30, true);
        check(Some(date(2026, 12, 25)), None, 30, false);
        check(Some(date(2020, 1, 1)), None, 30, true);
        check(Some(date(2020, 1, 1)), Some(date(2020, 1, 1)), 30, false);
        check(Some(date(2026, 12, 1)), Some(date(2020, 1, 1)), 30, true);
        check(Some(date(2026, 11, 24)), None, 0, false);
        check(None, None, 30, false);
        check(Some(date(9999, 12, 31)), None, u32::MAX, false);
    }

    #[test]
    fn a_case_is_opened_by_a_new_no_and_not_by_the_same_one_again() {
        let (valid, lost) = (answer(Standing::Valid), answer(Standing::ReportedLost));
        let (revoked, unknown) =
            (answer(Standing::NotValid(NotValidReason::Revoked)), answer(Standing::NoRecord));
        let differs = AuthorityAnswer { fields: IssuerMatch::NoMatch, ..valid };
        for (now, before, expected) in [
            (lost, None, Some(DocumentReason::ReportedLost)),
            (lost, Some(valid), Some(DocumentReason::ReportedLost)),
            (lost, Some(lost), None),
            (revoked, Some(lost), Some(DocumentReason::Revoked)),
            (valid, Some(lost), None),
            (valid, None, None),
            (differs, Some(valid), Some(DocumentReason::AuthorityDiffers)),
            (differs, Some(differs), None),
            (unknown, Some(valid), Some(DocumentReason::NoRecord)),
            (unknown, Some(lost), Some(DocumentReason::NoRecord)),
            (unknown, Some(unknown), None),
            (unknown, None, None),
            (lost, Some(unknown), Some(DocumentReason::ReportedLost)),
        ] {
            assert_eq!(opens_case(&now, before.as_ref(), false), expected, "{now:?} after {before:?}");
        }
    }

    #[test]
    fn expired_is_a_case_only_where_the_documents_own_last_day_does_not_say_so() {
        let expired = answer(Standing::NotValid(NotValidReason::Expired));
        assert_eq!(opens_case(&expired, None, true), None);
        assert_eq!(opens_case(&expired, None, false), Some(DocumentReason::Expired));
        assert_eq!(opens_case(&expired, Some(&expired), false), None);
        let lost = answer(Standing::ReportedLost);
        assert_eq!(opens_case(&lost, None, true), Some(DocumentReason::ReportedLost));
    }
}

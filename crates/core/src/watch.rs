//! Documents behind lines that are in service: when one is looked at again, and what a person may close a case with.

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    authority::{AuthorityAnswer, NotValidReason, Standing},
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
/// it on the desk, or has closed it.
pub fn opens_case(answer: &AuthorityAnswer, before: Option<&AuthorityAnswer>) -> Option<DocumentReason> {
    needs_a_person(answer).filter(|why| before.and_then(needs_a_person) != Some(*why))
}

fn needs_a_person(answer: &AuthorityAnswer) -> Option<DocumentReason> {
    match answer.standing {
        // Known from the document itself; its holder is told in time.
        Standing::NotValid(NotValidReason::Expired) => None,
        Standing::NotValid(why) => Some(why.finding()),
        Standing::ReportedLost => Some(DocumentReason::ReportedLost),
        // A document that was sighted may never have had a record there.
        Standing::Valid | Standing::NoRecord => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::authority::IssuerMatch;

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
        let revoked = answer(Standing::NotValid(NotValidReason::Revoked));
        assert_eq!(opens_case(&lost, None), Some(DocumentReason::ReportedLost));
        assert_eq!(opens_case(&lost, Some(&valid)), Some(DocumentReason::ReportedLost));
        assert_eq!(opens_case(&revoked, Some(&lost)), Some(DocumentReason::Revoked));
        assert_eq!(opens_case(&lost, Some(&lost)), None);
        assert_eq!(opens_case(&valid, Some(&lost)), None);
        assert_eq!(opens_case(&answer(Standing::NoRecord), Some(&valid)), None);
        assert_eq!(opens_case(&answer(Standing::NotValid(NotValidReason::Expired)), None), None);
    }
}

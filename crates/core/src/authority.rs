//! What an authority that issues documents answers about one of them.

use jiff::Timestamp;

use crate::{
    codes,
    evidence::{CheckResult, EvidenceClass, PortraitRef},
    verification::{DocumentCheck, DocumentFinding, DocumentReason},
};

/// An authority's whole answer about one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorityAnswer {
    /// Whether the document stands.
    pub standing: Standing,
    /// Whether the fields that it was told are those that it issued.
    pub fields: IssuerMatch,
    /// Whether the portrait that it was shown is the one that it issued.
    pub portrait: IssuerMatch,
}

/// Whether a document stands. That the authority could not be asked is no standing: it is a finding of its own
/// (`service_down`), never a no and never a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    Valid,
    /// Not in force.
    NotValid(NotValidReason),
    /// Reported lost or stolen.
    ReportedLost,
    /// The authority has no record of it.
    NoRecord,
}

codes! {
    /// The words for a [`Standing`].
    pub enum StandingWord {
        /// In force.
        Valid = "valid",
        /// Not in force, for a [`NotValidReason`].
        NotValid = "not_valid",
        /// Reported lost or stolen.
        ReportedLost = "reported_lost",
        /// The authority has no record of it.
        NoRecord = "no_record",
    }
}

codes! {
    /// Why a document is not in force.
    pub enum NotValidReason {
        /// Withdrawn by the authority.
        Revoked = "revoked",
        /// Another document was issued in its place.
        Replaced = "replaced",
        /// Its last day has passed.
        Expired = "expired",
        /// Given back, or never handed out.
        Cancelled = "cancelled",
        /// The authority gives no reason, or one that is not among these.
        Other = "other",
    }
}

codes! {
    /// The issuer's own comparison.
    pub enum IssuerMatch {
        /// What was shown is what was issued.
        Match = "match",
        /// It is not.
        NoMatch = "no_match",
        /// The issuer does not answer this.
        NotOffered = "not_offered",
    }
}

impl AuthorityAnswer {
    /// The answer of an authority that has no record.
    pub const UNKNOWN: AuthorityAnswer = AuthorityAnswer {
        standing: Standing::NoRecord,
        fields: IssuerMatch::NotOffered,
        portrait: IssuerMatch::NotOffered,
    };

    /// The findings of this answer, of class `authority`.
    ///
    /// What it says of the portrait is said of `portrait`, the one that it was shown; without one it is left out.
    pub fn findings(&self, portrait: Option<PortraitRef>, at: Timestamp) -> Vec<DocumentFinding> {
        let matched = |check, answer| match answer {
            IssuerMatch::Match => found(check, CheckResult::Pass, None, at),
            IssuerMatch::NoMatch => {
                found(check, CheckResult::Fail, Some(DocumentReason::AuthorityDiffers), at)
            }
            IssuerMatch::NotOffered => {
                found(check, CheckResult::NotChecked, Some(DocumentReason::NotOffered), at)
            }
        };
        let (result, reason) = match self.standing {
            Standing::Valid => (CheckResult::Pass, None),
            Standing::NotValid(why) => (CheckResult::Fail, Some(why.finding())),
            Standing::ReportedLost => (CheckResult::Fail, Some(DocumentReason::ReportedLost)),
            Standing::NoRecord => (CheckResult::NotChecked, Some(DocumentReason::NoRecord)),
        };
        let mut findings = vec![
            matched(DocumentCheck::FieldsGenuine, self.fields),
            found(DocumentCheck::Valid, result, reason, at),
        ];
        if portrait.is_some() {
            let said = matched(DocumentCheck::PortraitGenuine, self.portrait);
            findings.push(DocumentFinding { portrait, ..said });
        }
        findings
    }
}

impl Standing {
    /// The word, without the reason.
    pub const fn word(self) -> StandingWord {
        match self {
            Standing::Valid => StandingWord::Valid,
            Standing::NotValid(_) => StandingWord::NotValid,
            Standing::ReportedLost => StandingWord::ReportedLost,
            Standing::NoRecord => StandingWord::NoRecord,
        }
    }

    /// Why the document is not in force.
    pub const fn reason(self) -> Option<NotValidReason> {
        match self {
            Standing::NotValid(why) => Some(why),
            Standing::Valid | Standing::ReportedLost | Standing::NoRecord => None,
        }
    }

    /// The standing of a word and a reason; `None` where the two do not go together.
    pub const fn of(word: StandingWord, reason: Option<NotValidReason>) -> Option<Standing> {
        match (word, reason) {
            (StandingWord::Valid, None) => Some(Standing::Valid),
            (StandingWord::NotValid, Some(why)) => Some(Standing::NotValid(why)),
            (StandingWord::ReportedLost, None) => Some(Standing::ReportedLost),
            (StandingWord::NoRecord, None) => Some(Standing::NoRecord),
            _ => None,
        }
    }
}

impl NotValidReason {
    /// The reason as a finding says it.
    pub const fn finding(self) -> DocumentReason {
        match self {
            NotValidReason::Revoked => DocumentReason::Revoked,
            NotValidReason::Replaced => DocumentReason::Replaced,
            NotValidReason::Expired => DocumentReason::Expired,
            NotValidReason::Cancelled => DocumentReason::Cancelled,
            NotValidReason::Other => DocumentReason::NotInForce,
        }
    }
}

/// The findings of an authority that gave no answer.
pub fn silence(portrait: Option<PortraitRef>, at: Timestamp) -> Vec<DocumentFinding> {
    let down = |check| found(check, CheckResult::NotChecked, Some(DocumentReason::ServiceDown), at);
    let mut findings = vec![down(DocumentCheck::FieldsGenuine), down(DocumentCheck::Valid)];
    if portrait.is_some() {
        findings.push(DocumentFinding { portrait, ..down(DocumentCheck::PortraitGenuine) });
    }
    findings
}

const fn found(
    check: DocumentCheck,
    result: CheckResult,
    reason: Option<DocumentReason>,
    at: Timestamp,
) -> DocumentFinding {
    DocumentFinding { check, result, class: EvidenceClass::Authority, reason, portrait: None, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIRMED: AuthorityAnswer = AuthorityAnswer {
        standing: Standing::Valid,
        fields: IssuerMatch::Match,
        portrait: IssuerMatch::Match,
    };

    const PICTURE: PortraitRef = PortraitRef::Original;

    fn standing(standing: Standing) -> AuthorityAnswer {
        AuthorityAnswer { standing, ..CONFIRMED }
    }

    /// Every standing there is.
    fn standings() -> Vec<Standing> {
        let reasons = NotValidReason::ALL.iter().map(|why| Standing::NotValid(*why));
        reasons.chain([Standing::Valid, Standing::ReportedLost, Standing::NoRecord]).collect()
    }

    #[test]
    fn word_and_reason_are_the_standing() {
        for s in standings() {
            assert_eq!(Standing::of(s.word(), s.reason()), Some(s));
            let other = if s.reason().is_some() { None } else { Some(NotValidReason::Other) };
            assert_eq!(Standing::of(s.word(), other), None, "{s:?}");
        }
    }

    #[test]
    fn only_in_force_passes_and_only_a_no_fails() {
        for s in standings() {
            let findings = standing(s).findings(Some(PICTURE), Timestamp::UNIX_EPOCH);
            let valid = findings.iter().find(|f| f.check == DocumentCheck::Valid).unwrap();
            let expected = match s {
                Standing::Valid => CheckResult::Pass,
                Standing::NotValid(_) | Standing::ReportedLost => CheckResult::Fail,
                Standing::NoRecord => CheckResult::NotChecked,
            };
            assert_eq!((valid.result, valid.reason.is_none()), (expected, s == Standing::Valid), "{s:?}");
        }
        assert!(
            silence(Some(PICTURE), Timestamp::UNIX_EPOCH).iter().all(|f| f.result == CheckResult::NotChecked)
        );
    }

    #[test]
    fn a_portrait_that_was_not_asked_about_is_no_finding() {
        let said = |findings: Vec<DocumentFinding>| {
            findings.iter().find(|f| f.check == DocumentCheck::PortraitGenuine).map(|f| f.portrait)
        };
        for shown in [Some(PICTURE), None] {
            assert_eq!(said(CONFIRMED.findings(shown, Timestamp::UNIX_EPOCH)), shown.map(Some));
            assert_eq!(said(silence(shown, Timestamp::UNIX_EPOCH)), shown.map(Some));
        }
    }
}

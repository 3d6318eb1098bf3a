//! The one verdict on a document: whether its fields and its portrait are genuine, and, said apart, whether it is valid.
//!
//! A verdict sums up findings for people and machines to read. It decides nothing: what is enough for which purpose is the
//! rules' business (`proof`), and a decision looks at the findings, not at the verdict.

use jiff::civil::Date;

use crate::{
    codes,
    evidence::{CheckResult, EvidenceClass},
    verification::{DocumentCheck, DocumentFacts, DocumentFinding, DocumentReason},
};

/// What is known of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentVerdict {
    /// Whether the fields are those that the issuer issued.
    pub fields: Verdict,
    /// Whether the portrait is the one that the issuer issued.
    pub portrait: Verdict,
    /// Whether the document stands.
    pub valid: Standing,
}

/// Genuine, not genuine, or not to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The issuer made it: every class of evidence that passed, strongest last. At least one of them shows it by itself
    /// ([`EvidenceClass::proves_issue`]), and nothing says otherwise.
    Genuine(Vec<EvidenceClass>),
    /// A check says that it is not the issuer's: every finding that failed.
    NotGenuine(Vec<DocumentFinding>),
    /// Nothing shows either: what is missing.
    Inconclusive(Vec<Missing>),
}

/// Whether a document stands, question by question; a genuine one may have expired, a forged one may be in date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The last day has not passed.
    pub in_date: CheckResult,
    /// The issuer has not revoked or replaced it.
    pub not_revoked: CheckResult,
    /// Nobody reported it lost or stolen.
    pub not_reported_lost: CheckResult,
}

codes! {
    /// What would be needed to say more.
    pub enum Missing {
        /// An issuer's signature, the issuing authority's answer, or the original in a trained person's hand.
        IssuerEvidence = "issuer_evidence",
        /// One reading that its check digits agree with.
        ClearReading = "clear_reading",
        /// The chip's files, all of them and readable.
        ChipFiles = "chip_files",
        /// A trusted certificate of the issuing country.
        CountryCa = "country_ca",
        /// An answer of the authority, which was asked.
        AuthorityAnswer = "authority_answer",
        /// Evidence that was not made wholly on the phone.
        ServerEvidence = "server_evidence",
    }
}

/// What an authority says of a document that it took out of force.
const NOT_IN_FORCE: [DocumentReason; 4] = [
    DocumentReason::Revoked,
    DocumentReason::Replaced,
    DocumentReason::Cancelled,
    DocumentReason::NotInForce,
];

impl Verdict {
    /// `genuine`, `not_genuine` or `inconclusive`.
    pub const fn code(&self) -> &'static str {
        match self {
            Verdict::Genuine(_) => "genuine",
            Verdict::NotGenuine(_) => "not_genuine",
            Verdict::Inconclusive(_) => "inconclusive",
        }
    }
}

/// The verdict on a document on the day `today` (the issuer's or the rules' zone). Pure: findings in, words out.
///
/// ```
/// use jiff::civil::date;
/// use lineward_core::{evidence::*, id::DocumentId, verdict::*, verification::*};
///
/// let document = DocumentFacts {
///     id: DocumentId::from_bytes([1; 16]),
///     number_source: FieldSource::MrzText,
///     expires_on: Some(date(2030, 1, 1)),
///     findings: vec![],
/// };
/// let verdict = verdict(&document, date(2026, 6, 1));
/// assert_eq!(verdict.fields, Verdict::Inconclusive(vec![Missing::IssuerEvidence]));
/// assert_eq!(verdict.valid.in_date, CheckResult::Pass);
/// ```
pub fn verdict(document: &DocumentFacts, today: Date) -> DocumentVerdict {
    DocumentVerdict {
        fields: genuine(document, DocumentCheck::FieldsGenuine),
        portrait: genuine(document, DocumentCheck::PortraitGenuine),
        valid: Standing {
            in_date: in_date(document, today),
            not_revoked: stands(document, &NOT_IN_FORCE),
            not_reported_lost: stands(document, &[DocumentReason::ReportedLost]),
        },
    }
}

fn genuine(document: &DocumentFacts, check: DocumentCheck) -> Verdict {
    let about = || document.current().filter(move |f| f.check == check);
    let failed: Vec<_> = about().filter(|f| f.result == CheckResult::Fail).cloned().collect();
    if !failed.is_empty() {
        return Verdict::NotGenuine(failed);
    }
    let (mut passed, _) = document.classes(check);
    passed.sort_unstable();
    passed.dedup();
    if passed.iter().any(|class| class.proves_issue()) {
        return Verdict::Genuine(passed);
    }
    let mut missing = vec![Missing::IssuerEvidence];
    let mut reasons: Vec<_> = about().filter_map(|f| f.reason).collect();
    if check == DocumentCheck::FieldsGenuine {
        // A wrong check digit is a slip of a pen more often than a forgery: it makes nothing false, only unclear.
        let digits = document.current().filter(|f| f.check == DocumentCheck::CheckDigits);
        reasons.extend(digits.filter_map(|f| f.reason));
    }
    missing.extend(reasons.into_iter().filter_map(missing_for));
    missing.sort_unstable();
    missing.dedup();
    Verdict::Inconclusive(missing)
}

const fn missing_for(reason: DocumentReason) -> Option<Missing> {
    use DocumentReason as R;
    match reason {
        R::CheckDigitWrong | R::Ambiguous => Some(Missing::ClearReading),
        R::NotOnChip | R::ChipUnreadable => Some(Missing::ChipFiles),
        R::SignerUnknown => Some(Missing::CountryCa),
        R::ServiceDown | R::NoRecord => Some(Missing::AuthorityAnswer),
        R::MadeOnPhone => Some(Missing::ServerEvidence),
        _ => None,
    }
}

fn in_date(document: &DocumentFacts, today: Date) -> CheckResult {
    match document.expires_on {
        Some(last) if last < today => CheckResult::Fail,
        Some(_) => CheckResult::Pass,
        None => CheckResult::NotChecked,
    }
}

/// Only the issuing authority knows this: a signature was true on the day it was made, and who looks at an original sees
/// no register.
fn stands(document: &DocumentFacts, against: &[DocumentReason]) -> CheckResult {
    let answers = || document.current().filter(|f| f.check == DocumentCheck::Valid);
    if answers().any(|f| f.result == CheckResult::Fail && f.reason.is_some_and(|why| against.contains(&why)))
    {
        return CheckResult::Fail;
    }
    let cleared = answers().any(|f| f.result == CheckResult::Pass && f.class == EvidenceClass::Authority);
    if cleared { CheckResult::Pass } else { CheckResult::NotChecked }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::{evidence::FieldSource, id::DocumentId};
    use CheckResult::{Fail, NotChecked, Pass};
    use DocumentCheck as C;
    use DocumentReason as R;
    use EvidenceClass as E;

    type Found = (DocumentCheck, CheckResult, EvidenceClass, Option<DocumentReason>);

    fn finding((check, result, class, reason): Found) -> DocumentFinding {
        DocumentFinding { check, result, class, reason, portrait: None, at: Timestamp::UNIX_EPOCH }
    }

    fn of(found: &[Found]) -> DocumentVerdict {
        let document = DocumentFacts {
            id: DocumentId::from_bytes([1; 16]),
            number_source: FieldSource::Chip,
            expires_on: Some(date(2026, 6, 1)),
            findings: found.iter().copied().map(finding).collect(),
        };
        verdict(&document, date(2026, 6, 1))
    }

    #[test]
    fn fields_and_portrait_have_a_verdict_each() {
        let mixed = of(&[
            (C::FieldsGenuine, Pass, E::Signed, None),
            (C::FieldsGenuine, Pass, E::ChipPresent, None),
            (C::PortraitGenuine, Fail, E::Signed, Some(R::ChipDataChanged)),
        ]);
        assert_eq!(mixed.fields, Verdict::Genuine(vec![E::Signed, E::ChipPresent]));
        let forged = finding((C::PortraitGenuine, Fail, E::Signed, Some(R::ChipDataChanged)));
        assert_eq!(mixed.portrait, Verdict::NotGenuine(vec![forged]));
    }

    #[test]
    fn what_anyone_can_copy_or_compute_never_makes_genuine() {
        for class in E::ALL {
            let verdict = of(&[(C::FieldsGenuine, Pass, *class, None)]).fields;
            let expect = match class {
                E::Signed | E::Authority | E::Sighted => Verdict::Genuine(vec![*class]),
                _ => Verdict::Inconclusive(vec![Missing::IssuerEvidence]),
            };
            assert_eq!(verdict, expect, "{class}");
        }
    }

    #[test]
    fn an_inconclusive_verdict_says_what_is_missing() {
        let cases: &[(Found, &[Missing])] = &[
            ((C::CheckDigits, Fail, E::Consistent, Some(R::CheckDigitWrong)), &[Missing::ClearReading]),
            ((C::CheckDigits, NotChecked, E::Consistent, Some(R::Ambiguous)), &[Missing::ClearReading]),
            ((C::FieldsGenuine, NotChecked, E::Signed, Some(R::SignerUnknown)), &[Missing::CountryCa]),
            ((C::FieldsGenuine, NotChecked, E::Signed, Some(R::NotOnChip)), &[Missing::ChipFiles]),
            ((C::FieldsGenuine, NotChecked, E::Authority, Some(R::ServiceDown)), &[Missing::AuthorityAnswer]),
            (
                (C::FieldsGenuine, NotChecked, E::ChipPresent, Some(R::MadeOnPhone)),
                &[Missing::ServerEvidence],
            ),
            ((C::FieldsGenuine, NotChecked, E::Authority, Some(R::NotOffered)), &[]),
        ];
        for (found, more) in cases {
            let expect = [&[Missing::IssuerEvidence], *more].concat();
            assert_eq!(of(&[*found]).fields, Verdict::Inconclusive(expect), "{found:?}");
        }
    }

    #[test]
    fn valid_is_said_apart_from_genuine_and_question_by_question() {
        let says = |found: &[Found]| {
            let valid = of(found).valid;
            [valid.in_date, valid.not_revoked, valid.not_reported_lost]
        };
        assert_eq!(says(&[(C::FieldsGenuine, Pass, E::Signed, None)]), [Pass, NotChecked, NotChecked]);
        assert_eq!(says(&[(C::Valid, Pass, E::Authority, None)]), [Pass, Pass, Pass]);
        assert_eq!(says(&[(C::Valid, Pass, E::Sighted, None)]), [Pass, NotChecked, NotChecked]);
        assert_eq!(says(&[(C::Valid, Fail, E::Authority, Some(R::ReportedLost))]), [Pass, NotChecked, Fail]);
        assert_eq!(says(&[(C::Valid, Fail, E::Authority, Some(R::Revoked))]), [Pass, Fail, NotChecked]);
    }

    #[test]
    fn a_later_finding_of_the_same_class_replaces_the_earlier_one() {
        let verdict = of(&[
            (C::FieldsGenuine, Fail, E::Authority, Some(R::AuthorityDiffers)),
            (C::FieldsGenuine, Pass, E::Authority, None),
        ]);
        assert_eq!(verdict.fields, Verdict::Genuine(vec![E::Authority]));
    }
}

//! A person's decision about a referral, and the second person's signature.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{
    application::ReferralReason,
    codes,
    id::{ApplicationId, StaffId},
};

/// A proposal lapses after this time (DESIGN section 7, four eyes).
pub const PROPOSAL_LIFE: SignedDuration = SignedDuration::from_hours(24);

codes! {
    /// What a reviewer decides.
    pub enum ReviewAction {
        /// The line is opened.
        Approve = "approve",
        /// The line is not opened.
        Refuse = "refuse",
    }
}

codes! {
    /// Why a reviewer decides so. The note beside it says more.
    pub enum ReviewReason {
        /// The original was examined and found genuine.
        OriginalExamined = "original_examined",
        /// The issuer was asked and confirmed.
        IssuerConfirmed = "issuer_confirmed",
        /// A check was wrong about this person or document.
        CheckMistaken = "check_mistaken",
        /// The document is forged or altered.
        DocumentForged = "document_forged",
        /// The person is not the document's owner.
        NotTheOwner = "not_the_owner",
        /// The document is out of date, revoked or reported lost.
        DocumentNotValid = "document_not_valid",
        /// The applicant was asked for what is missing and did not bring it.
        NotCompleted = "not_completed",
        /// The applicant holds as many lines as the law allows.
        OverCap = "over_cap",
    }
}

impl ReviewReason {
    /// The decision this reason can stand for.
    pub const fn action(self) -> ReviewAction {
        match self {
            ReviewReason::OriginalExamined | ReviewReason::IssuerConfirmed | ReviewReason::CheckMistaken => {
                ReviewAction::Approve
            }
            ReviewReason::DocumentForged
            | ReviewReason::NotTheOwner
            | ReviewReason::DocumentNotValid
            | ReviewReason::NotCompleted
            | ReviewReason::OverCap => ReviewAction::Refuse,
        }
    }
}

/// What exactly is proposed; its hash is what the second person signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The application.
    pub application: ApplicationId,
    /// The coded reason, which names the action.
    pub reason: ReviewReason,
    /// SHA-256 of the note.
    pub note_hash: [u8; 32],
    /// Hash of the referral reasons and findings that the proposer saw.
    pub findings_hash: [u8; 32],
    /// The first person.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
}

impl Proposal {
    /// SHA-256 over every field, each at its fixed place and length.
    pub fn hash(&self) -> [u8; 32] {
        let mut h = Sha256::new();
        h.update(b"lineward proposal v1\0");
        h.update(self.application.as_bytes());
        h.update(self.reason.code().as_bytes());
        h.update([0]);
        h.update(self.note_hash);
        h.update(self.findings_hash);
        h.update(self.proposed_by.as_bytes());
        h.update(self.proposed_at.as_microsecond().to_be_bytes());
        h.finalize().into()
    }
}

/// What is known of a staff member who wants to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The staff member.
    pub staff: StaffId,
    /// Who invited them; `None` for the first of a carrier.
    pub invited_by: Option<StaffId>,
    /// Whether this request comes from their own signed-in session; for the first person, whether they are still in office.
    pub signed_in: bool,
    /// Whether they created the case (opened the application or recorded its sighting).
    pub created_case: bool,
    /// Whether they are the applicant or hold the line.
    pub is_holder: bool,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignRefused {
    /// Only a signed-in person signs.
    #[error("only a signed-in person can sign")]
    NotSignedIn,
    /// First and second are the same person.
    #[error("the second signature must be another person's")]
    SamePerson,
    /// The signer created the case.
    #[error("who created the case cannot decide it")]
    CreatedCase,
    /// The signer is the applicant.
    #[error("nobody decides about their own line")]
    OwnLine,
    /// One of the two invited the other.
    #[error("the two people must not have invited each other")]
    InvitedFirst,
    /// The proposal is older than [`PROPOSAL_LIFE`].
    #[error("the proposal has lapsed; propose again")]
    Lapsed,
    /// A finding changed since the proposal.
    #[error("a finding has changed since the proposal; look again and propose again")]
    FindingsChanged,
    /// One person cannot decide this alone.
    #[error("this decision needs a second person")]
    SecondNeeded,
    /// What was signed is not what is proposed.
    #[error("this is not the proposal that stands")]
    OtherProposal,
}

/// Whether a decision needs a second person: every refusal, and an approval against a failed check.
pub fn needs_second(action: ReviewAction, reasons: &[ReferralReason]) -> bool {
    action == ReviewAction::Refuse || reasons.iter().any(|r| r.is_failed_check())
}

/// That the people whom the rules of four eyes ask for have signed one exact decision. Made by [`decide_alone`] and
/// [`may_sign`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    proposal: Proposal,
    second: Option<StaffId>,
}

impl Signed {
    /// What was signed.
    pub const fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The people, in the order they signed.
    pub fn people(&self) -> Vec<StaffId> {
        [Some(self.proposal.proposed_by), self.second].into_iter().flatten().collect()
    }
}

/// A decision that one person may take.
///
/// # Errors
/// [`SignRefused::SecondNeeded`] where four eyes are asked for, or why this person may not decide.
pub fn decide_alone(
    first: &Signer,
    proposal: Proposal,
    reasons: &[ReferralReason],
) -> Result<Signed, SignRefused> {
    may_propose(first)?;
    if needs_second(proposal.reason.action(), reasons) {
        return Err(SignRefused::SecondNeeded);
    }
    Ok(Signed { proposal, second: None })
}

/// Whether `first` may decide or propose at all.
///
/// # Errors
/// Why not.
pub fn may_propose(first: &Signer) -> Result<(), SignRefused> {
    if !first.signed_in {
        return Err(SignRefused::NotSignedIn);
    }
    if first.created_case {
        return Err(SignRefused::CreatedCase);
    }
    if first.is_holder {
        return Err(SignRefused::OwnLine);
    }
    Ok(())
}

/// Whether `second` may complete `proposal`, made by `first`, by signing `signed_hash`.
///
/// # Errors
/// Why not.
pub fn may_sign(
    now: Timestamp,
    second: &Signer,
    first: &Signer,
    proposal: &Proposal,
    signed_hash: &[u8; 32],
    findings_hash: &[u8; 32],
) -> Result<Signed, SignRefused> {
    may_propose(second)?;
    if second.staff == proposal.proposed_by {
        return Err(SignRefused::SamePerson);
    }
    if first.invited_by == Some(second.staff) || second.invited_by == Some(first.staff) {
        return Err(SignRefused::InvitedFirst);
    }
    // The first signature counts only while its signer could still propose.
    may_propose(first)?;
    if now.duration_since(proposal.proposed_at) >= PROPOSAL_LIFE {
        return Err(SignRefused::Lapsed);
    }
    if *findings_hash != proposal.findings_hash {
        return Err(SignRefused::FindingsChanged);
    }
    if *signed_hash != proposal.hash() {
        return Err(SignRefused::OtherProposal);
    }
    Ok(Signed { proposal: proposal.clone(), second: Some(second.staff) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(n: u8) -> Signer {
        Signer {
            staff: StaffId::from_bytes([n; 16]),
            invited_by: None,
            signed_in: true,
            created_case: false,
            is_holder: false,
        }
    }

    fn proposal() -> Proposal {
        Proposal {
            application: ApplicationId::from_bytes([9; 16]),
            reason: ReviewReason::NotTheOwner,
            note_hash: [1; 32],
            findings_hash: [2; 32],
            proposed_by: signer(1).staff,
            proposed_at: Timestamp::from_second(1_000).unwrap(),
        }
    }

    #[track_caller]
    fn check(now: i64, second: &Signer, first: &Signer, findings: u8, expect: Result<(), SignRefused>) {
        let p = proposal();
        let now = Timestamp::from_second(now).unwrap();
        assert_eq!(may_sign(now, second, first, &p, &p.hash(), &[findings; 32]).map(|_| ()), expect);
    }

    #[test]
    fn four_eyes_are_two_independent_people() {
        let (one, two) = (signer(1), signer(2));
        check(1_001, &two, &one, 2, Ok(()));
        check(1_001, &one, &one, 2, Err(SignRefused::SamePerson));
        check(1_001, &Signer { signed_in: false, ..two.clone() }, &one, 2, Err(SignRefused::NotSignedIn));
        check(1_001, &Signer { created_case: true, ..two.clone() }, &one, 2, Err(SignRefused::CreatedCase));
        check(1_001, &Signer { is_holder: true, ..two.clone() }, &one, 2, Err(SignRefused::OwnLine));
        let invited = Signer { invited_by: Some(two.staff), ..one.clone() };
        check(1_001, &two, &invited, 2, Err(SignRefused::InvitedFirst));
        let invited = Signer { invited_by: Some(one.staff), ..two.clone() };
        check(1_001, &invited, &one, 2, Err(SignRefused::InvitedFirst));
        check(1_001, &two, &Signer { created_case: true, ..one.clone() }, 2, Err(SignRefused::CreatedCase));
        check(1_001, &two, &one, 3, Err(SignRefused::FindingsChanged));
        check(1_000 + 24 * 3600, &two, &one, 2, Err(SignRefused::Lapsed));
    }

    #[test]
    fn the_second_signs_exactly_what_was_proposed() {
        let p = proposal();
        let now = Timestamp::from_second(1_001).unwrap();
        for other in [
            Proposal { reason: ReviewReason::DocumentForged, ..p.clone() },
            Proposal { note_hash: [7; 32], ..p.clone() },
            Proposal { application: ApplicationId::from_bytes([8; 16]), ..p.clone() },
        ] {
            let signed = other.hash();
            assert_eq!(
                may_sign(now, &signer(2), &signer(1), &p, &signed, &[2; 32]),
                Err(SignRefused::OtherProposal)
            );
        }
    }

    #[test]
    fn refusing_and_overriding_need_a_second_person_and_adding_what_is_missing_does_not() {
        use ReferralReason as R;
        assert!(needs_second(ReviewAction::Refuse, &[R::DocumentNotProven]));
        assert!(needs_second(ReviewAction::Approve, &[R::DocumentNotProven, R::FaceNonMatch]));
        assert!(!needs_second(ReviewAction::Approve, &[R::DocumentNotProven, R::FaceReviewBand]));
        assert_eq!(decide_alone(&signer(1), proposal(), &[]), Err(SignRefused::SecondNeeded));
        let approve = Proposal { reason: ReviewReason::OriginalExamined, ..proposal() };
        assert_eq!(decide_alone(&signer(1), approve, &[]).unwrap().people(), vec![signer(1).staff]);
    }
}

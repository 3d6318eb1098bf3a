//! An application for a line: its states, why it goes to a person, and the decision.

use jiff::Timestamp;

use crate::{
    codes,
    proof::{self, Ownership, Proofs},
    rules::Rules,
    verification::{Facts, Way},
};

codes! {
    /// Where an application stands.
    pub enum ApplicationState {
        /// Its steps are under way.
        Open = "open",
        /// A person decides.
        Referred = "referred",
        /// Approved; the line is on its way.
        Approved = "approved",
        /// Refused by a person.
        Refused = "refused",
        /// Taken back by the applicant.
        Withdrawn = "withdrawn",
        /// Left unfinished for longer than the rules keep it.
        Lapsed = "lapsed",
    }
}

impl ApplicationState {
    /// Whether nothing more will happen to it.
    pub const fn is_final(self) -> bool {
        !matches!(self, ApplicationState::Open | ApplicationState::Referred)
    }
}

codes! {
    /// Why an application goes to a person.
    pub enum ReferralReason {
        /// No document was shown.
        NoDocument = "no_document",
        /// A check digit of the document is wrong.
        DocumentInconsistent = "document_inconsistent",
        /// The document can be read in more than one way.
        DocumentAmbiguous = "document_ambiguous",
        /// A check says that the fields are not the issuer's.
        DocumentNotGenuine = "document_not_genuine",
        /// Nothing that the rules accept proves the fields.
        DocumentNotProven = "document_not_proven",
        /// The document's last day has passed.
        DocumentExpired = "document_expired",
        /// The document was reported lost or stolen.
        DocumentReportedLost = "document_reported_lost",
        /// The authority says that the document does not stand.
        DocumentNotValid = "document_not_valid",
        /// Nothing that the rules accept says that the document stands.
        ValidityNotProven = "validity_not_proven",
        /// The authority did not answer in the rules' time.
        ServiceDown = "service_down",
        /// A check says that the portrait is not the issuer's.
        PortraitNotGenuine = "portrait_not_genuine",
        /// Nothing that the rules accept proves the portrait.
        PortraitNotProven = "portrait_not_proven",
        /// The capture was compared with another portrait than the one that is proved.
        OtherPortraitCompared = "other_portrait_compared",
        /// No comparison with this document's portrait was completed.
        FaceNotCompared = "face_not_compared",
        /// The comparison score is below the review band.
        FaceNonMatch = "face_non_match",
        /// The comparison score is in the review band.
        FaceReviewBand = "face_review_band",
        /// Capture and portrait are (nearly) the same picture.
        SameImageSuspected = "same_image_suspected",
        /// A presentation attack is suspected.
        PresentationAttackSuspected = "presentation_attack_suspected",
        /// The way the capture was taken does not suffice for an automatic approval.
        AssuranceTooLow = "assurance_too_low",
        /// The threshold's false match rate was not measured for this model pack.
        ThresholdNotMeasured = "threshold_not_measured",
        /// The other way was chosen and no staff member has seen the original yet.
        NotSighted = "not_sighted",
        /// A staff member found that the person is not the one on the portrait.
        PersonDiffers = "person_differs",
        /// A consent is missing or was withdrawn.
        ConsentMissing = "consent_missing",
        /// One more line would exceed the cap.
        OverCap = "over_cap",
        /// An organisation applies.
        Organisation = "organisation",
        /// Somebody acts for another.
        ForAnother = "for_another",
        /// The proofs are not of one verification and document.
        ProofsDiffer = "proofs_differ",
        /// The proofs are too old.
        ProofsExpired = "proofs_expired",
    }
}

impl ReferralReason {
    /// Whether a check ran and said no. A reviewer who approves against it needs a second person.
    pub const fn is_failed_check(self) -> bool {
        use ReferralReason as R;
        matches!(
            self,
            R::DocumentInconsistent
                | R::DocumentNotGenuine
                | R::DocumentExpired
                | R::DocumentReportedLost
                | R::DocumentNotValid
                | R::PortraitNotGenuine
                | R::FaceNonMatch
                | R::SameImageSuspected
                | R::PresentationAttackSuspected
                | R::PersonDiffers
                | R::ProofsDiffer
        )
    }

    /// Whether not even a person can approve while it stands: consent is the applicant's, the cap is the law's.
    pub const fn bars_approval(self) -> bool {
        matches!(self, ReferralReason::ConsentMissing | ReferralReason::OverCap | ReferralReason::NoDocument)
    }
}

/// What the machine may say. There is no refusal among it: only a person refuses.
#[derive(Debug)]
pub enum Decision {
    /// All proofs are there.
    Approve(Box<Proofs>),
    /// A person decides; every reason, in the order of the checks.
    Refer(Vec<ReferralReason>),
}

/// Decides an application from its facts.
///
/// Pure: the same facts, rules and `now` give the same answer on every machine.
pub fn decide(now: Timestamp, facts: &Facts, rules: &Rules) -> Decision {
    let mut reasons = Vec::new();
    let person = keep(&mut reasons, proof::acts_for_themselves(facts));
    let genuine = keep(&mut reasons, proof::document_genuine(facts, rules));
    let valid = keep(&mut reasons, proof::document_valid(now, facts, rules));
    let portrait = keep(&mut reasons, proof::portrait_proven(facts, rules));
    let ownership = match facts.way {
        Way::Face => {
            let face = keep(&mut reasons, proof::face_match(facts, rules));
            portrait.zip(face).map(|(p, f)| Ownership::Face(p, f))
        }
        Way::OtherWay => {
            let other = keep(&mut reasons, proof::other_way_passed(facts));
            portrait.zip(other).map(|(p, o)| Ownership::Other(p, o))
        }
    };
    let consent = keep(&mut reasons, proof::consent(facts));
    let cap = keep(&mut reasons, proof::within_cap(facts));

    if let (true, Some(()), Some(g), Some(v), Some(o), Some(c), Some(w)) =
        (reasons.is_empty(), person, genuine, valid, ownership, consent, cap)
    {
        match Proofs::join(now, g, v, o, c, w) {
            Ok(proofs) => return Decision::Approve(Box::new(proofs)),
            Err(reason) => reasons.push(reason),
        }
    }
    Decision::Refer(reasons)
}

fn keep<T>(reasons: &mut Vec<ReferralReason>, proof: Result<T, Vec<ReferralReason>>) -> Option<T> {
    match proof {
        Ok(value) => Some(value),
        Err(why) => {
            reasons.extend(why);
            None
        }
    }
}

#[cfg(test)]
mod tests;

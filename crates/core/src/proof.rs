//! Proof values: each is made only by the check it is named after, and an approval cannot be written without them.
//!
//! Every value carries the verification and document it is about, its purpose and its expiry; what is about a portrait
//! carries which one. Values of different verifications, documents or portraits do not combine.

use jiff::Timestamp;

use crate::{
    application::ReferralReason as R,
    evidence::{CheckResult, EvidenceClass, FaceOutcome, FaceReason, FieldSource, PortraitRef},
    id::{DocumentId, VerificationId},
    line::{LineEvent, LineState, NoSuchMove},
    review::Signed,
    rules::{AttackPolicy, Rules},
    verification::{
        ApplicantKind, ConsentKind, DocumentCheck, DocumentReason, FaceFact, Facts, Purpose, Way,
    },
};

/// What a proof value is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct About {
    verification: VerificationId,
    document: Option<DocumentId>,
    purpose: Purpose,
    expires_at: Timestamp,
}

/// The fields of the document are the issuer's.
#[derive(Debug)]
pub struct DocumentGenuine(About);
/// The document is in date, not revoked and not reported lost.
#[derive(Debug)]
pub struct DocumentValid(About);
/// This one portrait is the issuer's: signed, answered for by the issuer, or seen in the original.
#[derive(Debug)]
pub struct PortraitProven(About, PortraitRef);
/// The capture and this one portrait of the document are one person's at the automatic threshold.
#[derive(Debug)]
pub struct FaceMatch(About, PortraitRef);
/// A staff member saw the original with its portrait and the person together.
#[derive(Debug)]
pub struct OtherWayPassed(About);
/// The person agreed to what was done.
#[derive(Debug)]
pub struct Consent(About);
/// One more line keeps the person within the cap. True only inside the transaction that locked the counter.
#[derive(Debug)]
pub struct WithinCap(About);

/// That the applicant owns the document: its holder is the person of one portrait, and that portrait is proved.
#[derive(Debug)]
pub enum Ownership {
    /// By the face.
    Face(PortraitProven, FaceMatch),
    /// By the other way.
    Other(PortraitProven, OtherWayPassed),
}

/// All that an automatic approval needs, of one verification, one document, one purpose, none expired.
#[derive(Debug)]
pub struct Proofs {
    about: About,
}

impl Proofs {
    /// Joins the proof values and uses them up.
    ///
    /// # Errors
    /// [`R::ProofsDiffer`] when they are not all of one verification, document and purpose, or what proves the portrait is
    /// about another portrait than what names its owner; [`R::ProofsExpired`].
    pub fn join(
        now: Timestamp,
        genuine: DocumentGenuine,
        valid: DocumentValid,
        ownership: Ownership,
        consent: Consent,
        cap: WithinCap,
    ) -> Result<Proofs, R> {
        let about = genuine.0;
        let (proven, owner) = match &ownership {
            Ownership::Face(p, f) => (p, (f.0, f.1)),
            Ownership::Other(p, o) => (p, (o.0, PortraitRef::Original)),
        };
        let of_document = [valid.0, proven.0, owner.0].iter().all(|a| *a == about) && proven.1 == owner.1;
        let of_person = [consent.0, cap.0].iter().all(|a| About { document: about.document, ..*a } == about);
        if about.document.is_none() || !of_document || !of_person {
            return Err(R::ProofsDiffer);
        }
        if about.expires_at <= now {
            return Err(R::ProofsExpired);
        }
        Ok(Proofs { about })
    }

    /// The verification that was proved.
    pub const fn verification(&self) -> VerificationId {
        self.about.verification
    }
}

/// What makes a line's approval: the machine's proofs, or people who signed, with the applicant's consent and the law's cap
/// in either case.
#[derive(Debug)]
pub enum Approval {
    /// All proofs are there.
    Machine(Proofs),
    /// A reviewer, or two, decided.
    People {
        /// Who signed what.
        signed: Signed,
        /// The applicant agreed.
        consent: Consent,
        /// The cap holds.
        cap: WithinCap,
    },
}

impl LineState {
    /// The state after an approval: the only way to [`LineState::Approved`] that takes no bare word for it.
    ///
    /// # Errors
    /// [`NoSuchMove`] when the line is not waiting for a decision.
    pub fn approve(self, _approval: &Approval) -> Result<LineState, NoSuchMove> {
        self.after(LineEvent::Approve)
    }
}

fn about(facts: &Facts, document: Option<DocumentId>) -> About {
    About { verification: facts.verification, document, purpose: facts.purpose, expires_at: facts.expires_at }
}

/// The latest comparison with a portrait of `document`.
fn latest_face(facts: &Facts, document: DocumentId) -> Option<&FaceFact> {
    facts.faces.iter().rev().find(|f| f.document == document)
}

fn some_set_holds(sets: &[Vec<EvidenceClass>], have: &[EvidenceClass]) -> bool {
    sets.iter().any(|set| set.iter().all(|c| have.contains(c)))
}

/// The fields are genuine: a set of classes that the rules accept has passed, and nothing has failed.
///
/// # Errors
/// Every reason why not.
pub fn document_genuine(facts: &Facts, rules: &Rules) -> Result<DocumentGenuine, Vec<R>> {
    let Some(document) = &facts.document else { return Err(vec![R::NoDocument]) };
    let mut why = Vec::new();
    let (digits, digits_failed) = document.classes(DocumentCheck::CheckDigits);
    let (classes, failed) = document.classes(DocumentCheck::FieldsGenuine);
    if digits_failed {
        why.push(R::DocumentInconsistent);
    }
    if document.current().any(|f| f.reason == Some(DocumentReason::Ambiguous)) {
        why.push(R::DocumentAmbiguous);
    }
    if failed {
        why.push(R::DocumentNotGenuine);
    }
    let keyed = document.number_source == FieldSource::Keyed && !rules.keyed_numbers.value;
    if keyed || !some_set_holds(&rules.genuine.value, &[classes, digits].concat()) {
        why.push(R::DocumentNotProven);
    }
    if why.is_empty() { Ok(DocumentGenuine(about(facts, Some(document.id)))) } else { Err(why) }
}

/// The document is in date on the day of `now` in the rules' zone, and a class that the rules accept says it stands.
///
/// # Errors
/// Every reason why not.
pub fn document_valid(now: Timestamp, facts: &Facts, rules: &Rules) -> Result<DocumentValid, Vec<R>> {
    let Some(document) = &facts.document else { return Err(Vec::new()) };
    let mut why = Vec::new();
    let today = now.to_zoned_datetime(rules.zone.clone()).date();
    if document.expires_on.is_some_and(|last| last < today) {
        why.push(R::DocumentExpired);
    }
    let (classes, failed) = document.classes(DocumentCheck::Valid);
    let says = |reason| document.current().any(|f| f.reason == Some(reason));
    if says(DocumentReason::ReportedLost) {
        why.push(R::DocumentReportedLost);
    } else if failed {
        why.push(R::DocumentNotValid);
    }
    if !some_set_holds(&rules.valid.value, &classes) && !failed {
        why.push(if document.service_down_since().is_some() { R::ServiceDown } else { R::ValidityNotProven });
    }
    if why.is_empty() { Ok(DocumentValid(about(facts, Some(document.id)))) } else { Err(why) }
}

/// The portrait that the person was held against is the issuer's: under the face way the one that the latest comparison
/// took, under the other way the one on the original. A set of classes that the rules accept must have passed for that
/// very portrait, and nothing may have failed for any.
///
/// # Errors
/// Why not; nothing where only the comparison is missing, which [`face_match`] and [`other_way_passed`] say.
pub fn portrait_proven(facts: &Facts, rules: &Rules) -> Result<PortraitProven, Vec<R>> {
    let Some(document) = &facts.document else { return Err(Vec::new()) };
    let (_, failed) = document.classes(DocumentCheck::PortraitGenuine);
    if failed {
        return Err(vec![R::PortraitNotGenuine]);
    }
    let proven = |portrait| some_set_holds(&rules.portrait.value, &document.portrait_classes(portrait));
    let held_against = match facts.way {
        Way::Face => latest_face(facts, document.id).map(|face| face.portrait),
        Way::OtherWay => facts.sighting.as_ref().map(|_| PortraitRef::Original),
    };
    match held_against {
        Some(portrait) if proven(portrait) => Ok(PortraitProven(about(facts, Some(document.id)), portrait)),
        _ if !document.current().filter_map(|f| f.portrait).any(proven) => Err(vec![R::PortraitNotProven]),
        Some(_) => Err(vec![R::OtherPortraitCompared]),
        None => Err(Vec::new()),
    }
}

/// The latest comparison with a portrait of this document is a match that the rules accept.
///
/// # Errors
/// Every reason why not.
pub fn face_match(facts: &Facts, rules: &Rules) -> Result<FaceMatch, Vec<R>> {
    let Some(document) = &facts.document else { return Err(vec![R::FaceNotCompared]) };
    let Some(face) = latest_face(facts, document.id) else { return Err(vec![R::FaceNotCompared]) };
    let finding = &face.finding;
    let has = |reason| finding.reasons.contains(&reason);
    let mut why = Vec::new();
    match finding.outcome {
        FaceOutcome::Match => {}
        FaceOutcome::NonMatch if has(FaceReason::ReviewBand) => why.push(R::FaceReviewBand),
        FaceOutcome::NonMatch => why.push(R::FaceNonMatch),
        FaceOutcome::NotCompared => why.push(R::FaceNotCompared),
    }
    if has(FaceReason::SameImageSuspected) {
        why.push(R::SameImageSuspected);
    }
    if has(FaceReason::PresentationAttackSuspected) && rules.presentation_attack.value == AttackPolicy::Refer
    {
        why.push(R::PresentationAttackSuspected);
    }
    if finding.assurance < rules.least_assurance.value {
        why.push(R::AssuranceTooLow);
    }
    // A match is worth what its threshold was measured at; a pack without measured points serves the demo only.
    let measured = finding.fmr_ppb.is_some_and(|fmr| fmr <= rules.face_fmr_ppb.value);
    if !measured && rules.scope != crate::rules::Scope::Demo {
        why.push(R::ThresholdNotMeasured);
    }
    if why.is_empty() { Ok(FaceMatch(about(facts, Some(document.id)), face.portrait)) } else { Err(why) }
}

/// A staff member saw this document's original and the person together.
///
/// # Errors
/// Why not.
pub fn other_way_passed(facts: &Facts) -> Result<OtherWayPassed, Vec<R>> {
    let (Some(document), Some(sighting)) = (&facts.document, &facts.sighting) else {
        return Err(vec![R::NotSighted]);
    };
    match sighting.person_matches {
        CheckResult::Pass if sighting.document == document.id => {
            Ok(OtherWayPassed(about(facts, Some(document.id))))
        }
        CheckResult::Fail => Err(vec![R::PersonDiffers]),
        CheckResult::Pass | CheckResult::NotChecked => Err(vec![R::NotSighted]),
    }
}

/// The person agreed to the checks of the chosen way.
///
/// # Errors
/// [`R::ConsentMissing`].
pub fn consent(facts: &Facts) -> Result<Consent, Vec<R>> {
    let needed: &[ConsentKind] = match facts.way {
        Way::Face => &[ConsentKind::Identity, ConsentKind::Face],
        Way::OtherWay => &[ConsentKind::Identity],
    };
    if needed.iter().all(|c| facts.consents.contains(c)) {
        Ok(Consent(about(facts, None)))
    } else {
        Err(vec![R::ConsentMissing])
    }
}

/// One more line stays within the cap.
///
/// # Errors
/// [`R::OverCap`].
pub fn within_cap(facts: &Facts) -> Result<WithinCap, Vec<R>> {
    match facts.cap {
        Some(cap) if facts.lines_held >= cap => Err(vec![R::OverCap]),
        _ => Ok(WithinCap(about(facts, None))),
    }
}

/// The applicant is a person acting for themselves.
///
/// # Errors
/// The kind that needs a person's look.
pub fn acts_for_themselves(facts: &Facts) -> Result<(), Vec<R>> {
    match facts.applicant {
        ApplicantKind::Person => Ok(()),
        ApplicantKind::Organisation => Err(vec![R::Organisation]),
        ApplicantKind::ForAnother => Err(vec![R::ForAnother]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PictureId;

    fn about_of(verification: u8, document: Option<u8>) -> About {
        About {
            verification: VerificationId::from_bytes([verification; 16]),
            document: document.map(|d| DocumentId::from_bytes([d; 16])),
            purpose: Purpose::OpenLine,
            expires_at: Timestamp::from_second(100).unwrap(),
        }
    }

    fn join(a: [About; 6], now: i64) -> Result<Proofs, R> {
        let portrait = PortraitRef::Chip([1; 32]);
        let [genuine, valid, proven, face, consent, cap] = a;
        let owner = Ownership::Face(PortraitProven(proven, portrait), FaceMatch(face, portrait));
        let now = Timestamp::from_second(now).unwrap();
        let (genuine, valid) = (DocumentGenuine(genuine), DocumentValid(valid));
        Proofs::join(now, genuine, valid, owner, Consent(consent), WithinCap(cap))
    }

    #[test]
    fn proofs_of_one_verification_combine_and_no_other_ones() {
        let right = [Some(1), Some(1), Some(1), Some(1), None, None].map(|d| about_of(1, d));
        assert!(join(right, 0).is_ok());
        assert_eq!(join(right, 100).unwrap_err(), R::ProofsExpired);
        for i in 0..6 {
            let mut wrong = right;
            wrong[i] = about_of(2, wrong[i].document.map(|_| 1));
            assert_eq!(join(wrong, 0).unwrap_err(), R::ProofsDiffer, "verification of value {i}");
        }
        for i in 0..4 {
            let mut wrong = right;
            wrong[i] = about_of(1, Some(2));
            assert_eq!(join(wrong, 0).unwrap_err(), R::ProofsDiffer, "document of value {i}");
        }
    }

    #[test]
    fn proofs_of_one_portrait_combine_and_no_other_ones() {
        let document = about_of(1, Some(1));
        let person = about_of(1, None);
        let joins = |owner| {
            let now = Timestamp::UNIX_EPOCH;
            let (genuine, valid) = (DocumentGenuine(document), DocumentValid(document));
            Proofs::join(now, genuine, valid, owner, Consent(person), WithinCap(person)).is_ok()
        };
        let portraits = [
            PortraitRef::Chip([1; 32]),
            PortraitRef::Chip([2; 32]),
            PortraitRef::Picture(PictureId::from_bytes([1; 16])),
            PortraitRef::Picture(PictureId::from_bytes([2; 16])),
            PortraitRef::Original,
        ];
        for proven in portraits {
            for compared in portraits {
                let face = Ownership::Face(PortraitProven(document, proven), FaceMatch(document, compared));
                assert_eq!(joins(face), proven == compared, "{proven:?} proved, {compared:?} compared");
            }
            let seen = Ownership::Other(PortraitProven(document, proven), OtherWayPassed(document));
            assert_eq!(joins(seen), proven == PortraitRef::Original, "{proven:?} proved, the original seen");
        }
    }
}

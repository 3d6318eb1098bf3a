//! The words for what a check found and what the finding rests on.

use crate::{codes, id::PictureId};

codes! {
    /// What a check answered. There is no `bool` for this: "could not be checked" is an answer of its own,
    /// and the rules say whether it is enough.
    pub enum CheckResult {
        /// The check ran and was satisfied.
        Pass = "pass",
        /// The check ran and was not satisfied.
        Fail = "fail",
        /// The check did not run; the reason stands beside it.
        NotChecked = "not_checked",
    }
}

codes! {
    /// What a finding about a document rests on, weakest first.
    pub enum EvidenceClass {
        /// A number that follows its scheme.
        Number = "number",
        /// Fields that agree with each other (check digits, dates).
        Consistent = "consistent",
        /// The look of a photographed document.
        Optical = "optical",
        /// An issuer's signature over the data.
        Signed = "signed",
        /// A chip proved to be the original one.
        ChipPresent = "chip_present",
        /// The issuing authority's own answer.
        Authority = "authority",
        /// A trained person examined the original in hand.
        Sighted = "sighted",
    }
}

impl EvidenceClass {
    /// Whether evidence of this class shows by itself that an issuer made what was examined. A number, agreeing fields and
    /// a good look can be copied or computed by anyone; an original chip says nothing of data that nobody signed.
    pub const fn proves_issue(self) -> bool {
        matches!(self, EvidenceClass::Signed | EvidenceClass::Authority | EvidenceClass::Sighted)
    }
}

codes! {
    /// Where a field or portrait of a document came from.
    pub enum FieldSource {
        /// Typed by a person.
        Keyed = "keyed",
        /// Parsed from the text of a machine-readable zone.
        MrzText = "mrz_text",
        /// Read from a photograph of the document.
        Photo = "photo",
        /// Read from the document's chip.
        Chip = "chip",
    }
}

/// Which portrait a finding is about or a capture was compared with.
///
/// A face match is worth something only with the portrait that was proved. A victim's genuine chip next to a card with
/// the attacker's photograph, or an issuer's yes to one picture followed by a capture against another, are two portraits
/// that are never equal here, and proofs about different ones do not combine (`proof::Proofs::join`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortraitRef {
    /// The one in the chip. The mark is equal exactly for equal files of data group 2, the bytes that the issuer signed.
    Chip([u8; 32]),
    /// The one on a picture of the document that came with one request.
    Picture(PictureId),
    /// The one on the original in a staff member's hand.
    Original,
}

impl PortraitRef {
    /// Its stored form: a first byte for the kind, then mark or id.
    pub fn to_bytes(self) -> Vec<u8> {
        match self {
            PortraitRef::Chip(mark) => [&[1], mark.as_slice()].concat(),
            PortraitRef::Picture(id) => [&[2], id.as_bytes().as_slice()].concat(),
            PortraitRef::Original => vec![3],
        }
    }

    /// The portrait with this stored form; `None` for bytes that are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<PortraitRef> {
        match bytes {
            [1, mark @ ..] => mark.try_into().ok().map(PortraitRef::Chip),
            [2, id @ ..] => id.try_into().ok().map(|id| PortraitRef::Picture(PictureId::from_bytes(id))),
            [3] => Some(PortraitRef::Original),
            _ => None,
        }
    }
}

codes! {
    /// How far a capture can be trusted to come from the person in front of the camera, least first.
    pub enum Assurance {
        /// A file handed in: nothing says when or by whom it was made.
        File = "file",
        /// Taken by our page in the applicant's own session.
        WebSession = "web_session",
        /// Taken in the presence of a staff member.
        Staffed = "staffed",
    }
}

codes! {
    /// The comparison decision of ISO/IEC 2382-37, and "could not be compared".
    pub enum FaceOutcome {
        /// The comparison score reached the threshold.
        Match = "match",
        /// The comparison score stayed below the threshold.
        NonMatch = "non_match",
        /// No score exists: one side had no usable face.
        NotCompared = "not_compared",
    }
}

codes! {
    /// Why a face comparison needs attention. The first group means that no score exists and the step is asked again.
    pub enum FaceReason {
        /// No face was found on the reference (the portrait of the document).
        ReferenceNoFace = "reference_no_face",
        /// More than one face was found on the reference.
        ReferenceSeveralFaces = "reference_several_faces",
        /// The face on the reference is too small, blurred, dark or bright to be compared.
        ReferencePoorQuality = "reference_poor_quality",
        /// The reference could not be decoded as an image.
        ReferenceUnreadable = "reference_unreadable",
        /// No face was found on the probe (the capture).
        ProbeNoFace = "probe_no_face",
        /// More than one face was found on the probe.
        ProbeSeveralFaces = "probe_several_faces",
        /// The face on the probe is too small, blurred, dark or bright to be compared.
        ProbePoorQuality = "probe_poor_quality",
        /// The probe could not be decoded as an image.
        ProbeUnreadable = "probe_unreadable",
        /// Several frames were given as one capture and their faces do not agree.
        ProbeFramesDiffer = "probe_frames_differ",
        /// No model pack is present, so no comparison can be made.
        NoModelPack = "no_model_pack",
        /// The score lies between the review threshold and the automatic one.
        ReviewBand = "review_band",
        /// Probe and reference are (nearly) the same picture: a photograph of the portrait, not of a person.
        SameImageSuspected = "same_image_suspected",
        /// The presentation attack detectors took the probe for an attack. Evidence, never a verdict.
        PresentationAttackSuspected = "presentation_attack_suspected",
    }
}

/// The result of one 1:1 comparison, without anything biometric in it.
///
/// Scores are cosines in millionths (-1_000_000..=1_000_000): integers, so that a decision replays bit for bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceFinding {
    /// The comparison decision at `threshold_ppm`.
    pub outcome: FaceOutcome,
    /// Cosine of the two templates in millionths; `None` exactly when the outcome is `not_compared`.
    pub score_ppm: Option<i32>,
    /// The automatic threshold, in millionths.
    pub threshold_ppm: i32,
    /// The lower edge of the review band, in millionths.
    pub review_threshold_ppm: i32,
    /// The false match rate that `threshold_ppm` was measured at, in parts per thousand million (1e-4 = 100_000);
    /// `None` when it was not measured for this pack.
    pub fmr_ppb: Option<u32>,
    /// Mean bona fide score of the presentation attack detectors in millionths; `None` when they did not run.
    pub bona_fide_ppm: Option<u32>,
    /// Everything worth saying, in the order found.
    pub reasons: Vec<FaceReason>,
    /// SHA-256 of the model pack's manifest; all zero without a pack.
    pub pack_hash: [u8; 32],
    /// How the capture was taken.
    pub assurance: Assurance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portrait_comes_back_from_its_stored_form_and_from_no_other() {
        let id = PictureId::from_bytes([7; 16]);
        for portrait in [PortraitRef::Chip([9; 32]), PortraitRef::Picture(id), PortraitRef::Original] {
            let bytes = portrait.to_bytes();
            assert_eq!(PortraitRef::from_bytes(&bytes), Some(portrait));
            assert_eq!(PortraitRef::from_bytes(&[bytes.as_slice(), &[0]].concat()), None);
        }
        assert_eq!(PortraitRef::from_bytes(&[]), None);
    }
}

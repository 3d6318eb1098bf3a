//! The words for what a check found and what the finding rests on.

use crate::codes;

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

codes! {
    /// Where a field or portrait of a document came from.
    pub enum FieldSource {
        /// Typed by a person.
        Keyed = "keyed",
        /// Parsed from the text of a machine-readable zone.
        MrzText = "mrz_text",
        /// Read from a photograph of the document.
        Photo = "photo",
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

//! One function from bytes to findings: the portrait of one document against the capture of one person.

use lineward_core::evidence::{Assurance, FaceFinding, FaceOutcome, FaceReason};

use crate::decode::{ImageError, Picture, decode};
use crate::detect::{Effort, Face};
use crate::engine::EngineError;
use crate::models::{LoadError, Models, NetworkReport};
use crate::pack::{Manifest, OperatingPoint, Pack};
use crate::pad;
use crate::pixels::Planes;
use crate::quality::{Quality, Shortcoming};
use crate::same_image::{self, View};
use crate::template::Template;

/// Most frames of one capture.
pub const MAX_FRAMES: usize = 16;
/// Another face counts when it is at least a third as large as the largest: smaller ones are people in the background,
/// whom nobody could take for the subject.
const OTHER_FACE_SIZE: f32 = 1.0 / 3.0;
/// On a photographed document another face counts from this part of the largest one's size on. Ours: a ghost image is
/// about half as large as the portrait or smaller, and people side by side are about as large as each other.
const OTHER_FACE_SIZE_ON_DOCUMENT: f32 = 2.0 / 3.0;

/// Compares one person's capture with the portrait of one document. It keeps nothing between two comparisons.
///
/// ```
/// use lineward_face::{Checker, CompareOptions};
/// use lineward_core::evidence::FaceReason;
///
/// let checker = Checker::without_pack();
/// let png = [
///     137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0,
///     58, 126, 155, 85, 0, 0, 0, 10, 73, 68, 65, 84, 120, 156, 99, 248, 15, 0, 1, 1, 1, 0, 177, 56, 246,
///     20, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
/// ];
/// let comparison = checker.compare(&png, &[&png], &CompareOptions::default()).unwrap();
/// assert_eq!(comparison.finding.reasons, [FaceReason::NoModelPack]);
/// ```
pub struct Checker {
    models: Option<Models>,
}

/// What the reference is a picture of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A portrait: exactly one face is expected.
    Portrait,
    /// A photographed document: the portrait may be small, and where the document repeats it as a smaller ghost image,
    /// the largest face is the portrait.
    DocumentPhoto,
}

/// How a comparison is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareOptions {
    /// What the reference is a picture of.
    pub reference_kind: ReferenceKind,
    /// How the capture was taken; written into the finding.
    pub assurance: Assurance,
    /// The false match rate of the automatic threshold in parts per thousand million; `None` takes the pack's own.
    pub fmr_ppb: Option<u32>,
}

impl Default for CompareOptions {
    fn default() -> Self {
        CompareOptions { reference_kind: ReferenceKind::Portrait, assurance: Assurance::File, fmr_ppb: None }
    }
}

/// A finding, and what it was drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The finding that decisions and records take.
    pub finding: FaceFinding,
    /// The comparison score; `None` exactly when the outcome is `not_compared`.
    pub score: Option<f32>,
    /// Correlation of the two pictures around the face, -1 to 1; near 1 they are copies of one picture.
    pub likeness: Option<f32>,
    /// The reference.
    pub reference: PictureFinding,
    /// Every frame of the capture, in the order given.
    pub frames: Vec<PictureFinding>,
    /// The frame that was compared: the sharpest that is fit.
    pub compared_frame: Option<usize>,
}

/// What was found on one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureFinding {
    /// Upright width in pixels of the file (a multiple of the factor a large picture was shrunk by).
    pub width: u32,
    /// Upright height likewise.
    pub height: u32,
    /// Faces that count.
    pub faces: usize,
    /// The face looked at.
    pub face: Option<FaceBox>,
    /// Its quality.
    pub quality: Option<Quality>,
    /// What makes it unfit.
    pub shortcomings: Vec<Shortcoming>,
}

/// Where a face is, in pixels of the upright picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceBox {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// The detector's score, 0 to 1.
    pub score: f32,
}

/// The two sides of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The portrait of the document.
    Reference,
    /// One frame of the capture, counted from 0.
    Probe {
        /// Which frame.
        frame: usize,
    },
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Side::Reference => f.write_str("the reference"),
            Side::Probe { frame } => write!(f, "frame {} of the probe", frame + 1),
        }
    }
}

/// Why no comparison could be made at all. What was decoded and cannot be compared is no error but a finding.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// One side is not a picture that can be decoded.
    #[error("{side} cannot be read: {cause}")]
    Unreadable {
        /// Which side.
        side: Side,
        /// What is wrong with it.
        cause: ImageError,
    },
    /// No frame of the capture was given.
    #[error("the probe has no frames")]
    NoFrames,
    /// More frames than one capture has.
    #[error("the probe has {given} frames; at most {MAX_FRAMES} are taken")]
    TooManyFrames {
        /// How many were given.
        given: usize,
    },
    /// The pack has no threshold measured at this false match rate.
    #[error(
        "no threshold was measured at a false match rate of {asked_ppb} in 10^9; measured are {measured_ppb:?}"
    )]
    FmrNotMeasured {
        /// What was asked for.
        asked_ppb: u32,
        /// What the pack has.
        measured_ppb: Vec<u32>,
    },
    /// A network failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl FaceError {
    /// The reason to give where an unreadable picture is a finding (a step that is asked again) and not an error.
    pub fn reason(&self) -> Option<FaceReason> {
        match self {
            FaceError::Unreadable { side: Side::Reference, .. } => Some(FaceReason::ReferenceUnreadable),
            FaceError::Unreadable { side: Side::Probe { .. }, .. } => Some(FaceReason::ProbeUnreadable),
            _ => None,
        }
    }
}

impl Checker {
    /// Loads the networks of a pack. `lanes` is how many comparisons run at once, one core each.
    ///
    /// # Errors
    /// [`LoadError`] names the file that does not load.
    pub fn load(pack: Pack, lanes: usize) -> Result<Checker, LoadError> {
        Ok(Checker { models: Some(Models::load(pack, lanes)?) })
    }

    #[cfg(test)]
    pub(crate) fn of(models: Models) -> Checker {
        Checker { models: Some(models) }
    }

    /// A checker without models: every comparison answers `not_compared` for `no_model_pack`.
    pub fn without_pack() -> Checker {
        Checker { models: None }
    }

    /// The manifest of the pack in use.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.models.as_ref().map(|models| &models.manifest)
    }

    /// Which engine runs each network of the pack.
    pub fn networks(&self) -> &[NetworkReport] {
        self.models.as_ref().map(|models| models.reports.as_slice()).unwrap_or_default()
    }

    pub(crate) fn models(&self) -> Option<&Models> {
        self.models.as_ref()
    }

    /// Compares the frames of one capture of one person with the one reference.
    ///
    /// # Errors
    /// [`FaceError::Unreadable`] when a side cannot be decoded; the other variants say what the caller asked wrongly or
    /// that a network failed.
    pub fn compare(
        &self,
        reference: &[u8],
        frames: &[&[u8]],
        options: &CompareOptions,
    ) -> Result<Comparison, FaceError> {
        match frames.len() {
            0 => return Err(FaceError::NoFrames),
            given if given > MAX_FRAMES => return Err(FaceError::TooManyFrames { given }),
            _ => {}
        }
        let mut finding = self.empty_finding(options)?;
        let reference = self.examine(reference, Side::Reference, options.reference_kind)?;
        let frames = frames
            .iter()
            .enumerate()
            .map(|(frame, bytes)| self.examine(bytes, Side::Probe { frame }, ReferenceKind::Portrait));
        let frames = frames.collect::<Result<Vec<_>, _>>()?;
        let Some(models) = &self.models else {
            finding.reasons.push(FaceReason::NoModelPack);
            return Ok(not_compared(finding, reference, frames));
        };

        finding.reasons.extend(reference.problem(Side::Reference));
        finding.reasons.extend(probe_problems(&frames));
        if differ(&frames, models.manifest.thresholds.review) {
            finding.reasons.push(FaceReason::ProbeFramesDiffer);
        }
        let best = sharpest(&frames);
        let (Some(ours), Some((frame, theirs)), true) =
            (&reference.subject, best, finding.reasons.is_empty())
        else {
            return Ok(not_compared(finding, reference, frames));
        };

        let score = ours.template.score(&theirs.template);
        let score_ppm = ppm(score);
        finding.score_ppm = Some(score_ppm);
        finding.outcome =
            if score_ppm >= finding.threshold_ppm { FaceOutcome::Match } else { FaceOutcome::NonMatch };
        if (finding.review_threshold_ppm..finding.threshold_ppm).contains(&score_ppm) {
            finding.reasons.push(FaceReason::ReviewBand);
        }
        let likeness = ours.view.likeness(&theirs.view);
        if likeness >= same_image::SUSPECT_FROM {
            finding.reasons.push(FaceReason::SameImageSuspected);
        }
        let bona_fide = pad::bona_fide(&models.pad, &theirs.pad)?;
        if bona_fide.is_some_and(|score| score < pad::SUSPECT_BELOW) {
            finding.reasons.push(FaceReason::PresentationAttackSuspected);
        }
        finding.bona_fide_ppm = bona_fide.map(|score| ppm(score).unsigned_abs());
        Ok(Comparison {
            finding,
            score: Some(score),
            likeness: Some(likeness),
            compared_frame: Some(frame),
            reference: reference.finding,
            frames: frames.into_iter().map(|frame| frame.finding).collect(),
        })
    }

    /// Finds the portrait of a picture without comparing it with anything.
    ///
    /// # Errors
    /// [`FaceError::Unreadable`] when the picture cannot be decoded.
    pub fn portrait(&self, picture: &[u8], kind: ReferenceKind) -> Result<PictureFinding, FaceError> {
        Ok(self.examine(picture, Side::Reference, kind)?.finding)
    }

    /// The finding of a comparison that was not made, for a reason found outside (an unreadable side, say).
    ///
    /// # Errors
    /// [`FaceError::FmrNotMeasured`].
    pub fn not_compared(
        &self,
        reason: FaceReason,
        options: &CompareOptions,
    ) -> Result<FaceFinding, FaceError> {
        let mut finding = self.empty_finding(options)?;
        finding.reasons.push(reason);
        Ok(finding)
    }

    fn empty_finding(&self, options: &CompareOptions) -> Result<FaceFinding, FaceError> {
        let mut finding = FaceFinding {
            outcome: FaceOutcome::NotCompared,
            score_ppm: None,
            threshold_ppm: 0,
            review_threshold_ppm: 0,
            fmr_ppb: None,
            bona_fide_ppm: None,
            reasons: Vec::new(),
            pack_hash: [0; 32],
            assurance: options.assurance,
        };
        if let Some(models) = &self.models {
            let thresholds = &models.manifest.thresholds;
            let (threshold, fmr_ppb) = match options.fmr_ppb {
                Some(asked_ppb) => {
                    let point = thresholds.points.iter().find(|p| p.fmr_ppb() == asked_ppb);
                    let measured_ppb = || thresholds.points.iter().map(OperatingPoint::fmr_ppb).collect();
                    let point = point.ok_or_else(|| FaceError::FmrNotMeasured {
                        asked_ppb,
                        measured_ppb: measured_ppb(),
                    })?;
                    (point.threshold, Some(asked_ppb))
                }
                None => {
                    let point = thresholds.points.iter().find(|p| p.threshold == thresholds.automatic);
                    (thresholds.automatic, point.map(OperatingPoint::fmr_ppb))
                }
            };
            finding.threshold_ppm = ppm(threshold);
            finding.review_threshold_ppm = ppm(thresholds.review).min(finding.threshold_ppm);
            finding.fmr_ppb = fmr_ppb.filter(|_| thresholds.measured);
            finding.pack_hash = models.manifest.hash();
        }
        Ok(finding)
    }

    /// Decodes one picture and looks for its subject.
    fn examine(&self, bytes: &[u8], side: Side, kind: ReferenceKind) -> Result<Examined, FaceError> {
        let picture = decode(bytes).map_err(|cause| FaceError::Unreadable { side, cause })?;
        let mut finding = PictureFinding::of(&picture);
        let Some(models) = &self.models else { return Ok(Examined { finding, subject: None }) };
        let effort = match kind {
            ReferenceKind::Portrait => Effort::WholePicture,
            ReferenceKind::DocumentPhoto => Effort::Tiles,
        };
        let faces = models.detector.faces(&picture.pixels, effort)?;
        let Some(face) = faces.first() else { return Ok(Examined { finding, subject: None }) };
        let least = match kind {
            ReferenceKind::Portrait => OTHER_FACE_SIZE,
            ReferenceKind::DocumentPhoto => OTHER_FACE_SIZE_ON_DOCUMENT,
        };
        finding.faces = faces.iter().filter(|f| f.size() >= face.size() * least).count();
        finding.face = Some(FaceBox::of(face, picture.shrink));
        let Some(aligned) = models.embedder.aligned(&picture.pixels, face) else {
            return Ok(Examined { finding, subject: None });
        };
        let quality = Quality::measure(face, picture.shrink, &aligned);
        finding.quality = Some(quality);
        finding.shortcomings = quality.shortcomings();
        if finding.faces > 1 || !finding.shortcomings.is_empty() {
            return Ok(Examined { finding, subject: None });
        }
        let Some(view) = View::of(&picture.pixels, face) else {
            return Ok(Examined { finding, subject: None });
        };
        let template = models.embedder.embed(&aligned)?;
        let pad = pad::views(&models.pad, &picture.pixels, face);
        Ok(Examined { finding, subject: Some(Subject { template, view, pad, sharpness: quality.sharpness }) })
    }
}

/// One picture, and its subject when it has exactly one that is fit to be compared.
struct Examined {
    finding: PictureFinding,
    subject: Option<Subject>,
}

/// What is kept of a face until the comparison is made.
struct Subject {
    template: Template,
    view: View,
    pad: Vec<Planes>,
    sharpness: f32,
}

impl Examined {
    /// Why this picture cannot be compared.
    fn problem(&self, side: Side) -> Option<FaceReason> {
        let reference = side == Side::Reference;
        let (none, several, poor) = if reference {
            (FaceReason::ReferenceNoFace, FaceReason::ReferenceSeveralFaces, FaceReason::ReferencePoorQuality)
        } else {
            (FaceReason::ProbeNoFace, FaceReason::ProbeSeveralFaces, FaceReason::ProbePoorQuality)
        };
        match self.finding.faces {
            _ if self.subject.is_some() => None,
            0 => Some(none),
            1 => Some(poor),
            _ => Some(several),
        }
    }
}

impl PictureFinding {
    fn of(picture: &Picture) -> PictureFinding {
        let side = |length: usize| length as u32 * picture.shrink;
        PictureFinding {
            width: side(picture.pixels.width()),
            height: side(picture.pixels.height()),
            faces: 0,
            face: None,
            quality: None,
            shortcomings: Vec::new(),
        }
    }
}

impl FaceBox {
    fn of(face: &Face, shrink: u32) -> FaceBox {
        let k = shrink as f32;
        let rect = face.rect;
        FaceBox { x: rect.x * k, y: rect.y * k, width: rect.w * k, height: rect.h * k, score: face.score }
    }
}

/// Why the frames of a capture cannot be compared. A frame with several faces spoils the capture; a frame without a
/// usable face (a blink, a blur) does so only when no other frame has one.
fn probe_problems(frames: &[Examined]) -> Vec<FaceReason> {
    let usable = frames.iter().any(|frame| frame.subject.is_some());
    let mut problems: Vec<FaceReason> = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        if let Some(problem) = frame.problem(Side::Probe { frame: index })
            && (!usable || problem == FaceReason::ProbeSeveralFaces)
            && !problems.contains(&problem)
        {
            problems.push(problem);
        }
    }
    problems
}

/// Whether any two usable frames show different people, judged at the review threshold.
fn differ(frames: &[Examined], review_threshold: f32) -> bool {
    let subjects: Vec<&Subject> = frames.iter().filter_map(|frame| frame.subject.as_ref()).collect();
    let mut pairs =
        subjects.iter().enumerate().flat_map(|(i, a)| subjects[i + 1..].iter().map(move |b| (a, b)));
    pairs.any(|(a, b)| a.template.score(&b.template) < review_threshold)
}

fn sharpest(frames: &[Examined]) -> Option<(usize, &Subject)> {
    let subjects = frames.iter().enumerate().filter_map(|(i, frame)| Some((i, frame.subject.as_ref()?)));
    subjects.max_by(|a, b| a.1.sharpness.total_cmp(&b.1.sharpness))
}

fn not_compared(finding: FaceFinding, reference: Examined, frames: Vec<Examined>) -> Comparison {
    Comparison {
        finding,
        score: None,
        likeness: None,
        reference: reference.finding,
        frames: frames.into_iter().map(|frame| frame.finding).collect(),
        compared_frame: None,
    }
}

/// Millionths: integers, so that a decision replays bit for bit.
fn ppm(score: f32) -> i32 {
    (f64::from(score) * 1e6).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand_in::{checker, draw, tiles};

    fn person(seed: u64) -> Vec<f32> {
        tiles(seed, seed, 0.0)
    }

    /// Compares drawn faces: the reference's, and those of each frame.
    #[track_caller]
    fn check(
        reference: &[Vec<f32>],
        frames: &[&[Vec<f32>]],
        outcome: FaceOutcome,
        reasons: &[FaceReason],
    ) -> Comparison {
        let frames: Vec<Vec<u8>> = frames.iter().map(|faces| draw(faces, 2)).collect();
        let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let comparison = checker().compare(&draw(reference, 0), &frames, &CompareOptions::default()).unwrap();
        assert_eq!((comparison.finding.outcome, comparison.finding.reasons.as_slice()), (outcome, reasons));
        assert_eq!(comparison.score.is_some(), outcome != FaceOutcome::NotCompared);
        assert_eq!(comparison.finding.score_ppm.is_some(), outcome != FaceOutcome::NotCompared);
        comparison
    }

    #[test]
    fn one_person_matches_and_two_do_not() {
        let found = check(&[person(1)], &[&[person(1)]], FaceOutcome::Match, &[]);
        assert_eq!(found.finding.threshold_ppm, 427_000);
        assert_eq!(found.finding.review_threshold_ppm, 340_000);
        assert_eq!(found.finding.fmr_ppb, Some(100_000));
        assert!(found.finding.bona_fide_ppm.unwrap() > 900_000);
        check(&[person(1)], &[&[person(2)]], FaceOutcome::NonMatch, &[]);
    }

    #[test]
    fn a_score_between_the_thresholds_is_a_non_match_in_the_review_band() {
        let blends = (0..200).map(|i| tiles(1, 2, i as f32 / 200.0));
        let compare = |face: Vec<f32>| {
            checker()
                .compare(&draw(&[person(1)], 0), &[&draw(&[face], 2)], &CompareOptions::default())
                .unwrap()
                .finding
        };
        let finding = blends.map(compare).find(|f| f.score_ppm < Some(427_000)).unwrap();
        assert!(finding.score_ppm >= Some(340_000));
        assert_eq!((finding.outcome, finding.reasons), (FaceOutcome::NonMatch, vec![FaceReason::ReviewBand]));
    }

    #[test]
    fn every_reason_not_to_compare_is_given() {
        use FaceReason::{
            ProbeFramesDiffer, ProbeNoFace, ProbePoorQuality, ProbeSeveralFaces, ReferenceNoFace,
        };
        let not = FaceOutcome::NotCompared;
        check(&[], &[&[]], not, &[ReferenceNoFace, ProbeNoFace]);
        check(&[person(1)], &[&[person(1), person(2)]], not, &[ProbeSeveralFaces]);
        check(&[person(1), person(2)], &[&[person(1)]], not, &[FaceReason::ReferenceSeveralFaces]);
        check(&[person(1)], &[&[person(1)], &[person(2)]], not, &[ProbeFramesDiffer]);
        check(&[person(1)], &[&[person(1)], &[person(1), person(2)]], not, &[ProbeSeveralFaces]);
        // Every tile white: too bright, as far as the stripes leave it so.
        check(&[person(1)], &[&[vec![255.0; 64]]], not, &[ProbePoorQuality]);
    }

    #[test]
    fn frames_without_a_usable_face_do_not_spoil_a_capture() {
        let found = check(&[person(1)], &[&[], &[person(1)], &[person(1)]], FaceOutcome::Match, &[]);
        assert!(found.compared_frame > Some(0));
        assert_eq!(found.frames.iter().map(|f| f.faces).collect::<Vec<_>>(), [0, 1, 1]);
    }

    #[test]
    fn the_reference_handed_in_as_probe_is_suspected() {
        let picture = draw(&[person(1)], 0);
        let found = checker().compare(&picture, &[&picture], &CompareOptions::default()).unwrap().finding;
        assert_eq!(
            (found.outcome, found.reasons),
            (FaceOutcome::Match, vec![FaceReason::SameImageSuspected])
        );
    }

    #[test]
    fn a_suspected_presentation_attack_is_evidence_beside_the_outcome() {
        let dark = tiles(1, 1, 0.0).iter().map(|v| 26.0 + v * 0.2).collect();
        check(&[person(1)], &[&[dark]], FaceOutcome::Match, &[FaceReason::PresentationAttackSuspected]);
    }

    #[test]
    fn only_measured_false_match_rates_can_be_asked_for() {
        let picture = draw(&[person(1)], 0);
        let at = |fmr_ppb| {
            let options = CompareOptions { fmr_ppb: Some(fmr_ppb), ..CompareOptions::default() };
            checker().compare(&picture, &[&picture], &options).map(|c| c.finding.threshold_ppm)
        };
        assert_eq!(at(10_000).unwrap(), 502_000);
        assert_eq!(at(1_000_000).unwrap(), 340_000);
        assert!(
            matches!(at(5), Err(FaceError::FmrNotMeasured { asked_ppb: 5, measured_ppb }) if measured_ppb.len() == 3)
        );
    }

    #[test]
    fn the_side_that_cannot_be_read_is_named() {
        let picture = draw(&[person(1)], 0);
        let compare = |a: &[u8], b: &[u8]| {
            checker().compare(a, &[&picture, b], &CompareOptions::default()).unwrap_err()
        };
        assert_eq!(compare(b"text", &picture).reason(), Some(FaceReason::ReferenceUnreadable));
        let error = compare(&picture, b"text");
        assert_eq!(error.reason(), Some(FaceReason::ProbeUnreadable));
        assert!(error.to_string().starts_with("frame 2 of the probe cannot be read: this is not a picture"));
        assert!(matches!(
            checker().compare(&picture, &[], &CompareOptions::default()),
            Err(FaceError::NoFrames)
        ));
        let many = [picture.as_slice(); MAX_FRAMES + 1];
        let result = checker().compare(&picture, &many, &CompareOptions::default());
        assert!(matches!(result, Err(FaceError::TooManyFrames { given: 17 })));
    }

    #[test]
    fn two_people_side_by_side_are_no_document() {
        let picture = draw(&[person(1), person(2)], 0);
        for kind in [ReferenceKind::Portrait, ReferenceKind::DocumentPhoto] {
            assert_eq!(checker().portrait(&picture, kind).unwrap().faces, 2, "{kind:?}");
        }
    }
}

//! Error rates on labelled pairs of photographs. Every comparison is 1:1 between the two images of a listed pair; the
//! templates live in memory until the last pair is compared.

mod pairs;
mod rates;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

pub use pairs::{Pair, PairList, PairsError};

use crate::check::{Checker, FaceError};
use crate::decode::{self, decode};
use crate::detect::{Effort, Face};
use crate::models::Models;
use crate::pixels::Pixels;
use crate::template::Template;
use rates::{Rates, Scored};

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Pairs read.
    pub pairs: usize,
    /// Pairs of one person among them.
    pub genuine: usize,
    /// Pairs of two people among them.
    pub impostor: usize,
    /// Different images.
    pub images: usize,
    /// The images that were not decoded or show no face (failure to acquire, ISO/IEC 19795-1).
    pub failures_to_acquire: Vec<String>,
    /// The pack's review threshold.
    pub review_threshold: f32,
    /// Share of pairs on the right side of the review threshold; a pair with a failed image counts as `non_match`.
    pub accuracy: f64,
    /// The best share that any threshold gives on these very pairs, and that threshold: optimistic. `None` unless pairs of
    /// both kinds were compared: with one kind alone some threshold is always right.
    pub best: Option<Best>,
    /// Error rates at the pack's thresholds and at the false match rates that the number of pairs can resolve.
    pub points: Vec<RatePoint>,
    /// The same by group, when the list names groups; in alphabetical order.
    pub groups: Vec<GroupRates>,
}

/// The threshold that separates the very pairs it was chosen on best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// The threshold on the comparison score.
    pub threshold: f32,
    /// The share of pairs on its right side.
    pub accuracy: f64,
}

/// Error rates at one threshold, over the pairs that could be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatePoint {
    /// The threshold on the comparison score.
    pub threshold: f32,
    /// Where the threshold comes from.
    pub origin: PointOrigin,
    /// False match rate measured; `None` without impostor pairs.
    pub fmr: Option<f64>,
    /// False non-match rate measured; `None` without genuine pairs.
    pub fnmr: Option<f64>,
    /// Upper end of the one-sided 95 % confidence interval of the false match rate (Clopper-Pearson; with no false
    /// match among n pairs about 3/n); `None` without impostor pairs. It takes the pairs as independent, which pairs that
    /// share images are not.
    pub fmr_upper95: Option<f64>,
}

/// Where the threshold of a [`RatePoint`] comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PointOrigin {
    /// The pack's review or automatic threshold or one of its measured points.
    Pack,
    /// The lowest threshold whose false match rate on these pairs is at most this.
    TargetFmr(f64),
}

/// Error rates of one group at the pack's thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRates {
    /// The group's name in the list.
    pub group: String,
    /// Its pairs.
    pub pairs: usize,
    /// Share of its pairs on the right side of the review threshold.
    pub accuracy: f64,
    /// Its error rates at the pack's thresholds.
    pub points: Vec<RatePoint>,
}

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// There is no pack to evaluate.
    #[error("no model pack")]
    NoModelPack,
    /// No image of that name.
    #[error("{image} is not in {}", dir.display())]
    ImageMissing {
        /// The image as the list names it.
        image: String,
        /// The folder of images.
        dir: PathBuf,
    },
    /// An image file cannot be read.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A network failed.
    #[error(transparent)]
    Face(#[from] FaceError),
}

/// Compares every pair and counts. `progress` is called with the images done and their number, from any thread.
///
/// In each image the face that is large and central counts, since such collections have bystanders; no quality limit
/// applies, so that the rates are those of the networks on all that is listed.
///
/// # Errors
/// [`EvaluateError`]. An image that is there and shows no face is no error but a failure to acquire.
pub fn evaluate(
    checker: &Checker,
    list: &PairList,
    images_dir: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Evaluation, EvaluateError> {
    let models = checker.models().ok_or(EvaluateError::NoModelPack)?;
    let images = list.images();
    let files = images.iter().map(|image| {
        let missing =
            || EvaluateError::ImageMissing { image: (*image).to_owned(), dir: images_dir.to_owned() };
        pairs::file_of(images_dir, image).ok_or_else(missing)
    });
    let files = files.collect::<Result<Vec<PathBuf>, _>>()?;
    let templates = templates(models, &files, progress)?;

    let place = |image: &str| images.binary_search(&image).ok().and_then(|i| templates[i].as_ref());
    let scored: Vec<Scored<'_>> = list
        .pairs()
        .iter()
        .map(|pair| {
            let both = place(&pair.a).zip(place(&pair.b));
            Scored { same: pair.same, group: pair.group.as_deref(), score: both.map(|(a, b)| a.score(b)) }
        })
        .collect();
    let failed = images.iter().zip(&templates).filter(|(_, template)| template.is_none());
    let failures_to_acquire = failed.map(|(image, _)| (*image).to_owned()).collect();
    Ok(summary(&scored, models, images.len(), failures_to_acquire))
}

fn summary(
    scored: &[Scored<'_>],
    models: &Models,
    images: usize,
    failures_to_acquire: Vec<String>,
) -> Evaluation {
    let thresholds = &models.manifest.thresholds;
    let mut pack_thresholds = vec![thresholds.review, thresholds.automatic];
    pack_thresholds.extend(thresholds.points.iter().map(|p| p.threshold));
    pack_thresholds.sort_by(f32::total_cmp);
    pack_thresholds.dedup();

    let all = Rates::of(scored.iter());
    let mut points: Vec<RatePoint> = pack_thresholds.iter().map(|&t| all.at(t, PointOrigin::Pack)).collect();
    points.extend(all.resolvable_points());

    let mut names: Vec<&str> = scored.iter().filter_map(|s| s.group).collect();
    names.sort_unstable();
    names.dedup();
    let group = |name: &&str| {
        let rates = Rates::of(scored.iter().filter(|s| s.group == Some(*name)));
        GroupRates {
            group: (*name).to_owned(),
            pairs: rates.pairs(),
            accuracy: rates.accuracy(thresholds.review),
            points: pack_thresholds.iter().map(|&t| rates.at(t, PointOrigin::Pack)).collect(),
        }
    };
    Evaluation {
        pairs: scored.len(),
        genuine: scored.iter().filter(|s| s.same).count(),
        impostor: scored.iter().filter(|s| !s.same).count(),
        images,
        failures_to_acquire,
        review_threshold: thresholds.review,
        accuracy: all.accuracy(thresholds.review),
        best: all.best(),
        points,
        groups: names.iter().map(group).collect(),
    }
}

/// The template of each file, or `None` where none could be acquired; worked on by as many threads as there are lanes.
fn templates(
    models: &Models,
    files: &[PathBuf],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Option<Template>>, EvaluateError> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut own = Vec::new();
        while let Some((index, file)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, files.get(i)?)))
        {
            own.push((index, acquire(models, file)?));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, files.len());
        }
        Ok::<_, EvaluateError>(own)
    };
    let shares = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..models.lanes).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join()).collect::<Vec<_>>()
    });
    let mut templates: Vec<Option<Template>> = files.iter().map(|_| None).collect();
    for share in shares {
        // A worker that panicked is a bug of ours: let the panic go on instead of reporting fewer images.
        let share = share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        for (index, template) in share {
            templates[index] = template;
        }
    }
    Ok(templates)
}

fn acquire(models: &Models, file: &Path) -> Result<Option<Template>, EvaluateError> {
    let io = |source| EvaluateError::Io { file: file.to_owned(), source };
    let too_large = std::fs::metadata(file).map_err(io)?.len() > decode::MAX_FILE_BYTES as u64;
    if too_large {
        return Ok(None);
    }
    let bytes = std::fs::read(file).map_err(io)?;
    let Ok(picture) = decode(&bytes) else { return Ok(None) };
    let faces = models.detector.faces(&picture.pixels, Effort::WholePicture).map_err(FaceError::from)?;
    let Some(face) = central(&faces, &picture.pixels) else { return Ok(None) };
    let Some(aligned) = models.embedder.aligned(&picture.pixels, face) else { return Ok(None) };
    Ok(Some(models.embedder.embed(&aligned).map_err(FaceError::from)?))
}

/// The face whose area, less twice the square of its distance from the picture's centre, is greatest.
fn central<'a>(faces: &'a [Face], picture: &Pixels) -> Option<&'a Face> {
    let middle = (picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
    let weight = |face: &Face| {
        let (x, y) = face.rect.centre();
        face.rect.w * face.rect.h - 2.0 * ((x - middle.0).powi(2) + (y - middle.1).powi(2))
    };
    faces.iter().max_by(|a, b| weight(a).total_cmp(&weight(b)))
}

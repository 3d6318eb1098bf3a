//! Where model packs are looked for, and how one is opened.

use std::path::{Path, PathBuf};

use lineward_core::evidence::{Assurance, FaceFinding};
use lineward_face::{Checker, FaceError, ImageError, LoadError, Pack, PackError};
use serde_json::{Value, json};

use crate::{config, out::CliError};

/// Where to look for a model pack.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ModelsArgs {
    /// Folder with a model pack [default: LINEWARD_MODELS, then the user's data folder]
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
}

/// The folder to look in, and whether somebody named it.
#[derive(Debug, Clone)]
pub(crate) struct ModelsFolder {
    pub(crate) dir: PathBuf,
    pub(crate) named: bool,
}

impl ModelsArgs {
    /// `--models`, then `LINEWARD_MODELS`, then `models` in the user's data folder.
    pub(crate) fn folder(&self) -> Result<ModelsFolder, CliError> {
        let named = self.models.clone().or_else(|| config::environment("LINEWARD_MODELS").map(PathBuf::from));
        if let Some(dir) = named {
            return Ok(ModelsFolder { dir, named: true });
        }
        let data = config::data_folder(config::environment).ok_or_else(|| {
            CliError::new("no folder for models: there is no home folder", "name one with --models DIR")
        })?;
        Ok(ModelsFolder { dir: data.join("models"), named: false })
    }
}

impl ModelsFolder {
    /// Opens the pack and loads its networks for `lanes` comparisons at once.
    pub(crate) fn checker(&self, lanes: usize) -> Result<Checker, CliError> {
        let pack = Pack::open(&self.dir).map_err(|e| pack_error(&e))?;
        Checker::load(pack, lanes).map_err(|e| load_error(&e))
    }

    /// As [`checker`](Self::checker); where nobody named a folder and none holds a pack, a checker without one.
    pub(crate) fn checker_if_any(&self, lanes: usize) -> Result<Checker, CliError> {
        match Pack::open(&self.dir) {
            Err(PackError::NoPack { .. }) if !self.named => Ok(Checker::without_pack()),
            Err(e) => Err(pack_error(&e)),
            Ok(pack) => Checker::load(pack, lanes).map_err(|e| load_error(&e)),
        }
    }
}

/// The false match rate to ask the pack for, so that what the rules ask for is kept: the loosest measured one that is not
/// looser. `None` where none was measured as strict: then the finding states no rate, and core refers.
pub(crate) fn fmr_within(checker: &Checker, asked_ppb: u32) -> Option<u32> {
    let points = &checker.manifest()?.thresholds().points;
    points.iter().map(|point| point.fmr_ppb()).filter(|fmr| *fmr <= asked_ppb).max()
}

/// A face finding as every command writes it.
pub(crate) fn finding_json(finding: &FaceFinding, checker: &Checker) -> Value {
    let known = checker.manifest().is_some();
    json!({
        "outcome": finding.outcome.code(),
        "score": finding.score_ppm.map(share),
        "threshold": known.then(|| share(finding.threshold_ppm)),
        "review_threshold": known.then(|| share(finding.review_threshold_ppm)),
        "fmr": finding.fmr_ppb.map(|ppb| f64::from(ppb) / 1e9),
        "reasons": finding.reasons.iter().map(|r| r.code()).collect::<Vec<_>>(),
        "bona_fide": finding.bona_fide_ppm.map(|ppm| f64::from(ppm) / 1e6),
        "assurance": finding.assurance.code(),
        "model_pack": checker.manifest().map(|m| m.name()),
        "model_pack_hash": checker.manifest().map(|m| hex::encode(m.hash())),
    })
}

/// Millionths as a fraction.
pub(crate) fn share(ppm: i32) -> f64 {
    f64::from(ppm) / 1e6
}

/// The name of an assurance, for clap.
pub(crate) fn assurance(word: &str) -> Result<Assurance, String> {
    Assurance::parse(word).map_err(|e| e.to_string())
}

/// Why a comparison could not be made.
pub(crate) fn face_error(error: &FaceError, files: &dyn Fn(lineward_face::Side) -> String) -> CliError {
    match error {
        FaceError::Unreadable { side, cause } => {
            CliError::new(format!("{}: {cause}", files(*side)), picture_hint(cause))
        }
        FaceError::FmrNotMeasured { measured_ppb, .. } if measured_ppb.is_empty() => CliError::new(
            error,
            "leave --fmr out: this pack has only the threshold that was published with it",
        ),
        FaceError::FmrNotMeasured { measured_ppb, .. } => {
            let measured: Vec<String> =
                measured_ppb.iter().map(|ppb| format!("{:e}", f64::from(*ppb) / 1e9)).collect();
            CliError::new(
                "no threshold was measured at this false match rate",
                format!("give one of {} to --fmr", measured.join(", ")),
            )
        }
        FaceError::NoFrames | FaceError::TooManyFrames { .. } => {
            CliError::new(error, format!("give 1 to {} frames of one capture", lineward_face::MAX_FRAMES))
        }
        FaceError::Engine(_) => {
            CliError::new(error, "`lineward models verify` tells whether the pack is whole")
        }
    }
}

fn picture_hint(cause: &ImageError) -> &'static str {
    match cause {
        ImageError::Empty | ImageError::Truncated | ImageError::Damaged { .. } => {
            "copy the file again from where it was taken, or take another photograph"
        }
        ImageError::FileTooLarge { .. } | ImageError::TooLarge { .. } | ImageError::TooCostly { .. } => {
            "shrink the photograph: a face of 200 pixels is enough"
        }
        ImageError::OtherFormat { .. } | ImageError::NotAnImage | ImageError::Unsupported { .. } => {
            "give a photograph as JPEG, PNG or JPEG 2000"
        }
    }
}

/// Why a pack cannot be opened.
pub(crate) fn pack_error(error: &PackError) -> CliError {
    let hint = match error {
        PackError::NoPack { .. } => {
            "`lineward models pull --from FOLDER` fetches the default pack, `lineward models pull --pack opencv-zoo` a public one; --models names a folder that has one"
        }
        PackError::WrongHash { .. } => "delete this file and fetch it again with `lineward models pull`",
        PackError::Unreadable { .. } => {
            "make the file readable, or fetch it again with `lineward models pull`"
        }
        PackError::Manifest(_) => "`lineward models list` names the packs",
    };
    CliError::new(error, hint)
}

fn load_error(error: &LoadError) -> CliError {
    CliError::new(error, "`lineward models verify` tells which networks load")
}

/// How many comparisons to run at once: one a core.
pub(crate) fn lanes() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A path for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

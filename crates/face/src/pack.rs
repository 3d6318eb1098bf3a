//! Model packs: a folder of network files, and a manifest of ours that says what each must be.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::pixels::ChannelOrder;

/// The manifests that this program knows, in the order they are tried.
const MANIFESTS: [&str; 2] =
    [include_str!("../packs/default.toml"), include_str!("../packs/opencv-zoo.toml")];
/// Largest network file read: ten times the largest of the known packs.
pub(crate) const MAX_FILE_BYTES: u64 = 400 * 1024 * 1024;

/// What a pack consists of and how it is to be used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    name: String,
    title: String,
    #[serde(rename = "file")]
    files: Vec<ManifestFile>,
    pub(crate) alignment: Alignment,
    pub(crate) thresholds: Thresholds,
    #[serde(skip)]
    hash: [u8; 32],
}

/// One file of a pack.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// What the network is for.
    pub role: Role,
    /// Its file name.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The licence of the weights (SPDX).
    pub licence: String,
    /// Whether that licence allows commercial use.
    pub commercial_use: bool,
    /// Where the file comes from.
    pub source: String,
    /// Where it can be fetched, if it is public.
    pub url: Option<String>,
    /// Height and width of the input.
    pub input: (usize, usize),
    pub(crate) channels: ChannelOrder,
    #[expect(dead_code, reason = "there is one range; naming another in a manifest must fail")]
    range: Range,
    pub(crate) crop_scale: Option<f32>,
}

/// What a network is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Finds faces and their five points.
    Detector,
    /// Makes the template of an aligned face.
    Embedder,
    /// Presentation attack detection.
    Pad,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Detector => "detector",
            Role::Embedder => "embedder",
            Role::Pad => "pad",
        })
    }
}

/// The value range of the inputs.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Range {
    #[serde(rename = "0..255")]
    Byte,
}

/// Where the embedder wants the face.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alignment {
    pub(crate) crop: (usize, usize),
    pub(crate) points: [(f32, f32); 5],
}

/// A pack's thresholds on the comparison score, and where they come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Whether the points were measured with exactly this pack.
    pub measured: bool,
    /// On what, or by whom published.
    pub origin: String,
    /// Lower edge of the review band.
    pub review: f32,
    /// The automatic threshold unless another false match rate is asked for.
    pub automatic: f32,
    /// Measured operating points.
    pub points: Vec<OperatingPoint>,
}

/// A threshold and the false match rate measured at it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatingPoint {
    /// False match rate, 0 to 1.
    pub fmr: f64,
    /// The comparison score from which two faces are said to match.
    pub threshold: f32,
}

impl OperatingPoint {
    /// The false match rate in parts per thousand million.
    pub fn fmr_ppb(&self) -> u32 {
        (self.fmr * 1e9).round() as u32
    }
}

/// A pack that is not there or not as its manifest says.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// No known pack is complete in the folder.
    #[error("no complete model pack in {}: {}", dir.display(), missing.iter().map(Missing::to_string).collect::<Vec<_>>().join("; "))]
    NoPack {
        /// The folder that was looked at.
        dir: PathBuf,
        /// What each known pack lacks.
        missing: Vec<Missing>,
    },
    /// A file's content is not what the manifest names.
    #[error("{file} is not the file of pack {pack}: SHA-256 {expected} expected, {found} found")]
    WrongHash {
        /// The pack.
        pack: String,
        /// The file.
        file: String,
        /// SHA-256 from the manifest.
        expected: String,
        /// SHA-256 of the file.
        found: String,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A manifest that does not describe a pack.
    #[error("manifest: {0}")]
    Manifest(String),
}

/// The files of one pack that a folder lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The pack.
    pub pack: String,
    /// File names.
    pub files: Vec<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lacks {}", self.pack, self.files.join(", "))
    }
}

/// Why a pack may not be used in production.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotForProduction {
    /// No threshold was measured with this pack, so no false match rate can be stated.
    #[error("its thresholds were not measured: {origin}")]
    ThresholdsNotMeasured {
        /// What the manifest says of them.
        origin: String,
    },
    /// A licence that does not allow commercial use.
    #[error("{file} may not be used commercially ({licence})")]
    LicenceNotCommercial {
        /// The file.
        file: String,
        /// Its licence.
        licence: String,
    },
}

impl Manifest {
    /// The known manifests, the default pack's first.
    ///
    /// # Errors
    /// [`PackError::Manifest`] when a manifest inside the program is broken; a test holds that none is.
    pub fn known() -> Result<Vec<Manifest>, PackError> {
        MANIFESTS.iter().map(|text| Manifest::parse(text)).collect()
    }

    /// The known manifest of that name.
    ///
    /// # Errors
    /// [`PackError::Manifest`] when there is none.
    pub fn named(name: &str) -> Result<Manifest, PackError> {
        let known = Manifest::known()?;
        let names = known.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = known.iter().find(|m| m.name == name).cloned();
        found.ok_or_else(|| PackError::Manifest(format!("no pack {name:?}; known are {names}")))
    }

    fn parse(text: &str) -> Result<Manifest, PackError> {
        let mut manifest: Manifest = toml::from_str(text).map_err(|e| PackError::Manifest(e.to_string()))?;
        manifest.hash = Sha256::digest(text.as_bytes()).into();
        let count = |role| manifest.files.iter().filter(|f| f.role == role).count();
        let whole = count(Role::Detector) > 0
            && count(Role::Embedder) == 1
            && manifest.files.iter().all(|f| f.crop_scale.is_some() == (f.role == Role::Pad))
            && manifest.alignment.crop.0.min(manifest.alignment.crop.1) >= 32
            && manifest.thresholds.review <= manifest.thresholds.automatic;
        if whole { Ok(manifest) } else { Err(PackError::Manifest(format!("{} is not whole", manifest.name))) }
    }

    /// The pack's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is, in words.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its files.
    pub fn files(&self) -> &[ManifestFile] {
        &self.files
    }

    /// Its thresholds.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// SHA-256 of the manifest's text, which holds the hashes of all files: the pack's identity in records.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Why the pack may not be used in production; empty when it may.
    ///
    /// ```
    /// let zoo = lineward_face::Manifest::named("opencv-zoo").unwrap();
    /// assert_eq!(zoo.not_for_production().len(), 1);
    /// ```
    pub fn not_for_production(&self) -> Vec<NotForProduction> {
        let mut reasons = Vec::new();
        if !self.thresholds.measured || self.thresholds.points.is_empty() {
            reasons.push(NotForProduction::ThresholdsNotMeasured { origin: self.thresholds.origin.clone() });
        }
        reasons.extend(self.files.iter().filter(|f| !f.commercial_use).map(|f| {
            NotForProduction::LicenceNotCommercial { file: f.name.clone(), licence: f.licence.clone() }
        }));
        reasons
    }

    fn missing_in(&self, dir: &Path) -> Vec<String> {
        self.files.iter().filter(|f| !dir.join(&f.name).is_file()).map(|f| f.name.clone()).collect()
    }
}

/// What a folder holds of one known pack, for a list of packs.
#[derive(Debug, Clone)]
pub struct PackInfo {
    /// The manifest.
    pub manifest: Manifest,
    /// Each file in the manifest's order, and what the folder has of it.
    pub files: Vec<(ManifestFile, FileState)>,
    /// Why it may not be used in production; empty when it may.
    pub not_for_production: Vec<NotForProduction>,
}

/// What a folder has of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// The file, with the right content.
    Present,
    /// No such file.
    Missing,
    /// A file of this name with other content; its SHA-256.
    WrongHash(String),
}

impl PackInfo {
    /// Every known pack as found in `dir` (nowhere: `None`). Reads and hashes the files that are there.
    ///
    /// # Errors
    /// [`PackError::Unreadable`] when a file is there and cannot be read.
    pub fn all(dir: Option<&Path>) -> Result<Vec<PackInfo>, PackError> {
        let info = |manifest: Manifest| {
            let files = manifest.files.iter().map(|file| Ok((file.clone(), file.state_in(dir)?)));
            let files = files.collect::<Result<Vec<_>, PackError>>()?;
            let not_for_production = manifest.not_for_production();
            Ok(PackInfo { manifest, files, not_for_production })
        };
        Manifest::known()?.into_iter().map(info).collect()
    }

    /// Whether every file is there with the right content.
    pub fn is_complete(&self) -> bool {
        self.files.iter().all(|(_, state)| *state == FileState::Present)
    }
}

impl ManifestFile {
    /// What `dir` has of this file.
    ///
    /// # Errors
    /// [`PackError::Unreadable`] when it is there and cannot be read.
    pub fn state_in(&self, dir: Option<&Path>) -> Result<FileState, PackError> {
        let Some(path) = dir.map(|dir| dir.join(&self.name)).filter(|path| path.is_file()) else {
            return Ok(FileState::Missing);
        };
        let found = hex::encode(Sha256::digest(read(&path)?));
        Ok(if found == self.sha256 { FileState::Present } else { FileState::WrongHash(found) })
    }
}

/// A complete pack with every file's content checked.
pub struct Pack {
    pub(crate) manifest: Manifest,
    /// In the manifest's order.
    pub(crate) contents: Vec<Vec<u8>>,
}

impl Pack {
    /// Opens the first known pack whose files are all in `dir`, and checks every file's SHA-256.
    ///
    /// # Errors
    /// [`PackError::NoPack`] with what each pack lacks; [`PackError::WrongHash`] for a file with other content.
    pub fn open(dir: &Path) -> Result<Pack, PackError> {
        let known = Manifest::known()?;
        match known.iter().find(|manifest| manifest.missing_in(dir).is_empty()) {
            Some(manifest) => Pack::open_as(manifest, dir),
            None => {
                let missing = known
                    .iter()
                    .map(|m| Missing { pack: m.name.clone(), files: m.missing_in(dir) })
                    .collect();
                Err(PackError::NoPack { dir: dir.to_owned(), missing })
            }
        }
    }

    /// Opens the pack of one manifest.
    ///
    /// # Errors
    /// As [`Pack::open`].
    pub fn open_as(manifest: &Manifest, dir: &Path) -> Result<Pack, PackError> {
        let mut contents = Vec::new();
        for file in &manifest.files {
            let bytes = read(&dir.join(&file.name))?;
            let found = hex::encode(Sha256::digest(&bytes));
            if found != file.sha256 {
                return Err(PackError::WrongHash {
                    pack: manifest.name.clone(),
                    file: file.name.clone(),
                    expected: file.sha256.clone(),
                    found,
                });
            }
            contents.push(bytes);
        }
        Ok(Pack { manifest: manifest.clone(), contents })
    }

    /// The pack's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

fn read(path: &Path) -> Result<Vec<u8>, PackError> {
    let unreadable = |source| PackError::Unreadable { file: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // A file beyond the limit is cut here, and its hash will not agree.
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifests_inside_the_program_are_whole() {
        let known = Manifest::known().unwrap();
        assert_eq!(known.iter().map(Manifest::name).collect::<Vec<_>>(), ["default", "opencv-zoo"]);
        for manifest in &known {
            assert!(manifest.files.iter().all(|f| f.sha256.len() == 64 && !f.licence.is_empty()));
        }
        assert_ne!(known[0].hash(), known[1].hash());
    }

    #[test]
    fn production_takes_measured_packs_with_a_commercial_licence_only() {
        let mut manifest = Manifest::named("default").unwrap();
        assert_eq!(manifest.not_for_production(), []);
        manifest.files[1].commercial_use = false;
        manifest.thresholds.measured = false;
        let reasons: Vec<String> = manifest.not_for_production().iter().map(ToString::to_string).collect();
        assert!(reasons[0].contains("not measured") && reasons[1].contains(&manifest.files[1].name));
    }

    #[test]
    fn an_empty_folder_says_what_each_pack_lacks() {
        let dir = tempfile::tempdir().unwrap();
        let Err(PackError::NoPack { missing, .. }) = Pack::open(dir.path()) else {
            panic!("a pack was found")
        };
        assert_eq!(missing.iter().map(|m| m.files.len()).collect::<Vec<_>>(), [5, 2]);
        assert!(PackInfo::all(None).unwrap().iter().all(|info| !info.is_complete()));
    }

    #[test]
    fn a_file_with_other_content_is_named_with_both_hashes() {
        let dir = tempfile::tempdir().unwrap();
        for file in Manifest::named("default").unwrap().files() {
            std::fs::write(dir.path().join(&file.name), b"other").unwrap();
        }
        match Pack::open(dir.path()) {
            Err(PackError::WrongHash { file, expected, found, .. }) => {
                assert_eq!(file, "yunet_s_320.onnx");
                assert!(expected.starts_with("beb05bf2"));
                assert_eq!(found, hex::encode(Sha256::digest(b"other")));
            }
            _ => panic!("the files were taken"),
        }
    }

    #[test]
    fn a_manifest_with_an_unknown_field_or_range_is_refused() {
        assert!(Manifest::parse(&format!("speed = 1\n{}", MANIFESTS[0])).is_err());
        assert!(Manifest::parse(&MANIFESTS[0].replace("0..255", "0..1")).is_err());
        assert!(Manifest::parse(&MANIFESTS[0].replace("crop_scale = 2.7", "")).is_err());
    }
}

//! The stand-in authority of Utopia: it answers for the cards that were issued into its folder, as a real authority would
//! for its own.
//!
//! For each card the folder holds `<document number>.json`, marked `"sample": true`, and `<document number>.jpg`, the
//! portrait that was issued with it. A record's `standing` can be set to `valid`, `not_valid` (with its `reason`) or
//! `reported_lost`. While a file named [`DOWN`] is in the folder the authority gives no answer.
//!
//! [`scripted`] is another authority, for tests.

pub mod scripted;

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use jiff::civil::Date;
use lineward_app::{
    ports::{
        Answered, Asking, Authority, AuthorityAnswer, AuthorityProfile, IssuerMatch, NotValidReason,
        Standing, Unavailable,
    },
    verification::Question,
};
use lineward_core::{
    authority::StandingWord,
    evidence::{Assurance, FaceOutcome},
};
use lineward_face::{Checker, CompareOptions, FaceError, ReferenceKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::person::SamplePerson;

/// The file that keeps the authority from answering while it is there.
pub const DOWN: &str = "down";

/// A record as [`issue`] writes it has some 300 bytes; long names fit twenty times over.
const MAX_RECORD_BYTES: u64 = 8 * 1024;

/// The longest document number: nine characters, and thirteen more in the optional field of a TD1 zone (9303-5, section
/// 4.2.2, note j).
const MAX_NUMBER_CHARS: usize = 22;

/// The authority that issued the sample cards of one folder.
pub struct SampleAuthority {
    folder: PathBuf,
    faces: Arc<Checker>,
    profile: AuthorityProfile,
}

impl SampleAuthority {
    /// The authority of the cards in `folder`; it compares portraits with `faces`, and offers no portrait answer where
    /// that has no model pack.
    pub fn new(folder: impl Into<PathBuf>, faces: Arc<Checker>) -> Self {
        Self { folder: folder.into(), faces, profile: profile() }
    }
}

#[async_trait]
impl Authority for SampleAuthority {
    fn profile(&self) -> &AuthorityProfile {
        &self.profile
    }

    async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, Unavailable> {
        let (folder, faces) = (self.folder.clone(), Arc::clone(&self.faces));
        let (question, shown) = (asking.question.clone(), asking.portrait.map(<[u8]>::to_vec));
        let answer =
            tokio::task::spawn_blocking(move || answer(&folder, &faces, &question, shown.as_deref())).await;
        let answer = answer.map_err(|_| Unavailable("it stopped".into()))??;
        Ok(unsigned(asking, answer))
    }
}

/// The Registry of Utopia: it compares every field and the portrait.
fn profile() -> AuthorityProfile {
    AuthorityProfile {
        source: "Registry of Utopia (sample)".into(),
        issuing_states: vec![SamplePerson::STATE],
        names: true,
        birth_date: true,
        portrait: true,
    }
}

/// An answer within one process, where there is nobody to sign for: what is hashed are its words and the question's nonce.
fn unsigned(asking: &Asking<'_>, answer: AuthorityAnswer) -> Answered {
    let mut h = Sha256::new();
    h.update(asking.nonce);
    h.update(format!("{answer:?}"));
    Answered { answer, answered_at: asking.now, evidence_hash: h.finalize().into() }
}

/// Issues the card of a sample person: from now on the authority of this folder knows it with this portrait. A card of the
/// same number that was issued before is replaced.
///
/// ```
/// # let dir = tempfile::tempdir().unwrap();
/// use jiff::civil::date;
/// use lineward_sample::{authority, card, person};
/// let person = &person::people(date(2026, 1, 1))[0];
/// let photograph = image::RgbImage::from_pixel(480, 640, image::Rgb([120, 100, 90]));
/// authority::issue(person, &card::to_jpeg(&photograph).unwrap(), dir.path()).unwrap();
/// assert!(dir.path().join("SAMPLE001.json").exists());
/// ```
///
/// # Errors
/// [`IssueError`] when the person is no sample, the portrait no JPEG, or the folder cannot be written.
pub fn issue(person: &SamplePerson, portrait_jpeg: &[u8], folder: &Path) -> Result<(), IssueError> {
    let number = file_stem(&person.document_number).filter(|number| number.starts_with("SAMPLE"));
    let number = number.ok_or(IssueError::NotASample)?;
    if !portrait_jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(IssueError::NotJpeg);
    }
    if portrait_jpeg.len() > lineward_face::MAX_FILE_BYTES {
        return Err(IssueError::TooLarge { bytes: portrait_jpeg.len() });
    }
    fs::create_dir_all(folder)?;
    // The record comes last: a card that is known has its portrait.
    put(&folder.join(format!("{number}.jpg")), portrait_jpeg)?;
    write_record(folder, &number, &Record::of(person))
}

/// Says how an issued card stands from now on.
///
/// # Errors
/// [`IssueError::NoRecord`] when no such card was issued.
pub fn set_standing(folder: &Path, document_number: &str, standing: Standing) -> Result<(), IssueError> {
    let number = file_stem(document_number).ok_or(IssueError::NoRecord)?;
    let mut record = read_record(folder, &number)?.ok_or(IssueError::NoRecord)?;
    record.standing = standing.word().code().to_owned();
    record.reason = standing.reason().map(|why| why.code().to_owned());
    write_record(folder, &number, &record)
}

/// Why a card could not be issued or changed.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The number is not that of a sample card.
    #[error("the number of a sample card begins with SAMPLE and has letters and digits only")]
    NotASample,
    /// The portrait is some other kind of file.
    #[error("the portrait is no JPEG")]
    NotJpeg,
    /// The portrait is larger than a face check takes.
    #[error("the portrait has {bytes} bytes, at most {} are taken", lineward_face::MAX_FILE_BYTES)]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// No card of this number was issued.
    #[error("no card of this number was issued")]
    NoRecord,
    /// The folder cannot be read or written.
    #[error("the folder of the sample authority: {0}")]
    Folder(#[from] io::Error),
}

/// What the authority keeps of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// Always true: the mark of everything that is made here.
    sample: bool,
    issuing_state: String,
    document_number: String,
    primary_name: String,
    secondary_name: String,
    birth_date: Date,
    expiry_date: Date,
    standing: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Record {
    fn of(person: &SamplePerson) -> Self {
        Self {
            sample: true,
            issuing_state: SamplePerson::STATE.as_str().to_owned(),
            document_number: person.document_number.clone(),
            primary_name: person.names.primary.clone(),
            secondary_name: person.names.secondary.clone(),
            birth_date: person.birth_date,
            expiry_date: person.expiry_date,
            standing: StandingWord::Valid.code().to_owned(),
            reason: None,
        }
    }

    /// As it stands; `None` for words that no record has.
    fn standing(&self) -> Option<Standing> {
        let word = StandingWord::parse(&self.standing).ok()?;
        let reason = self.reason.as_deref().map(NotValidReason::parse).transpose().ok()?;
        Standing::of(word, reason).filter(|standing| *standing != Standing::NoRecord)
    }

    /// A field that is stated and differs is a no; what was not stated cannot be confirmed.
    fn fields(&self, question: &Question) -> IssuerMatch {
        let day = |stated: Option<&str>, issued: Date| {
            stated.and_then(|stated| stated.parse::<Date>().ok()).map(|stated| stated == issued)
        };
        let issued = [folded(&self.primary_name), folded(&self.secondary_name)];
        let compared = [
            Some(folded(question.number()) == folded(&self.document_number)),
            question.names().map(|names| names.map(folded) == issued),
            day(question.birth_date(), self.birth_date),
            day(question.expiry_date(), self.expiry_date),
        ];
        if compared.contains(&Some(false)) {
            IssuerMatch::NoMatch
        } else if compared.contains(&None) {
            IssuerMatch::NotOffered
        } else {
            IssuerMatch::Match
        }
    }
}

fn answer(
    folder: &Path,
    faces: &Checker,
    question: &Question,
    shown: Option<&[u8]>,
) -> Result<AuthorityAnswer, Unavailable> {
    // A folder that cannot be read, or a record that says what no record says, is the authority's trouble: no answer.
    let trouble = |_: io::Error| Unavailable("its folder cannot be read".into());
    if folder.join(DOWN).try_exists().map_err(trouble)? {
        return Err(Unavailable("it is down".into()));
    }
    let number = file_stem(question.number());
    let Some(number) = number.filter(|_| question.issuing_state() == SamplePerson::STATE.as_str()) else {
        return Ok(AuthorityAnswer::UNKNOWN);
    };
    let Some(record) = read_record(folder, &number).map_err(trouble)? else {
        return Ok(AuthorityAnswer::UNKNOWN);
    };
    let issued = read(&folder.join(format!("{number}.jpg")), lineward_face::MAX_FILE_BYTES as u64);
    Ok(AuthorityAnswer {
        standing: record.standing().ok_or_else(|| Unavailable("a record says what no record says".into()))?,
        fields: record.fields(question),
        portrait: match (issued.map_err(trouble)?, shown) {
            (Some(issued), Some(shown)) => compare(faces, shown, &issued)?,
            _ => IssuerMatch::NotOffered,
        },
    })
}

/// The issuer's own 1:1 answer: is the portrait on the document that was shown the one that was issued? It looks at the
/// pictures and not at the number, so a card with the victim's number and somebody else's photograph is a no.
fn compare(faces: &Checker, shown: &[u8], issued: &[u8]) -> Result<IssuerMatch, Unavailable> {
    let options = CompareOptions {
        reference_kind: ReferenceKind::DocumentPhoto,
        assurance: Assurance::File,
        // The pack's own automatic threshold.
        fmr_ppb: None,
    };
    match faces.compare(shown, &[issued], &options) {
        Ok(comparison) => Ok(match comparison.finding.outcome {
            FaceOutcome::Match => IssuerMatch::Match,
            FaceOutcome::NonMatch => IssuerMatch::NoMatch,
            FaceOutcome::NotCompared => IssuerMatch::NotOffered,
        }),
        Err(FaceError::Unreadable { .. }) => Ok(IssuerMatch::NotOffered),
        Err(_) => Err(Unavailable("its face check failed".into())),
    }
}

/// The number as files are named: capital letters and digits. Whatever else stands there has no record.
fn file_stem(document_number: &str) -> Option<String> {
    let plain = (1..=MAX_NUMBER_CHARS).contains(&document_number.len())
        && document_number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| document_number.to_ascii_uppercase())
}

/// As zones write it, so that a card's print and its zone are equal: no apostrophes, one space between components
/// (9303-3, section 4.6).
fn folded(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).collect();
    let components = kept.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    components.collect::<Vec<_>>().join(" ").to_uppercase()
}

fn read_record(folder: &Path, number: &str) -> io::Result<Option<Record>> {
    let Some(bytes) = read(&folder.join(format!("{number}.json")), MAX_RECORD_BYTES)? else {
        return Ok(None);
    };
    let record: Record = serde_json::from_slice(&bytes)?;
    if record.sample && record.document_number == number && record.standing().is_some() {
        Ok(Some(record))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the record is not one of a sample card"))
    }
}

fn write_record(folder: &Path, number: &str, record: &Record) -> Result<(), IssueError> {
    let text = serde_json::to_vec_pretty(record).map_err(io::Error::from)?;
    Ok(put(&folder.join(format!("{number}.json")), &text)?)
}

/// `None` when there is no such file.
fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut bytes = Vec::new();
    if file.take(most + 1).read_to_end(&mut bytes)? as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is larger than such files are"));
    }
    Ok(Some(bytes))
}

/// Whole or not at all.
fn put(place: &Path, content: &[u8]) -> io::Result<()> {
    let part = place.with_added_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&part, place)
}

#[cfg(test)]
mod tests;

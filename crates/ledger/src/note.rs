//! Signed notes (<https://c2sp.org/signed-note>): text, a blank line, signature lines.

use crate::key::{KeyName, SigningKey, VerifierKey};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The largest note that is read. The format wants room for 16 signatures, the largest of which have 5 kB.
pub const MAX_NOTE_BYTES: usize = 256 * 1024;

/// The most signature lines that are read; the format wants at least 16.
pub const MAX_NOTE_SIGNATURES: usize = 64;

const DASH: &str = "\u{2014} ";

/// A note that was taken apart but not believed: call [`verify`](Self::verify).
///
/// ```
/// use lineward_ledger::{Note, VerifierKey};
///
/// let key = VerifierKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")?;
/// let note = Note::parse(
///     "This is an example message.\n\n\
///      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
///         .as_bytes(),
/// )?;
/// assert_eq!(note.verify(&[&key])?, [&key]);
/// assert_eq!(note.text(), "This is an example message.\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<NoteSignature<'a>>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature<'a> {
    name: &'a str,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

/// Why a note is not one, or not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More bytes than are read.
    #[error("{length} bytes; a note has at most {MAX_NOTE_BYTES}")]
    TooLarge {
        /// How many.
        length: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// A control character other than newline; a carriage return tells that a program rewrote the line ends.
    #[error("a control character that signed notes do not have (U+{code:04X})")]
    ControlCharacter {
        /// Its code point.
        code: u32,
    },
    /// The text does not end in a newline, or no blank line and signatures follow it.
    #[error("no text with signature lines after a blank line")]
    Format,
    /// A signature line is malformed.
    #[error("signature line {line} is malformed")]
    SignatureLine {
        /// Its number, from 1.
        line: usize,
    },
    /// More signature lines than are read.
    #[error("more than {MAX_NOTE_SIGNATURES} signatures")]
    TooManySignatures,
    /// Two signature lines of one key.
    #[error("two signatures of the key {name}")]
    RepeatedSignature {
        /// The key's name.
        name: String,
    },
    /// A known key's signature does not verify.
    #[error("the signature of {name} does not verify")]
    BadSignature {
        /// The key's name.
        name: String,
    },
    /// No known key signed.
    #[error("not signed by a known key")]
    NoKnownKey,
}

impl<'a> Note<'a> {
    /// Takes a note apart.
    ///
    /// # Errors
    /// [`NoteError`] when the bytes are not a note.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge { length: bytes.len() });
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        refuse_control_characters(note)?;
        // The text may hold blank lines: the last one separates it from the signatures.
        let (text, lines) = note
            .rfind("\n\n")
            .and_then(|at| Some((note.get(..=at)?, note.get(at + 2..)?)))
            .ok_or(NoteError::Format)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Format)?;
        let mut signatures: Vec<NoteSignature<'a>> = Vec::new();
        for (line, number) in lines.split('\n').zip(1..) {
            if number > MAX_NOTE_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let signature = NoteSignature::parse(line).ok_or(NoteError::SignatureLine { line: number })?;
            if signatures.iter().any(|s| (s.name, s.key_id) == (signature.name, signature.key_id)) {
                return Err(NoteError::RepeatedSignature { name: signature.name.to_owned() });
            }
            signatures.push(signature);
        }
        Ok(Self { text, signatures })
    }

    /// The keys among `known` that signed the text, in the order of their lines. Signatures of other keys are ignored,
    /// as the format demands.
    ///
    /// # Errors
    /// [`NoteError::NoKnownKey`] when none signed; [`NoteError::BadSignature`] when a known key's signature is wrong,
    /// even if another's is right.
    pub fn verify<'k>(&self, known: &[&'k VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signers = Vec::new();
        for signature in &self.signatures {
            let mut keys = known.iter().filter(|key| signature.claims(key)).peekable();
            if keys.peek().is_none() {
                continue;
            }
            // Two known keys can share name and id only by a deliberate collision; then either may have signed.
            let key = keys
                .find(|key| signature.verifies(key, self.text))
                .ok_or_else(|| NoteError::BadSignature { name: signature.name.to_owned() })?;
            signers.push(*key);
        }
        if signers.is_empty() { Err(NoteError::NoKnownKey) } else { Ok(signers) }
    }

    /// The text, with its final newline. Not to be believed before [`verify`](Self::verify) answered.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The signature lines.
    pub fn signatures(&self) -> &[NoteSignature<'a>] {
        &self.signatures
    }

    /// Writes `text` as a note with one signature.
    ///
    /// # Errors
    /// [`NoteError`] when the text does not end in a newline or holds what notes do not have.
    ///
    /// ```
    /// # use lineward_ledger::{KeyName, Note, SigningKey};
    /// # let key = SigningKey::from_seed(KeyName::parse("carrier.example/receipts")?, [9; 32].into());
    /// let note = Note::sign("One line.\n", &key)?;
    /// assert_eq!(Note::parse(note.as_bytes())?.verify(&[key.verifier()])?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign(text: &str, key: &SigningKey) -> Result<String, NoteError> {
        refuse_control_characters(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Format);
        }
        let mut bytes = key.verifier().id().to_vec();
        bytes.extend_from_slice(&key.sign(text.as_bytes()));
        let name = key.verifier().name().as_str();
        let note = format!("{text}\n{DASH}{name} {}\n", BASE64_STANDARD.encode(bytes));
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge { length: note.len() });
        }
        Ok(note)
    }
}

impl<'a> NoteSignature<'a> {
    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The id of the key that is said to have signed.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    fn parse(line: &'a str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        KeyName::parse(name).ok()?;
        let bytes = BASE64_STANDARD.decode(encoded).ok()?;
        let (key_id, signature) = bytes.split_first_chunk::<4>()?;
        if signature.is_empty() {
            return None;
        }
        Some(Self { name, key_id: *key_id, bytes: signature.to_vec() })
    }

    fn claims(&self, key: &VerifierKey) -> bool {
        self.name == key.name().as_str() && self.key_id == key.id()
    }

    fn verifies(&self, key: &VerifierKey, text: &str) -> bool {
        <&[u8; 64]>::try_from(self.bytes.as_slice()).is_ok_and(|bytes| key.signed(text.as_bytes(), bytes))
    }
}

fn refuse_control_characters(text: &str) -> Result<(), NoteError> {
    match text.chars().find(|c| *c < ' ' && *c != '\n') {
        Some(c) => Err(NoteError::ControlCharacter { code: c.into() }),
        None => Ok(()),
    }
}

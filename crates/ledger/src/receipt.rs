//! The receipt: a text file that the person keeps, and its check without any network.
//!
//! A receipt is a signed note with one signature. Its text is a function of the record, the public reference, the
//! carrier's name, the salts and the key: reading takes these out, writes the text again and compares, so every byte
//! counts. Nothing of the person stands in it; the salts, with the values that only the person and the carrier know,
//! open the record's commitments.

use crate::commitment::Opening;
use crate::key::{KeyError, SigningKey, VerifierKey};
use crate::note::{Note, NoteError};
use crate::policy::Policy;
use crate::record::{DecidedBy, DecisionRecord, Outcome, RecordError, RecordKind};
use crate::word::Word;
use base64::{Engine, prelude::BASE64_STANDARD};
use lineward_core::evidence::CheckResult;
use std::fmt::Write;

/// The largest receipt that is read: the largest record in base64 (22 kB), the salts and the lines around them.
pub const MAX_RECEIPT_BYTES: usize = 32 * 1024;

const HEADER: &str = "lineward receipt v1\n";
const KEEP: &str = "Keep this file as it is. It proves what was decided; any change to it is detected.\n\
    It does not hold your data. The salts below prove which data was decided on: show them to nobody else.\n";

const REFERENCE: &str = "reference: ";
const DECIDED_AT: &str = "decided at: ";
const CARRIER: &str = "carrier: ";
const REASONS: &str = "reasons: ";
const KEY: &str = "key: ";
const SALT: &str = "salt ";
const RECORD: &str = "record: ";

// Room for any reference and name in use; they only stop hostile bytes.
const MAX_REFERENCE_BYTES: usize = 64;
const MAX_CARRIER_BYTES: usize = 200;

/// What a receipt says.
///
/// ```
/// # use lineward_core::id::{ApplicationId, CarrierId, VerificationId};
/// # use lineward_ledger::*;
/// # let label = Word::parse("birth_date")?;
/// # let salt = [5; 32];
/// # let record = DecisionRecord {
/// #     kind: RecordKind::ApplicationDecided,
/// #     outcome: Outcome::Approved,
/// #     decided_at_micros: 1_795_000_000_000_000,
/// #     carrier_id: CarrierId::from_bytes([1; 16]),
/// #     verification_id: VerificationId::from_bytes([2; 16]),
/// #     application_id: ApplicationId::from_bytes([3; 16]),
/// #     opening_rules_hash: [4; 32],
/// #     rules_hash: [4; 32],
/// #     face: None,
/// #     findings: vec![],
/// #     reasons: vec![],
/// #     decided_by: DecidedBy::Machine,
/// #     proposal_hash: None,
/// #     commitments: vec![Commitment::new(label.clone(), b"1985-04-12", &salt)],
/// # };
/// let key = SigningKey::from_seed(KeyName::parse("carrier.example/receipts")?, [9; 32].into());
/// let receipt = Receipt {
///     record, // of a decision, with one commitment labelled `birth_date`
///     reference: "LW-7K3M-Q2XA".into(),
///     carrier_name: "Example Mobile".into(),
///     openings: vec![Opening { label: label.clone(), salt }],
/// };
/// let text = receipt.write(&key)?;
///
/// let policy = Policy::of(vec![key.verifier().clone()])?;
/// let verified = Receipt::verify(text.as_bytes(), &policy)?;
/// assert!(verified.key_pinned);
/// assert_eq!(verified.receipt, receipt);
/// assert_eq!(verified.opens(&label, b"1985-04-12").code(), "pass");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The decision.
    pub record: DecisionRecord,
    /// The public reference of the application: letters, digits and hyphens.
    pub reference: String,
    /// The carrier's name as people know it.
    pub carrier_name: String,
    /// The salt of every commitment of the record, in the record's order.
    pub openings: Vec<Opening>,
}

/// A receipt whose signature and form hold. Only [`Receipt::verify`] and [`Receipt::verify_unpinned`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedReceipt {
    /// What it says.
    pub receipt: Receipt,
    /// The key that signed.
    pub key: VerifierKey,
    /// Whether the key is one that the checker trusts. If not, the receipt is unaltered since somebody signed it, and
    /// who that was is not proved.
    pub key_pinned: bool,
    /// Independent witnesses that signed as well. A receipt of version 1 carries the carrier's signature alone.
    pub witnesses: usize,
}

/// Why a receipt is not valid, or cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Nothing in the file is like a receipt: probably another file was meant.
    #[error("this is not a receipt")]
    NotAReceipt,
    /// More bytes than a receipt has.
    #[error("{length} bytes; a receipt has at most {MAX_RECEIPT_BYTES}")]
    TooLarge {
        /// How many.
        length: usize,
    },
    /// The signed note is malformed or its signature does not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// More than the one signature that a receipt of version 1 has.
    #[error("{count} signatures; a receipt has one")]
    Signatures {
        /// How many.
        count: usize,
    },
    /// A line is missing or cannot be read.
    #[error("the line that begins with {line:?} is missing or malformed")]
    Line {
        /// How the line begins.
        line: &'static str,
    },
    /// The text is not exactly what its parts give.
    #[error("the text is not laid out as receipts are")]
    Layout,
    /// The key line is not a key.
    #[error("the key line: {0}")]
    Key(#[from] KeyError),
    /// The key is not one that the policy trusts.
    #[error("signed by the key {name}, which the policy does not trust")]
    UntrustedKey {
        /// The key's name.
        name: String,
    },
    /// The record is not one.
    #[error("the record: {0}")]
    Record(#[from] RecordError),
    /// The reference has other characters than letters, digits and hyphens, or too many.
    #[error("not a public reference")]
    Reference,
    /// The carrier's name is empty, too long, padded, or holds control characters.
    #[error("not a carrier's name")]
    CarrierName,
    /// The salts are not those of the record's commitments, one each and in their order.
    #[error("the salts do not go with the record's commitments")]
    Openings,
}

impl Receipt {
    /// The receipt's text, signed.
    ///
    /// # Errors
    /// [`ReceiptError`] when a part cannot stand in a receipt.
    pub fn write(&self, key: &SigningKey) -> Result<String, ReceiptError> {
        let receipt = Note::sign(&self.text(key.verifier())?, key)?;
        if receipt.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::TooLarge { length: receipt.len() });
        }
        Ok(receipt)
    }

    /// Checks a receipt against the keys that the checker trusts.
    ///
    /// # Errors
    /// [`ReceiptError`] when it is not valid: every variant is the answer "no", and says why.
    pub fn verify(bytes: &[u8], policy: &Policy) -> Result<VerifiedReceipt, ReceiptError> {
        open(bytes, Some(policy))
    }

    /// Checks a receipt against the key that stands in it. This proves that it was not altered since it was signed, and
    /// not who signed it: `key_pinned` is false.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_unpinned(bytes: &[u8]) -> Result<VerifiedReceipt, ReceiptError> {
        open(bytes, None)
    }

    /// The text that is signed.
    fn text(&self, key: &VerifierKey) -> Result<String, ReceiptError> {
        self.check()?;
        let record = &self.record;
        let mut text = String::from(HEADER);
        text.push_str(statement(record));
        text.push_str(decider(record));
        text.push_str(KEEP);
        text.push('\n');
        // Writing to a `String` cannot fail; the error type is the trait's.
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(text, "{name}{value}");
        };
        line(REFERENCE, &self.reference);
        line(DECIDED_AT, &format!("{:.6}", record.decided_at()?));
        line(CARRIER, &self.carrier_name);
        if !record.reasons.is_empty() {
            line(REASONS, &record.reasons.iter().map(Word::as_str).collect::<Vec<_>>().join(" "));
        }
        line(KEY, &key.to_string());
        for Opening { label, salt } in &self.openings {
            line(SALT, &format!("{label} {}", BASE64_STANDARD.encode(salt)));
        }
        line(RECORD, &BASE64_STANDARD.encode(record.encode()?));
        Ok(text)
    }

    fn check(&self) -> Result<(), ReceiptError> {
        let reference = self.reference.as_str();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if reference.is_empty() || reference.len() > MAX_REFERENCE_BYTES || !reference.bytes().all(allowed) {
            return Err(ReceiptError::Reference);
        }
        let name = self.carrier_name.as_str();
        if name.is_empty()
            || name.len() > MAX_CARRIER_BYTES
            || name.trim() != name
            || name.contains(char::is_control)
        {
            return Err(ReceiptError::CarrierName);
        }
        let committed = self.record.commitments.iter().map(|commitment| &commitment.label);
        if !committed.eq(self.openings.iter().map(|opening| &opening.label)) {
            return Err(ReceiptError::Openings);
        }
        Ok(())
    }
}

impl VerifiedReceipt {
    /// Whether `value` is what the decision was made on: the commitment with this label, opened by its salt. A label
    /// that the record does not have is `not_checked`.
    pub fn opens(&self, label: &Word, value: &[u8]) -> CheckResult {
        let opening = self.receipt.openings.iter().find(|opening| opening.label == *label);
        let (Some(commitment), Some(opening)) = (self.receipt.record.commitment(label), opening) else {
            return CheckResult::NotChecked;
        };
        if commitment.opens(value, &opening.salt) { CheckResult::Pass } else { CheckResult::Fail }
    }
}

fn open(bytes: &[u8], policy: Option<&Policy>) -> Result<VerifiedReceipt, ReceiptError> {
    if bytes.len() > MAX_RECEIPT_BYTES {
        return Err(ReceiptError::TooLarge { length: bytes.len() });
    }
    refuse_other_files(bytes)?;
    let note = Note::parse(bytes)?;
    if note.signatures().len() != 1 {
        return Err(ReceiptError::Signatures { count: note.signatures().len() });
    }
    let key = VerifierKey::parse(value_of(note.text(), KEY)?)?;
    if policy.is_some_and(|policy| !policy.keys().contains(&key)) {
        return Err(ReceiptError::UntrustedKey { name: key.name().as_str().to_owned() });
    }
    note.verify(&[&key])?;
    let receipt = read(note.text())?;
    if receipt.text(&key)? != note.text() {
        return Err(ReceiptError::Layout);
    }
    Ok(VerifiedReceipt { receipt, key, key_pinned: policy.is_some(), witnesses: 0 })
}

/// Tells a damaged receipt from a file that never was one; no single change to a receipt removes both marks.
fn refuse_other_files(bytes: &[u8]) -> Result<(), ReceiptError> {
    let has_record = || bytes.windows(RECORD.len()).any(|window| window == RECORD.as_bytes());
    if bytes.starts_with(HEADER.as_bytes()) || has_record() { Ok(()) } else { Err(ReceiptError::NotAReceipt) }
}

/// Takes the parts out of a text. Whether the text is exactly what they give is compared afterwards.
fn read(text: &str) -> Result<Receipt, ReceiptError> {
    let record =
        BASE64_STANDARD.decode(value_of(text, RECORD)?).map_err(|_| ReceiptError::Line { line: RECORD })?;
    let record = DecisionRecord::decode(&record)?;
    let openings = text
        .lines()
        .filter_map(|line| line.strip_prefix(SALT))
        .map(|salt| read_opening(salt).ok_or(ReceiptError::Line { line: SALT }))
        .collect::<Result<_, _>>()?;
    Ok(Receipt {
        record,
        reference: value_of(text, REFERENCE)?.to_owned(),
        carrier_name: value_of(text, CARRIER)?.to_owned(),
        openings,
    })
}

fn read_opening(text: &str) -> Option<Opening> {
    let (label, salt) = text.split_once(' ')?;
    let salt = BASE64_STANDARD.decode(salt).ok()?.try_into().ok()?;
    Some(Opening { label: Word::parse(label).ok()?, salt })
}

fn value_of<'a>(text: &'a str, line: &'static str) -> Result<&'a str, ReceiptError> {
    text.lines().find_map(|content| content.strip_prefix(line)).ok_or(ReceiptError::Line { line })
}

fn statement(record: &DecisionRecord) -> &'static str {
    match (record.kind, record.outcome) {
        (RecordKind::ApplicationDecided, Outcome::Approved) => "Your application for a line was approved.\n",
        (RecordKind::ApplicationDecided, Outcome::Referred) => {
            "Your application for a line was handed to a person, who will decide it. It is not refused.\n"
        }
        (RecordKind::ApplicationDecided, Outcome::Refused) => "Your application for a line was refused.\n",
        (RecordKind::ApplicationDecided, Outcome::Withdrawn) => {
            "Your application for a line was withdrawn. No line was opened for it.\n"
        }
    }
}

fn decider(record: &DecisionRecord) -> &'static str {
    match &record.decided_by {
        DecidedBy::Machine => "The carrier's rules led to this, without a person.\n",
        DecidedBy::Applicant => "You asked for this yourself.\n",
        DecidedBy::Person(signers) if signers.len() == 1 => "A member of the carrier's staff decided this.\n",
        DecidedBy::Person(_) => "Members of the carrier's staff decided this together.\n",
    }
}

//! The decision record: what was decided, on what grounds, in bytes that a log can seal.

use crate::cbor::{CborError, Reader, Writer};
use crate::commitment::Commitment;
use crate::word::{MAX_WORD_BYTES, Word, WordError};
use lineward_core::code::UnknownCode;
use lineward_core::codes;
use lineward_core::evidence::FaceOutcome;
use lineward_core::id::{ApplicationId, CarrierId, StaffId, VerificationId};
use sha2::{Digest, Sha256};

/// The only version of the encoding there is.
pub const RECORD_VERSION: u64 = 1;

/// The longest encoded record. Every record within the limits below fits: a test encodes the largest.
pub const MAX_RECORD_BYTES: usize = 16 * 1024;

// Limits of the lists: several times what one verification can produce (about 30 checks, as many reasons, four
// commitments, two signatures), so that they only ever stop hostile bytes.
const MAX_FINDINGS: usize = 64;
const MAX_REASONS: usize = 64;
const MAX_COMMITMENTS: usize = 32;
const MAX_STAFF: usize = 8;
const MAX_CODE_BYTES: usize = 32;

/// 9999-01-01T00:00:00Z: times lie before it, so that each is written with a year of four digits in every zone.
const END_OF_TIME_MICROS: i64 = 253_370_764_800_000_000;

codes! {
    /// What a record is about.
    pub enum RecordKind {
        /// An application for a line was decided.
        ApplicationDecided = "application_decided",
    }
}

codes! {
    /// What was decided.
    pub enum Outcome {
        /// The line may be activated.
        Approved = "approved",
        /// A person decides instead of the machine.
        Referred = "referred",
        /// The line is not opened. Only two people together decide so.
        Refused = "refused",
        /// The application ended without a decision about the person.
        Withdrawn = "withdrawn",
    }
}

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecidedBy {
    /// The rules, without a person.
    Machine,
    /// The applicant, who can only withdraw.
    Applicant,
    /// Staff members, each of whom signed: one id for each signature, in the order of signing.
    Person(Vec<StaffId>),
}

/// The terms of the face comparison and its outcome. No score and nothing biometric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceTerms {
    /// SHA-256 of the model pack's manifest; all zero when no pack was present.
    pub pack_hash: [u8; 32],
    /// The threshold of an automatic approval, cosine in millionths.
    pub automatic_ppm: i32,
    /// The lower edge of the review band, cosine in millionths.
    pub review_ppm: i32,
    /// The comparison decision.
    pub outcome: FaceOutcome,
}

/// One decision. It holds codes, hashes, ids and salted commitments, and nothing that says who the person is.
///
/// [`encode`](Self::encode) is deterministic CBOR (RFC 8949, section 4.2.1): one record has exactly one spelling, and
/// [`decode`](Self::decode) refuses every other, so a hash of the bytes is a hash of the decision.
///
/// ```
/// use lineward_core::id::{ApplicationId, CarrierId, VerificationId};
/// use lineward_ledger::{Commitment, DecidedBy, DecisionRecord, Outcome, RecordKind, Word};
///
/// let record = DecisionRecord {
///     kind: RecordKind::ApplicationDecided,
///     outcome: Outcome::Referred,
///     decided_at_micros: 1_795_000_000_000_000,
///     carrier_id: CarrierId::from_bytes([1; 16]),
///     verification_id: VerificationId::from_bytes([2; 16]),
///     application_id: ApplicationId::from_bytes([3; 16]),
///     opening_rules_hash: [4; 32],
///     rules_hash: [4; 32],
///     face: None,
///     findings: vec![Word::parse("document_expired")?],
///     reasons: vec![Word::parse("document_expired")?],
///     decided_by: DecidedBy::Machine,
///     proposal_hash: None,
///     commitments: vec![Commitment::new(Word::parse("birth_date")?, b"1985-04-12", &[5; 32])],
/// };
/// let bytes = record.encode()?;
/// assert_eq!(DecisionRecord::decode(&bytes)?, record);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// What the record is about.
    pub kind: RecordKind,
    /// What was decided.
    pub outcome: Outcome,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub decided_at_micros: i64,
    /// The carrier.
    pub carrier_id: CarrierId,
    /// The verification that the decision rests on.
    pub verification_id: VerificationId,
    /// The application.
    pub application_id: ApplicationId,
    /// SHA-256 of the rules in force when the application was opened.
    pub opening_rules_hash: [u8; 32],
    /// SHA-256 of the rules that decided.
    pub rules_hash: [u8; 32],
    /// The face comparison; `None` when none was made (the other way).
    pub face: Option<FaceTerms>,
    /// Codes of the findings, in the order found.
    pub findings: Vec<Word>,
    /// Codes of the reasons, in the order given.
    pub reasons: Vec<Word>,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// The hash of the proposal that two or more people signed; `None` when fewer signed.
    pub proposal_hash: Option<[u8; 32]>,
    /// Salted commitments in place of personal data, at most one for each label.
    pub commitments: Vec<Commitment>,
}

/// Why something is not a decision record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More bytes than a record has.
    #[error("{length} bytes; a record has at most {MAX_RECORD_BYTES}")]
    TooLarge {
        /// How many.
        length: usize,
    },
    /// Not the deterministic encoding.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this program does not know.
    #[error("record version {version} is not known here")]
    Version {
        /// The version read.
        version: u64,
    },
    /// A coded field holds an unknown word.
    #[error(transparent)]
    Code(#[from] UnknownCode),
    /// A finding, reason or label is not a word.
    #[error(transparent)]
    Word(#[from] WordError),
    /// A list is longer than a record may hold.
    #[error("{count} {list}; a record holds at most {most}")]
    TooMany {
        /// Which list.
        list: &'static str,
        /// Its length.
        count: usize,
        /// The most allowed.
        most: usize,
    },
    /// The time lies before 1970 or in the year 9999 or later.
    #[error("{micros} microseconds is not a time that a record may hold")]
    Time {
        /// The time read.
        micros: i64,
    },
    /// A threshold is not a cosine, or the review band lies above the automatic threshold.
    #[error("thresholds {automatic_ppm} and {review_ppm} are not cosines in millionths in this order")]
    Thresholds {
        /// The automatic threshold.
        automatic_ppm: i32,
        /// The review threshold.
        review_ppm: i32,
    },
    /// Two commitments have one label.
    #[error("two commitments are labelled {label}")]
    RepeatedLabel {
        /// The label.
        label: Word,
    },
    /// One staff member signed twice.
    #[error("staff member {staff} signed twice")]
    RepeatedSigner {
        /// The staff member.
        staff: StaffId,
    },
    /// The outcome is not one that such a decider can give.
    #[error("{outcome} cannot be decided by {decider} with {signatures} signatures")]
    NotTheirsToDecide {
        /// The outcome.
        outcome: Outcome,
        /// Who decided.
        decider: &'static str,
        /// How many signed.
        signatures: usize,
    },
    /// Two or more signatures without the hash of what they signed, or the hash without them.
    #[error("{signatures} signatures do not go with a proposal hash that is {presence}")]
    ProposalHash {
        /// How many signed.
        signatures: usize,
        /// `present` or `absent`.
        presence: &'static str,
    },
}

// Keys of the map. They are part of the format: never change or reuse one.
const VERSION: u64 = 1;
const KIND: u64 = 2;
const OUTCOME: u64 = 3;
const DECIDED_AT: u64 = 4;
const CARRIER: u64 = 5;
const VERIFICATION: u64 = 6;
const APPLICATION: u64 = 7;
const OPENING_RULES: u64 = 8;
const RULES: u64 = 9;
const FACE: u64 = 10;
const FINDINGS: u64 = 11;
const REASONS: u64 = 12;
const DECIDER: u64 = 13;
const SIGNERS: u64 = 14;
const PROPOSAL: u64 = 15;
const COMMITMENTS: u64 = 16;

const FACE_PACK: u64 = 1;
const FACE_AUTOMATIC: u64 = 2;
const FACE_REVIEW: u64 = 3;
const FACE_OUTCOME: u64 = 4;

const COMMITMENT_LABEL: u64 = 1;
const COMMITMENT_DIGEST: u64 = 2;

/// Fields that every record has: all but `FACE`, `SIGNERS` and `PROPOSAL`.
const ALWAYS_PRESENT: usize = 13;

impl DecisionRecord {
    /// The record's only bytes.
    ///
    /// # Errors
    /// [`RecordError`] when the fields break a rule of the format, so that nothing is ever written that
    /// [`decode`](Self::decode) would refuse.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        self.check()?;
        let mut w = Writer::default();
        let signers = self.signers();
        let optional = [self.face.is_some(), !signers.is_empty(), self.proposal_hash.is_some()];
        w.map(ALWAYS_PRESENT + optional.iter().filter(|present| **present).count());
        w.unsigned(VERSION);
        w.unsigned(RECORD_VERSION);
        w.unsigned(KIND);
        w.text(self.kind.code());
        w.unsigned(OUTCOME);
        w.text(self.outcome.code());
        w.unsigned(DECIDED_AT);
        w.integer(self.decided_at_micros);
        w.unsigned(CARRIER);
        w.bytes(self.carrier_id.as_bytes());
        w.unsigned(VERIFICATION);
        w.bytes(self.verification_id.as_bytes());
        w.unsigned(APPLICATION);
        w.bytes(self.application_id.as_bytes());
        w.unsigned(OPENING_RULES);
        w.bytes(&self.opening_rules_hash);
        w.unsigned(RULES);
        w.bytes(&self.rules_hash);
        if let Some(face) = &self.face {
            w.unsigned(FACE);
            face.write(&mut w);
        }
        w.unsigned(FINDINGS);
        write_words(&mut w, &self.findings);
        w.unsigned(REASONS);
        write_words(&mut w, &self.reasons);
        w.unsigned(DECIDER);
        w.text(self.decided_by.code());
        if !signers.is_empty() {
            w.unsigned(SIGNERS);
            w.array(signers.len());
            signers.iter().for_each(|staff| w.bytes(staff.as_bytes()));
        }
        if let Some(hash) = &self.proposal_hash {
            w.unsigned(PROPOSAL);
            w.bytes(hash);
        }
        w.unsigned(COMMITMENTS);
        w.array(self.commitments.len());
        self.commitments.iter().for_each(|commitment| write_commitment(&mut w, commitment));
        Ok(w.into_bytes())
    }

    /// The record in these bytes.
    ///
    /// # Errors
    /// [`RecordError`] when the bytes are anything but what [`encode`](Self::encode) gives for some record.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLarge { length: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        let mut map = reader.map(ALWAYS_PRESENT + 3)?;
        let version = map.required(VERSION, Reader::unsigned)?;
        if version != RECORD_VERSION {
            return Err(RecordError::Version { version });
        }
        let record = Self {
            kind: map.required(KIND, |r| read_code(r, RecordKind::parse))?,
            outcome: map.required(OUTCOME, |r| read_code(r, Outcome::parse))?,
            decided_at_micros: map.required(DECIDED_AT, Reader::integer)?,
            carrier_id: map.required(CARRIER, Reader::bytes_exact).map(CarrierId::from_bytes)?,
            verification_id: map
                .required(VERIFICATION, Reader::bytes_exact)
                .map(VerificationId::from_bytes)?,
            application_id: map.required(APPLICATION, Reader::bytes_exact).map(ApplicationId::from_bytes)?,
            opening_rules_hash: map.required(OPENING_RULES, Reader::bytes_exact)?,
            rules_hash: map.required(RULES, Reader::bytes_exact)?,
            face: map.optional(FACE, FaceTerms::read)?,
            findings: map.required(FINDINGS, |r| r.array(MAX_FINDINGS, read_word))?,
            reasons: map.required(REASONS, |r| r.array(MAX_REASONS, read_word))?,
            decided_by: {
                let decider = map.required(DECIDER, |r| read_code(r, Decider::parse))?;
                let signers = map.optional(SIGNERS, |r| r.array(MAX_STAFF, read_staff))?;
                decider.with(signers)?
            },
            proposal_hash: map.optional(PROPOSAL, Reader::bytes_exact)?,
            commitments: map.required(COMMITMENTS, |r| r.array(MAX_COMMITMENTS, read_commitment))?,
        };
        map.finish()?;
        reader.finish()?;
        record.check()?;
        Ok(record)
    }

    /// SHA-256 of the encoded record.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn hash(&self) -> Result<[u8; 32], RecordError> {
        Ok(Sha256::digest(self.encode()?).into())
    }

    /// The commitment with this label.
    pub fn commitment(&self, label: &Word) -> Option<&Commitment> {
        self.commitments.iter().find(|commitment| commitment.label == *label)
    }

    /// When it was decided, as a time.
    pub(crate) fn decided_at(&self) -> Result<jiff::Timestamp, RecordError> {
        let micros = self.decided_at_micros;
        let at = jiff::Timestamp::from_microsecond(micros).map_err(|_| RecordError::Time { micros })?;
        if (0..END_OF_TIME_MICROS).contains(&micros) { Ok(at) } else { Err(RecordError::Time { micros }) }
    }

    fn signers(&self) -> &[StaffId] {
        match &self.decided_by {
            DecidedBy::Person(signers) => signers,
            DecidedBy::Machine | DecidedBy::Applicant => &[],
        }
    }

    /// The rules that hold for every record, written or read.
    fn check(&self) -> Result<(), RecordError> {
        at_most("findings", self.findings.len(), MAX_FINDINGS)?;
        at_most("reasons", self.reasons.len(), MAX_REASONS)?;
        at_most("commitments", self.commitments.len(), MAX_COMMITMENTS)?;
        at_most("signatures", self.signers().len(), MAX_STAFF)?;
        self.decided_at()?;
        if let Some(face) = &self.face {
            face.check()?;
        }
        if let Some(label) = repeated(self.commitments.iter().map(|commitment| &commitment.label)) {
            return Err(RecordError::RepeatedLabel { label: label.clone() });
        }
        if let Some(staff) = repeated(self.signers()) {
            return Err(RecordError::RepeatedSigner { staff: *staff });
        }
        self.check_decider()
    }

    /// Nobody is refused by a machine or by one person alone, and an applicant can only withdraw.
    fn check_decider(&self) -> Result<(), RecordError> {
        let signatures = self.signers().len();
        let may = match (&self.decided_by, self.outcome) {
            (DecidedBy::Machine, outcome) => outcome != Outcome::Refused,
            (DecidedBy::Applicant, outcome) => outcome == Outcome::Withdrawn,
            (DecidedBy::Person(_), Outcome::Refused) => signatures >= 2,
            (DecidedBy::Person(_), _) => signatures >= 1,
        };
        if !may {
            let decider = self.decided_by.code();
            return Err(RecordError::NotTheirsToDecide { outcome: self.outcome, decider, signatures });
        }
        if self.proposal_hash.is_some() != (signatures >= 2) {
            let presence = if self.proposal_hash.is_some() { "present" } else { "absent" };
            return Err(RecordError::ProposalHash { signatures, presence });
        }
        Ok(())
    }
}

impl DecidedBy {
    /// The stable word: `machine`, `applicant` or `person`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Machine => Decider::Machine,
            Self::Applicant => Decider::Applicant,
            Self::Person(_) => Decider::Person,
        }
        .code()
    }
}

impl FaceTerms {
    fn write(&self, w: &mut Writer) {
        w.map(4);
        w.unsigned(FACE_PACK);
        w.bytes(&self.pack_hash);
        w.unsigned(FACE_AUTOMATIC);
        w.integer(self.automatic_ppm.into());
        w.unsigned(FACE_REVIEW);
        w.integer(self.review_ppm.into());
        w.unsigned(FACE_OUTCOME);
        w.text(self.outcome.code());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, RecordError> {
        let mut map = reader.map(4)?;
        let face = Self {
            pack_hash: map.required(FACE_PACK, Reader::bytes_exact)?,
            automatic_ppm: map.required(FACE_AUTOMATIC, Reader::integer_i32)?,
            review_ppm: map.required(FACE_REVIEW, Reader::integer_i32)?,
            outcome: map.required(FACE_OUTCOME, |r| read_code(r, FaceOutcome::parse))?,
        };
        map.finish()?;
        Ok(face)
    }

    fn check(&self) -> Result<(), RecordError> {
        let Self { automatic_ppm, review_ppm, .. } = *self;
        let cosine = -1_000_000..=1_000_000;
        if cosine.contains(&automatic_ppm) && cosine.contains(&review_ppm) && review_ppm <= automatic_ppm {
            return Ok(());
        }
        Err(RecordError::Thresholds { automatic_ppm, review_ppm })
    }
}

codes! {
    /// The word of a [`DecidedBy`].
    pub enum Decider {
        /// The rules.
        Machine = "machine",
        /// The applicant.
        Applicant = "applicant",
        /// Staff members.
        Person = "person",
    }
}

impl Decider {
    /// Signers stand in a record exactly when people decided.
    fn with(self, signers: Option<Vec<StaffId>>) -> Result<DecidedBy, CborError> {
        match (self, signers) {
            (Self::Machine, None) => Ok(DecidedBy::Machine),
            (Self::Applicant, None) => Ok(DecidedBy::Applicant),
            (Self::Person, Some(signers)) if !signers.is_empty() => Ok(DecidedBy::Person(signers)),
            (Self::Machine | Self::Applicant | Self::Person, _) => {
                Err(CborError::MissingField { key: SIGNERS })
            }
        }
    }
}

fn write_words(w: &mut Writer, words: &[Word]) {
    w.array(words.len());
    words.iter().for_each(|word| w.text(word.as_str()));
}

fn write_commitment(w: &mut Writer, commitment: &Commitment) {
    w.map(2);
    w.unsigned(COMMITMENT_LABEL);
    w.text(commitment.label.as_str());
    w.unsigned(COMMITMENT_DIGEST);
    w.bytes(&commitment.digest);
}

fn read_commitment(reader: &mut Reader<'_>) -> Result<Commitment, RecordError> {
    let mut map = reader.map(2)?;
    let commitment = Commitment {
        label: map.required(COMMITMENT_LABEL, read_word)?,
        digest: map.required(COMMITMENT_DIGEST, Reader::bytes_exact)?,
    };
    map.finish()?;
    Ok(commitment)
}

fn read_word(reader: &mut Reader<'_>) -> Result<Word, RecordError> {
    Ok(Word::parse(reader.text(MAX_WORD_BYTES)?)?)
}

fn read_staff(reader: &mut Reader<'_>) -> Result<StaffId, CborError> {
    reader.bytes_exact().map(StaffId::from_bytes)
}

fn read_code<T>(
    reader: &mut Reader<'_>,
    parse: impl FnOnce(&str) -> Result<T, UnknownCode>,
) -> Result<T, RecordError> {
    Ok(parse(reader.text(MAX_CODE_BYTES)?)?)
}

fn at_most(list: &'static str, count: usize, most: usize) -> Result<(), RecordError> {
    if count > most { Err(RecordError::TooMany { list, count, most }) } else { Ok(()) }
}

/// The first item that stands twice. The lists are short: comparing all pairs needs no memory.
fn repeated<T: PartialEq>(items: impl IntoIterator<Item = T> + Clone) -> Option<T> {
    let all = items.clone();
    items
        .into_iter()
        .enumerate()
        .find_map(|(at, item)| all.clone().into_iter().take(at).find(|other| *other == item))
}

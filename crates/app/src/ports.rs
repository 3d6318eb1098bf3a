//! What lineward asks of systems outside: each port has a real implementation in `connect` or `sample`, and test doubles.

use async_trait::async_trait;
use jiff::Timestamp;
use lineward_core::{
    codes,
    evidence::{Assurance, FaceFinding},
    id::{ApplicationId, CarrierId, LineId},
    line::{LineKind, Payment},
};
use lineward_document::{
    chip::{ChipFiles, ChipReport, Presence},
    state::StateCode,
};

pub use lineward_core::authority::{AuthorityAnswer, IssuerMatch, NotValidReason, Standing};

use crate::verification::Question;

/// Asks the network to put a line into service.
#[async_trait]
pub trait LineProvisioner: Send + Sync {
    /// Activates the line; asking again for the same application has no further effect. `Ok` is the network's own word
    /// that the line is in service.
    async fn activate(&self, order: &ActivationOrder) -> Result<(), OutsideError>;
}

/// Ids and words only: no name, no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationOrder {
    /// The carrier.
    pub carrier: CarrierId,
    /// The application; the order's idempotency key.
    pub application: ApplicationId,
    /// The line.
    pub line: LineId,
    /// What it is.
    pub kind: LineKind,
    /// How it is paid.
    pub payment: Payment,
    /// The request or job this order belongs to.
    pub request_id: String,
}

/// Tells an applicant how things stand.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Hands a message to the channel.
    async fn notify(&self, message: &Message) -> Result<(), OutsideError>;
}

/// A message to an applicant.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Names the message; a channel that saw it drops it.
    pub id: String,
    /// The carrier.
    pub carrier: CarrierId,
    /// Where the person can be reached.
    pub to: String,
    /// What happened.
    pub kind: MessageKind,
    /// The language of the person (BCP 47).
    pub language: String,
    /// The public reference of the application.
    pub reference: String,
    /// A one-time link, where the message carries one.
    pub link: Option<String>,
}

codes! {
    /// What a message says.
    pub enum MessageKind {
        /// Go on with your application by this link.
        ContinueHere = "continue_here",
        /// Your application was approved.
        Approved = "approved",
        /// A person will decide your application.
        Referred = "referred",
        /// Your application was refused by two people.
        Refused = "refused",
        /// Your application was withdrawn.
        Withdrawn = "withdrawn",
        /// Your application was left unfinished and has ended.
        Lapsed = "lapsed",
        /// The document behind your line is near its last day, or past it.
        DocumentExpires = "document_expires",
    }
}

/// Why an outside system did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutsideError {
    /// Try again later.
    #[error("try again: {0}")]
    Retry(String),
    /// Trying again is of no use; a person must look.
    #[error("give up: {0}")]
    GiveUp(String),
}

/// Asks the authority that issues documents.
#[async_trait]
pub trait Authority: Send + Sync {
    /// Whom it answers for, and what it has to be told.
    fn profile(&self) -> &AuthorityProfile;

    /// What the authority knows of one document, and of its portrait where a picture is at hand.
    ///
    /// # Errors
    /// [`Unavailable`] when it gave no answer that can be used; that is never a no and never a yes.
    async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, Unavailable>;
}

/// An authority as the operator describes it: nothing is sent that is not named here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityProfile {
    /// Its name, as it is recorded beside every answer.
    pub source: String,
    /// The issuing states whose documents it answers for (codes of ICAO 9303-3). Of others it hears nothing.
    pub issuing_states: Vec<StateCode>,
    /// Whether it needs the names.
    pub names: bool,
    /// Whether it needs the date of birth.
    pub birth_date: bool,
    /// Whether it compares portraits.
    pub portrait: bool,
}

/// One question on its way.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What it is told.
    pub question: &'a Question,
    /// The picture of the document as it was shown.
    pub portrait: Option<&'a [u8]>,
    /// Random; names this question, so that no answer to another one fits.
    pub nonce: [u8; 16],
    /// The time of the request or job that asks.
    pub now: Timestamp,
    /// Names the request or job through logs on both sides.
    pub request_id: &'a str,
}

/// An answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer.
    pub answer: AuthorityAnswer,
    /// When the authority says that it answered.
    pub answered_at: Timestamp,
    /// SHA-256 of the answer's bytes as they were signed.
    pub evidence_hash: [u8; 32],
}

/// The authority gave no answer that can be used; the reason is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the authority gave no answer that can be used: {0}")]
pub struct Unavailable(pub String);

/// Compares one capture with one portrait. The real one is `lineward_face`; it blocks, so `app` calls it on its own thread.
pub trait FaceCheck: Send + Sync {
    /// From bytes to a finding. What cannot be decoded is a finding too (`not_compared`).
    fn compare(
        &self,
        reference: Reference<'_>,
        frames: &[&[u8]],
        fmr_ppb: u32,
        assurance: Assurance,
    ) -> FaceFinding;
}

/// What a capture is compared with: the one portrait of one document, encoded.
#[derive(Clone, Copy)]
pub enum Reference<'a> {
    /// A photograph of the document with the portrait on it.
    Picture(&'a [u8]),
    /// The portrait alone, as the chip holds it.
    Portrait(&'a [u8]),
}

/// Examines what was read from a chip, against the country CAs that the operator trusts. It blocks, so `app` calls it on its
/// own thread.
pub trait ChipExaminer: Send + Sync {
    /// One finding for every check; nothing that a chip holds is an error.
    fn examine(&self, files: &ChipFiles, presence: &Presence, at: Timestamp) -> ChipReport;
}

//! What lineward asks of systems outside: each port has a real implementation in `connect` or `sample`, and test doubles.

use async_trait::async_trait;
use lineward_core::{
    codes,
    evidence::{Assurance, FaceFinding},
    id::{ApplicationId, CarrierId, LineId},
    line::{LineKind, Payment},
};
use lineward_document::Document;

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
    /// What the authority knows of this document, and of its portrait where a picture is at hand.
    ///
    /// # Errors
    /// [`AuthorityDown`] when it gave no answer; that is never a no.
    async fn ask(
        &self,
        document: &Document,
        portrait: Option<&[u8]>,
    ) -> Result<AuthorityAnswer, AuthorityDown>;
}

/// The authority gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the authority did not answer")]
pub struct AuthorityDown;

/// The authority's own answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorityAnswer {
    /// Whether the document stands.
    pub standing: Standing,
    /// Whether the fields are those that it issued.
    pub fields: IssuerMatch,
    /// Whether the portrait is the one that it issued.
    pub portrait: IssuerMatch,
}

codes! {
    /// Whether a document stands.
    pub enum Standing {
        /// In force.
        Valid = "valid",
        /// Revoked or replaced.
        NotValid = "not_valid",
        /// Reported lost or stolen.
        ReportedLost = "reported_lost",
        /// The authority has no record of it.
        NoRecord = "no_record",
    }
}

codes! {
    /// The issuer's own comparison.
    pub enum IssuerMatch {
        /// What was shown is what was issued.
        Match = "match",
        /// It is not.
        NoMatch = "no_match",
        /// The issuer does not answer this.
        NotOffered = "not_offered",
    }
}

/// Compares one capture with one portrait. The real one is `lineward_face`; it blocks, so `app` calls it on its own thread.
pub trait FaceCheck: Send + Sync {
    /// From bytes to a finding. What cannot be decoded is a finding too (`not_compared`).
    fn compare(&self, portrait: &[u8], frames: &[&[u8]], fmr_ppb: u32, assurance: Assurance) -> FaceFinding;
}

//! Ids: one type each, so that a line's id cannot be given where an application's is asked for.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use uuid::Uuid;

/// A UUIDv7 that names one `K`. Made by `Ctx` (time and randomness are arguments), stored as 16 bytes.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// The kinds of things that have ids.
pub mod kind {
    /// A carrier: the tenant that every row belongs to.
    pub enum Carrier {}
    /// A person or organisation.
    pub enum Party {}
    /// The checks of one person for one purpose.
    pub enum Verification {}
    /// A request for a line.
    pub enum Application {}
    /// A shown document.
    pub enum Document {}
    /// One registered service.
    pub enum Line {}
    /// A member of the carrier's staff.
    pub enum Staff {}
    /// A picture of a document, sent in one request and not kept.
    pub enum Picture {}
    /// A stored piece of evidence.
    pub enum Evidence {}
    /// A unit of work after a commit.
    pub enum Job {}
    /// A row of the audit trail.
    pub enum Audit {}
    /// A decision waiting for its second signature.
    pub enum Proposal {}
    /// A machine's access token.
    pub enum Token {}
    /// Any other row.
    pub enum Row {}
    /// A key of the key store.
    pub enum Key {}
}

/// Names a [`kind::Carrier`].
pub type CarrierId = Id<kind::Carrier>;
/// Names a [`kind::Party`].
pub type PartyId = Id<kind::Party>;
/// Names a [`kind::Verification`].
pub type VerificationId = Id<kind::Verification>;
/// Names a [`kind::Application`].
pub type ApplicationId = Id<kind::Application>;
/// Names a [`kind::Document`].
pub type DocumentId = Id<kind::Document>;
/// Names a [`kind::Line`].
pub type LineId = Id<kind::Line>;
/// Names a [`kind::Staff`].
pub type StaffId = Id<kind::Staff>;
/// Names a [`kind::Picture`].
pub type PictureId = Id<kind::Picture>;
/// Names a [`kind::Evidence`].
pub type EvidenceId = Id<kind::Evidence>;
/// Names a [`kind::Job`].
pub type JobId = Id<kind::Job>;
/// Names a [`kind::Audit`] row.
pub type AuditId = Id<kind::Audit>;
/// Names a [`kind::Proposal`].
pub type ProposalId = Id<kind::Proposal>;
/// Names a [`kind::Token`].
pub type TokenId = Id<kind::Token>;
/// Names any other [`kind::Row`].
pub type RowId = Id<kind::Row>;
/// Names a [`kind::Key`] of the key store.
pub type KeyId = Id<kind::Key>;

impl<K> Id<K> {
    /// The id with this UUID.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// The id with these 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_uuid(Uuid::from_bytes(bytes))
    }

    /// The 16 bytes of this id, as stored and as sealed into records.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.uuid.as_bytes()
    }

    /// The UUID, for the wire.
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::from_str(text).map(Self::from_uuid)
    }
}

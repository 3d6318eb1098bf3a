//! Decision records in canonical bytes, receipts, and their offline verification.
//!
//! Lives here: the one canonical encoding of a decision ([`DecisionRecord`]), salted commitments ([`Commitment`]),
//! Ed25519 keys in C2SP form ([`SigningKey`], [`VerifierKey`]), signed notes ([`Note`]), the text that a person keeps
//! ([`Receipt`]) and the keys a checker trusts ([`Policy`]).
//! May not live here: a store, files, clocks, randomness (salts and seeds are arguments), names, dates of birth,
//! numbers, pictures, scores or anything else about a person or a face.
//!
//! Everything that is read here may come from an enemy: sizes are limited before anything is looked at, every reader
//! accepts exactly one spelling of a thing, and signatures are verified by the strict rule only.

mod cbor;
mod commitment;
mod key;
mod note;
mod policy;
mod receipt;
mod record;
mod word;

pub use cbor::CborError;
pub use commitment::{Commitment, Opening};
pub use key::{KeyError, KeyName, SigningKey, VerifierKey};
pub use note::{MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, Note, NoteError, NoteSignature};
pub use policy::{Policy, PolicyError};
pub use receipt::{MAX_RECEIPT_BYTES, Receipt, ReceiptError, VerifiedReceipt};
pub use record::{
    DecidedBy, DecisionRecord, FaceTerms, MAX_RECORD_BYTES, Outcome, RECORD_VERSION, RecordError, RecordKind,
};
pub use word::{Word, WordError};

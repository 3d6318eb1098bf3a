//! From the bytes of a document to its facts and findings.
//!
//! Lives here: the machine-readable zone, photographs, national numbers, the dates of a document, and [`Document`], the set of
//! facts with the source of each.
//! May not live here: networks, storage, clocks (the day is an argument), decisions about a person.
//!
//! **Nothing in this crate makes a document genuine.** A check digit says that characters agree with each other;
//! anyone can compute one for an invented document. What is found here is evidence of the classes `number` and
//! `consistent` and no more.

pub mod aadhaar;
pub mod asn1;
pub mod chip;
pub mod crypto;
pub mod dates;
pub mod facts;
pub mod findings;
pub mod mrz;
pub mod number;
pub mod optical;
pub mod state;
pub mod trust;

pub use facts::{Disagreement, Document, DocumentKind, FieldName, Names, Portrait, Sex, Sourced};

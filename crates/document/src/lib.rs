//! From the bytes of a document to its facts and findings.
//!
//! Lives here: chips with their signatures up to the country CA, the machine-readable zone, photographs, national numbers,
//! signed codes, the dates of a document, and [`Document`], the set of facts with the source of each.
//! May not live here: networks, storage, clocks (day and moment are arguments), decisions about a person.
//!
//! **Only an issuer's signature makes anything in this crate genuine**: evidence of the class `signed`, said of fields and
//! portrait apart, by [`chip::examine`]. A check digit says that characters agree with each other; anyone can compute one
//! for an invented document.

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

//! Who is trusted to sign documents: country CAs, from lists that somebody answers for (Doc 9303-12, section 7).
//!
//! Nothing is trusted because it says so. A certificate file is trusted because the operator put it there; a master list
//! because its signer's certificate was signed by one of those files' keys; a revocation list because the CA it is for
//! signed it. What cannot be verified is left out whole, and said.

pub mod certificate;
mod country;
pub(crate) mod crl;
mod load;
mod master_list;
pub(crate) mod name;
pub(crate) mod store;

pub use certificate::{Certificate, CertificateError};
pub use country::Country;
pub use load::{ListKind, ListSummary, MAX_LIST_BYTES, Rejected, TrustBuilder, Trusted};
pub use master_list::MasterListError;
pub use store::TrustStore;

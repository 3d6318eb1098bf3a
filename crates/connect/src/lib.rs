//! The ports of `app` carried out: orders to the network and messages to applicants, by webhook or into files; questions to
//! an authority.
//!
//! Lives here: what leaves lineward and how it is signed, the wire types of orders and messages.
//! May not live here: decisions, the store, retries (a job of `app` repeats; a channel says only whether that is of use),
//! the clock (it is handed in).
//!
//! An order carries ids and words only. A message has to reach a person, so the notifiers are the one channel that
//! carries a contact, and with it the one-time link: their receiver is to be trusted with both.

pub mod authority;
pub mod file;
pub mod signature;
pub mod webhook;
mod wire;

pub use authority::{AnswerKeys, AuthorityOptions, HttpAuthority};
pub use file::{FileNotifier, FileProvisioner, FolderError};
pub use signature::{Signed, VerifyError, WebhookSecret, verify};
pub use webhook::{Clock, EndpointError, WebhookNotifier, WebhookOptions, WebhookProvisioner};

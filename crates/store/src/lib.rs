//! What lineward remembers.
//!
//! Lives here: SQL (and nowhere else), migrations, transactions, sealing, the key store, jobs, audit.
//! May not live here: decisions, HTTP, images.

mod error;
mod keys;
mod pool;
pub mod rows;
mod seal;
mod sql;
mod store;
mod tx;
mod writing;

pub use error::{RetryHint, StoreError};
pub use keys::{KeyStore, MasterKey};
pub use seal::{DataKey, Place, SealError, keyed_index};
pub use sql::Backend;
pub use store::{CommitFault, CommitHook, CommitPoint, Store, StoreOptions};
pub use tx::Tx;
pub use writing::{TxFuture, Writing, in_tx};

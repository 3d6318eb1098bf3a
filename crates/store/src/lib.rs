//! What lineward remembers.
//!
//! Lives here: SQL (and nowhere else), migrations, transactions, sealing, the key store, jobs, audit.
//! May not live here: decisions, HTTP, images.

pub mod rows;

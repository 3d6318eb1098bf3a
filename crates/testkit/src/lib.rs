//! TestApp, the shared data folder, fault-injecting doubles; used by tests only.

mod postgres;

pub use postgres::{Postgres, PostgresError};

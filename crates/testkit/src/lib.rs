//! TestApp, the shared data folder, fault-injecting doubles; used by tests only.

mod by_hand;
pub mod chips;
pub mod doubles;
mod postgres;
mod world;

pub use by_hand::run_sql;
pub use postgres::{Postgres, PostgresError};
pub use world::{MRZ, World, WorldOptions};

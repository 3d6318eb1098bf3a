//! Comparison with published cases, and properties over generated zones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
mod aadhaar;
mod aamva;
mod cheminfo;
mod chip_presence;
mod corpus;
mod data_groups;
mod numbers;
mod pictures;
mod properties;
mod seeds;
mod shared;
mod stdnum;

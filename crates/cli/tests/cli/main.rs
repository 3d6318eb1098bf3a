//! The binary as people and scripts meet it: words, JSON keys, exit codes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it skips"
)]

mod chip;
mod document;
mod face;
mod help;
mod image;
mod receipt;
mod rules;
mod run;
mod store;
mod verify;

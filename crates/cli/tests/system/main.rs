//! The whole program as a process: what it does with hostile pictures, and what it leaves behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it skips"
)]

mod hostile;
mod leaks;
mod marks;
mod pages;
mod pictures;
mod process;

//! The formats of the ledger from outside: pinned bytes, an independent CBOR library, published vectors, damaged input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod golden;
mod note;
mod receipt;
mod record;
mod sample;
mod vectors;

//! See `lineward_fuzz::document::mrz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::mrz(bytes));

//! See `lineward_fuzz::document::cms`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::cms(bytes));

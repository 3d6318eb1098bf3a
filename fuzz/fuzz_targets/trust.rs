//! See `lineward_fuzz::document::trust`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::trust(bytes));

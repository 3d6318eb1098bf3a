//! See `lineward_fuzz::document::public_key`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::public_key(bytes));

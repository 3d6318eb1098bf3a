//! See `lineward_fuzz::document::tlv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::tlv(bytes));

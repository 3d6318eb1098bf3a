//! See `lineward_fuzz::document::dg14_dg15`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::dg14_dg15(bytes));

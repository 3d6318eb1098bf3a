//! See `lineward_fuzz::document::chip_answer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::chip_answer(bytes));

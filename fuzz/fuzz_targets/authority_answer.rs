//! See `lineward_fuzz::connect::authority_answer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::connect::authority_answer(bytes));

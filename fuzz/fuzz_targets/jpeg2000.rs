//! See `lineward_fuzz::face::jpeg2000`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::face::jpeg2000(bytes));

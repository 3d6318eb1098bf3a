//! See `lineward_fuzz::connect::bare_picture`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::connect::bare_picture(bytes));

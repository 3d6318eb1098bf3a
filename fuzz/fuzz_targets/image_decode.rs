//! See `lineward_fuzz::face::image_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::face::image_decode(bytes));

//! See `lineward_fuzz::document::aadhaar_qr`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::aadhaar_qr(bytes));

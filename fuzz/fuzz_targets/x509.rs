//! See `lineward_fuzz::document::x509`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::x509(bytes));

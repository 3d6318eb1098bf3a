//! See `lineward_fuzz::document::master_list`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::master_list(bytes));

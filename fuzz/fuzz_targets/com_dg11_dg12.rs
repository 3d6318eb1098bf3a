//! See `lineward_fuzz::document::com_dg11_dg12`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lineward_fuzz::document::com_dg11_dg12(bytes));

//! No text makes the reader of zones panic, and every candidate it lists satisfies all check digits.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use lineward_core::evidence::CheckResult;
use lineward_document::mrz;

fuzz_target!(|text: &str| {
    let today = date(2026, 11, 23);
    let Ok(read) = mrz::parse(text, today) else { return };
    assert!(read.candidates.is_empty() || !read.is_consistent());
    for candidate in &read.candidates {
        let again = mrz::parse(&candidate.lines.join("\n"), today).expect("lines of a candidate have its shape");
        assert!(again.checks.iter().all(|check| check.result != CheckResult::Fail));
        assert_eq!(again.fields, candidate.fields);
    }
});

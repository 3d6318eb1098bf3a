//! No text makes the checks of national numbers panic, and a normal form is its own normal form.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use lineward_document::number::{self, Scheme};

fuzz_target!(|text: &str| {
    let today = date(2026, 11, 23);
    for scheme in Scheme::ALL {
        if let Ok(facts) = number::check(scheme.code(), text, today) {
            let again = number::check(scheme.code(), &facts.normalised, today).expect("a normal form is accepted");
            assert_eq!(again.normalised, facts.normalised);
            assert_eq!(again.identity(), facts.identity());
        }
    }
});

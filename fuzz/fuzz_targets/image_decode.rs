//! Any bytes handed in as a picture: an error or a picture, never a panic, and never beyond the memory limit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lineward_face::{Checker, ReferenceKind};

fuzz_target!(|bytes: &[u8]| {
    let _ = Checker::without_pack().portrait(bytes, ReferenceKind::Portrait);
});

//! Where the shared data lies.

use std::path::PathBuf;

use jiff::civil::{Date, date};

/// The day that two-digit years are resolved against in these tests.
pub(crate) const TODAY: Date = date(2026, 11, 23);

/// The cases in a file of the shared data; `None`, said loudly, where it is absent.
pub(crate) fn cases(path: &str) -> Option<Vec<serde_json::Value>> {
    let root = option_env!("LINEWARD_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let file = root.join("data/document").join(path);
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("SKIPPED: {} is absent", file.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("a list of cases"))
}

//! Where the shared data lies.

use std::path::PathBuf;

use jiff::civil::{Date, date};

/// The day that two-digit years are resolved against in these tests.
pub(crate) const TODAY: Date = date(2026, 11, 23);

/// The cases in a file of the shared data; `None`, said loudly, where it is absent.
pub(crate) fn cases(path: &str) -> Option<Vec<serde_json::Value>> {
    json(path).map(|value| value.as_array().expect("a list of cases").clone())
}

/// A JSON file of the shared data; `None`, said loudly, where it is absent.
pub(crate) fn json(path: &str) -> Option<serde_json::Value> {
    Some(serde_json::from_slice(&bytes(path)?).expect("JSON"))
}

/// A file of the shared data; `None`, said loudly, where it is absent.
pub(crate) fn bytes(path: &str) -> Option<Vec<u8>> {
    let file = root().join(path);
    let read = std::fs::read(&file).ok();
    if read.is_none() {
        println!("SKIPPED: {} is absent", file.display());
    }
    read
}

/// The folder with the shared data about documents.
fn root() -> PathBuf {
    let shared = option_env!("LINEWARD_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    shared.join("data/document")
}

/// Every file in a folder of the shared data, by its path inside the folder and in the order of the paths; empty, said
/// loudly, where the folder is absent.
pub(crate) fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = root().join(folder);
    if !root.is_dir() {
        println!("SKIPPED: {} is absent", root.display());
        return Vec::new();
    }
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("a path inside").display().to_string();
            found.push((name, std::fs::read(path).expect("a file")));
        }
    }
    found.sort();
    found
}

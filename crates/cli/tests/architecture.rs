//! What must never be in this tree: arrows between crates, words, crates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn metadata() -> cargo_metadata::Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked".into()])
        .exec()
        .unwrap()
}

/// `cli -> web -> app -> store -> core`; `connect -> app`; `document`, `face`, `ledger` -> `core` only.
#[test]
fn dependencies_point_inward_only() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("lineward-core", &[] as &[&str]),
        ("lineward-document", &["lineward-core"]),
        ("lineward-face", &["lineward-core"]),
        ("lineward-ledger", &["lineward-core"]),
        ("lineward-store", &["lineward-core"]),
        ("lineward-app", &["lineward-core", "lineward-document", "lineward-ledger", "lineward-store"]),
        ("lineward-connect", &["lineward-core", "lineward-app"]),
        ("lineward-web", &["lineward-core", "lineward-document", "lineward-ledger", "lineward-app"]),
        ("lineward-sample", &["lineward-core", "lineward-document", "lineward-face", "lineward-app"]),
        ("lineward-testkit", &["lineward-core", "lineward-document", "lineward-store", "lineward-app"]),
        (
            "lineward",
            &[
                "lineward-core",
                "lineward-document",
                "lineward-face",
                "lineward-ledger",
                "lineward-store",
                "lineward-app",
                "lineward-connect",
                "lineward-web",
                "lineward-sample",
            ],
        ),
    ]);
    let metadata = metadata();
    let mut seen = BTreeSet::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the map of crates"));
        seen.insert(name);
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            let on = dependency.name.as_str();
            assert!(!on.starts_with("lineward") || may.contains(&on), "{name} must not depend on {on}");
        }
    }
    assert_eq!(seen, allowed.keys().copied().collect(), "the map names crates that are not there");
}

/// A face is compared with one reference. Nothing that could search among people is in the tree.
#[test]
fn no_vector_search_crate_is_in_the_tree() {
    let searching = [
        "hnsw",
        "faiss",
        "annoy",
        "milvus",
        "qdrant",
        "usearch",
        "lancedb",
        "pgvector",
        "instant-distance",
        "arroy",
        "hora",
        "kiddo",
        "diskann",
        "scann",
        "ngt",
        "weaviate",
        "chromadb",
        "tantivy",
    ];
    for package in metadata().packages {
        let name = package.name.to_lowercase();
        let bad = searching.iter().find(|word| {
            name == **word
                || name.starts_with(&format!("{word}-"))
                || name.starts_with(&format!("{word}_"))
                || name.contains("hnsw")
        });
        assert!(bad.is_none(), "{name} searches vectors");
    }
}

/// Words of designs that we refuse, in names of the code. Text may speak of what is refused; code may not have it.
#[test]
fn refused_words_name_nothing_in_the_code() {
    let refused = [
        "gallery",
        "watchlist",
        "blocklist_face",
        "face_search",
        "search_face",
        "find_face_in",
        "one_to_many",
        "one_to_n",
        "identify_face",
        "identify_person",
        "template_index",
        "face_index",
        "enroll_face",
        "enrolled",
        "latitude",
        "longitude",
        "geolocation",
        "cell_id",
        "imei",
        "call_record",
        "browsing",
        "contact_list",
        "traffic_data",
        "location_of",
    ];
    let mut read = 0;
    for file in sources() {
        // This test names the words, and so do the columns' and the licences' tests.
        if file.ends_with("tests/architecture.rs") || file.to_string_lossy().contains("crates/store/tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        read += 1;
        for (n, line) in text.lines().enumerate() {
            // The one place that names a place: the header that denies it to our own pages.
            let denied = line.replace("geolocation=()", "");
            let code = denied.split("//").next().unwrap_or("").to_lowercase();
            let bad = refused.iter().find(|word| names(&code, word));
            assert!(bad.is_none(), "{}:{}: {:?} names something", file.display(), n + 1, bad.unwrap());
        }
    }
    assert!(read > 60, "only {read} files were read");
}

/// Templates never leave `face`: its public functions take one reference and the frames of one capture.
#[test]
fn no_public_function_of_face_takes_several_people() {
    for file in sources().into_iter().filter(|f| f.to_string_lossy().contains("crates/face/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for (n, line) in text.lines().enumerate() {
            let public =
                line.trim_start().starts_with("pub fn") || line.trim_start().starts_with("pub struct");
            let bad = public
                && (line.contains("[Template]")
                    || line.contains("Vec<Template")
                    || line.contains("references: &["));
            assert!(!bad, "{}:{}: takes several people", file.display(), n + 1);
        }
    }
}

fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(code[..at].chars().next_back()) && edge(code[at + word.len()..].chars().next())
    })
}

fn sources() -> Vec<PathBuf> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_none_or(|n| n != "target") {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "sql") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("crates"), &mut found);
    found
}

/// `docs/known-traps.md` names a test for each trap; a name that no test has would be a promise that nobody keeps.
#[test]
fn every_known_trap_has_its_test() {
    let traps = std::fs::read_to_string(root().join("docs/known-traps.md")).unwrap();
    let mut sources = String::new();
    let mut open = vec![root().join("crates")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let rows: Vec<&str> =
        traps.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| trap")).collect();
    assert!(rows.len() > 10);
    for row in rows {
        let tests: Vec<&str> = row.rsplit('|').nth(1).unwrap().split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            assert!(sources.contains(&format!("fn {test}()")), "{test} is no test");
        }
    }
}

//! Published vectors (C2SP signed-note, C2SP CCTV Ed25519, checkpoints of public logs), read where they are kept.

use lineward_ledger::{KeyName, Note, VerifierKey};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the vectors, or `None` after saying loudly that the test did not run.
fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join(option_env!("LINEWARD_SHARED").unwrap_or("../shared")).join("data/tlog");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no vectors in {}", folder.display());
    None
}

fn json(path: &Path) -> Vec<Value> {
    let Value::Array(items) = serde_json::from_slice(&fs::read(path).unwrap()).unwrap() else {
        panic!("{} is not a list", path.display());
    };
    items
}

#[test]
fn published_notes_verify_and_their_changed_copies_do_not() {
    let Some(folder) = folder() else { return };
    let notes = json(&folder.join("signed-note/notes.json"));
    assert!(!notes.is_empty());
    for vector in notes {
        let key = VerifierKey::parse(vector["vkey"].as_str().unwrap()).unwrap();
        let note = vector["note"].as_str().unwrap();
        let verified =
            |note: &str| Note::parse(note.as_bytes()).and_then(|n| n.verify(&[&key]).map(|_| ())).is_ok();
        assert_eq!(verified(note), vector["want"] == "ok", "{note}");
        let changed = note.replacen(|c: char| c.is_ascii_lowercase(), "X", 1);
        assert!(!verified(&changed), "{changed}");
    }
}

#[test]
fn signed_checkpoints_of_a_public_log_verify() {
    let Some(folder) = folder() else { return };
    let log = folder.join("tlog-tiles/tessera-log");
    let key = VerifierKey::parse(fs::read_to_string(log.join("log.vkey")).unwrap().trim()).unwrap();
    let mut verified = 0;
    for entry in fs::read_dir(&log).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("checkpoint") {
            let note = fs::read(&path).unwrap();
            assert_eq!(Note::parse(&note).unwrap().verify(&[&key]), Ok(vec![&key]), "{}", path.display());
            verified += 1;
        }
    }
    assert!(verified > 0);
}

/// The flags name what is odd about a vector. The strict rule refuses low-order keys and low-order commitments, second
/// spellings of either, and anything that only holds after multiplying by the cofactor.
#[test]
fn the_strict_rule_holds_on_every_edge_case() {
    let Some(folder) = folder() else { return };
    let odd = [
        "low_order_A",
        "low_order_R",
        "non_canonical_A",
        "non_canonical_R",
        "low_order_residue",
        "reencoded_k",
    ];
    let (mut accepted, mut refused) = (0, 0);
    for vector in json(&folder.join("ed25519/ed25519vectors.json")) {
        let flags: Vec<&str> =
            vector["flags"].as_array().into_iter().flatten().map(|flag| flag.as_str().unwrap()).collect();
        let expected = !flags.iter().any(|flag| odd.contains(flag));
        let bytes = |field: &str| hex::decode(vector[field].as_str().unwrap()).unwrap();
        let public: [u8; 32] = bytes("key").try_into().unwrap();
        let signature: [u8; 64] = bytes("sig").try_into().unwrap();
        let message = vector["msg"].as_str().unwrap().as_bytes();
        let signed = VerifierKey::from_public(KeyName::parse("vector").unwrap(), &public)
            .is_ok_and(|key| key.signed(message, &signature));
        assert_eq!(signed, expected, "vector {} {flags:?}", vector["number"]);
        if signed { accepted += 1 } else { refused += 1 }
    }
    println!("strict rule: {accepted} accepted, {refused} refused");
    assert!(accepted > 0 && refused > accepted);
}

//! What the fuzz targets state, asked of the committed seeds.

#[path = "../../../../fuzz/src/connect.rs"]
#[allow(unreachable_pub, reason = "a library of its own elsewhere")]
mod statements;

use std::path::Path;

/// Asks `statement` of every seed of `target`.
fn holds(target: &str, statement: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        statement(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "{target}");
}

#[test]
fn authority_answer_holds_for_every_seed() {
    holds("authority_answer", statements::authority_answer);
}

#[test]
fn bare_picture_holds_for_every_seed() {
    holds("bare_picture", statements::bare_picture);
}

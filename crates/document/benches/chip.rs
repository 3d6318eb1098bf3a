//! Passive authentication of issued documents, and the lists it rests on. Needs the shared data; says so without it.
//!
//! Everything of a document is read and verified anew in each round; only the trust store is there before.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use std::{fs, hint::black_box, path::PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use lineward_document::{
    chip::{ChipFiles, Presence, examine},
    trust::{TrustBuilder, Trusted},
};

fn data() -> PathBuf {
    let shared = option_env!("LINEWARD_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    shared.join("data/document")
}

/// Every file of the folders that can be trusted, by name.
fn lists() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![data().join("csca-masterlists"), data().join("icao-sod")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with(".bin") && !name.ends_with("DSC.der") {
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found
}

fn load(files: &[(String, Vec<u8>)]) -> Trusted {
    let mut builder = TrustBuilder::default();
    files.iter().for_each(|(name, bytes)| builder.add_file(name, bytes));
    builder.build()
}

fn chips(c: &mut Criterion) {
    let files = lists();
    if files.is_empty() {
        println!("SKIPPED: {} is absent", data().display());
        return;
    }
    let german: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("DE_")).cloned().collect();
    let count = load(&german).store.len();
    c.bench_function(&format!("master list of {count} certificates"), |b| {
        b.iter(|| black_box(load(&german)))
    });

    let trusted = load(&files);
    let at: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
    let mut sods: Vec<PathBuf> =
        fs::read_dir(data().join("icao-sod")).unwrap().map(|e| e.unwrap().path()).collect();
    sods.retain(|path| path.to_string_lossy().ends_with("EF_SOD.bin"));
    sods.sort();
    for path in sods {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let run = || {
            let files = ChipFiles::from_named([("EF_SOD", bytes.as_slice())]).unwrap();
            examine(&files, &Presence::default(), &trusted.store, at)
        };
        let report = run();
        let keys = [&report.signer, &report.country_ca]
            .map(|c| c.as_ref().map(|c| c.key.clone()).unwrap_or_default());
        c.bench_function(&format!("passive authentication {} ({}, {})", &name[..2], keys[0], keys[1]), |b| {
            b.iter(|| black_box(run()));
        });
    }
}

criterion_group!(benches, chips);
criterion_main!(benches);

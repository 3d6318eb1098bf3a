//! `lineward document chip` and `lineward trust`, on the files of issued documents and on specimens.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::run::{run, shared};

/// Specimens, whose country CAs are in no list: the verdict on the security object alone, and why the signature does not
/// pass. The tampered ones differ from a published one in a byte or two, found by comparing them.
const SPECIMENS: [(&str, &str, Option<&str>); 13] = [
    ("bsi-tr03105-5/EF_SOD.bin", "inconclusive", None),
    ("jmrtd/bsi2008_EF_SOD.bin", "inconclusive", None),
    ("jmrtd/loes2006_ef011D.bin", "inconclusive", None),
    ("pymrtd/sod_SOD_68f32f11.bin", "inconclusive", None),
    // A zero after the end, where nothing is signed.
    ("pymrtd/sod_SOD_6d3b6ce3.bin", "inconclusive", None),
    ("pymrtd/sod_SOD_9712ab14.bin", "inconclusive", None),
    // The last byte, of the signature.
    ("pymrtd/sod_SOD_1ae97e17.bin", "not_genuine", Some("signature_wrong")),
    // The signature of another file around this content.
    ("pymrtd/sod_SOD_f33762bb.bin", "not_genuine", Some("signature_wrong")),
    // A byte of the list of hashes.
    ("pymrtd/sod_SOD_208be068.bin", "not_genuine", Some("digest_wrong")),
    ("pymrtd/sod_SOD_c433a51a.bin", "not_genuine", Some("digest_wrong")),
    ("pymrtd/sod_SOD_de1b10af.bin", "not_genuine", Some("digest_wrong")),
    // A byte of the identifier that says that it is signed at all.
    ("pymrtd/sod_SOD_00bb6bfa.bin", "not_genuine", Some("unreadable")),
    ("pymrtd/sod_SOD_79138374.bin", "not_genuine", Some("unreadable")),
];

/// What the shared manifest lists, by the first folder of the path, and the test that reads the folder's files.
const SETS: [(&str, &str); 9] = [
    ("aadhaar", "document: aadhaar::*"),
    ("barcode", "image::barcodes_are_read_with_their_published_texts, document: aamva::*"),
    ("csca-masterlists", "here"),
    ("icao-aa-ca", "document: chip_presence::*"),
    ("icao-dg", "here, document: data_groups::*"),
    ("icao-sod", "here"),
    ("mrz", "document: corpus::*, cheminfo::*"),
    ("mrz-images", "image::zones_on_specimens_are_read_better_than_by_the_program_they_come_from"),
    ("national-ids", "document: stdnum::*"),
];

fn chip(files: &[(&str, &Path)], trust: &Path) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in files {
        fs::copy(path, folder.path().join(name)).unwrap();
    }
    let (folder, trust) = (folder.path().display().to_string(), trust.display().to_string());
    let ran = run(&["document", "chip", &folder, "--trust", &trust, "--at", "2026-11-24", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn finding<'j>(answer: &'j Value, check: &str) -> &'j Value {
    answer["findings"].as_array().unwrap().iter().find(|f| f["check"] == check).unwrap()
}

/// A folder with the published lists and the country CAs, not the signers, of issued documents.
fn country_cas(data: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut open = vec![data.join("csca-masterlists"), data.join("icao-sod")];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if !name.contains("DSC") && !name.starts_with("dsc") && !name.ends_with(".bin") {
                fs::copy(&path, folder.path().join(name)).unwrap();
            }
        }
    }
    folder
}

#[test]
fn every_file_of_the_manifest_is_there_and_in_a_set_that_a_test_reads() {
    let Some(data) = shared("data/document") else { return };
    let manifest = fs::read_to_string(Path::new(&data).join("MANIFEST.md")).unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in manifest.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| file ")) {
        let file = row.split('|').nth(1).unwrap().trim();
        let set = file.split('/').next().unwrap();
        assert!(SETS.iter().any(|(known, _)| *known == set), "{file}: no test reads {set}");
        assert!(Path::new(&data).join(file).exists(), "{file} is in the manifest and not there");
        *counts.entry(set).or_default() += 1;
    }
    for (set, by) in SETS {
        println!("{set:18} {:3} files: {by}", counts.get(set).unwrap_or(&0));
    }
}

#[test]
fn issued_documents_verify_to_their_own_signer_and_country_ca() {
    let Some(data) = shared("data/document").map(std::path::PathBuf::from) else { return };
    let trust = country_cas(&data);
    let (mut verified, mut beside) = (0, 0);
    let sha256 = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        hex::encode(lineward_document::crypto::Hash::Sha256.of(&[&bytes]))
    };
    for entry in fs::read_dir(data.join("icao-sod")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = ["EF_SOD.bin", "EF_CardSecurity.bin"].into_iter().find(|kind| name.ends_with(kind));
        let Some(kind) = kind else { continue };
        let answer = chip(&[(kind, &path)], trust.path());
        for check in ["sod_signature", "signer_certificate", "country_ca"] {
            assert_eq!(finding(&answer, check)["result"], "pass", "{name}: {check}");
        }
        assert_eq!(answer["verdict"], "inconclusive", "{name}: no data group was read");
        verified += 1;
        for (file, found) in [("DSC", &answer["signer"]), ("CSCA", &answer["country_ca"])] {
            let own = path.with_file_name(format!("{}_{file}.der", name.split('_').next().unwrap()));
            // Card security may have another signer than the security object of the same country.
            if own.exists() && kind == "EF_SOD.bin" {
                assert_eq!(found["sha256"], sha256(&own), "{name}: {file}");
                beside += 1;
            }
        }
    }
    println!("{verified} signed files verified, {beside} certificates are those beside them");
    // Without any country CA nothing is proved, and nothing is called wrong.
    let empty = tempfile::tempdir().unwrap();
    let answer = chip(&[("EF_SOD.bin", &data.join("icao-sod/DE_EF_SOD.bin"))], empty.path());
    assert_eq!(finding(&answer, "country_ca")["reason"], "no_country_ca");
    assert_eq!(answer["verdict"], "inconclusive");
}

#[test]
fn specimens_are_judged_for_their_own_reason() {
    let Some(data) = shared("data/document").map(std::path::PathBuf::from) else { return };
    let trust = country_cas(&data);
    for (name, verdict, reason) in SPECIMENS {
        let answer = chip(&[("EF_SOD.bin", &data.join("icao-dg").join(name))], trust.path());
        assert_eq!(answer["verdict"], verdict, "{name}");
        assert_eq!(finding(&answer, "sod_signature")["reason"].as_str(), reason, "{name}");
        assert_eq!(finding(&answer, "country_ca")["result"], "not_checked", "{name}");
    }
    let mut others = 0;
    for entry in fs::read_dir(data.join("icao-dg/pymrtd")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("pymrtd/{}", path.file_name().unwrap().to_string_lossy());
        if name.contains("SOD_") && !SPECIMENS.iter().any(|(known, ..)| *known == name) {
            let answer = chip(&[("EF_SOD.bin", &path)], trust.path());
            assert_ne!(answer["verdict"], "genuine", "{name}");
            others += 1;
        }
    }
    println!("{} specimens as argued, {others} others not genuine", SPECIMENS.len());
}

#[test]
fn the_published_chip_has_its_data_groups_signed_but_for_one_that_is_not_named() {
    let Some(data) = shared("data/document/icao-dg/bsi-tr03105-5").map(std::path::PathBuf::from) else {
        return;
    };
    let empty = tempfile::tempdir().unwrap();
    let group = |number: u8| data.join(format!("Datagroup{number}.bin"));
    let names = [
        ("EF_SOD.bin", data.join("EF_SOD.bin")),
        ("DG1.bin", group(1)),
        ("DG2.bin", group(2)),
        ("DG14.bin", group(14)),
    ];
    let mut files: Vec<(&str, &Path)> = names.iter().map(|(name, path)| (*name, path.as_path())).collect();
    let answer = chip(&files, empty.path());
    println!("{}", finding(&answer, "data_group_hashes"));
    assert_eq!(answer["verdict"], "inconclusive");
    let unnamed = group(15);
    files.push(("DG15.bin", &unnamed));
    let answer = chip(&files, empty.path());
    assert_eq!(finding(&answer, "data_group_hashes")["reason"], "not_named");
    assert_eq!(answer["verdict"], "not_genuine");
}

#[test]
fn a_master_list_counts_only_with_the_certificate_that_its_signer_leads_to() {
    let Some(lists) = shared("data/document/csca-masterlists").map(std::path::PathBuf::from) else { return };
    let trust = tempfile::tempdir().unwrap();
    let folder = trust.path().display().to_string();
    let import = |file: &Path, signer: Option<&Path>| {
        let (file, signer) = (file.display().to_string(), signer.map(|s| s.display().to_string()));
        let mut args = vec!["trust", "import", &file, "--trust", &folder, "--json"];
        if let Some(signer) = &signer {
            args.extend(["--signer", signer]);
        }
        run(&args)
    };
    let names: Vec<_> = fs::read_dir(&lists).unwrap().map(|e| e.unwrap().path()).collect();
    let of = |start: &str, end: &str| {
        let name = |p: &&std::path::PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
        names.iter().find(|p| name(p).starts_with(start) && name(p).ends_with(end)).unwrap()
    };
    for (country, wrong) in [("DE", "NL"), ("NL", "DE")] {
        let (list, root) = (of(country, ".ml"), of(country, ".cer"));
        assert!(import(list, None).failed().contains("signed by no certificate given as trusted"));
        assert!(import(list, Some(of(wrong, ".cer"))).failed().contains("nothing was changed"));
        let answer = import(list, Some(root)).json();
        println!("{country}: {} certificates, {} rejected", answer["certificates"], answer["rejected"]);
        assert!(answer["certificates"].as_u64().unwrap() > 100);
        assert_eq!(answer["rejected"], serde_json::json!([]));
    }
    // One byte of the list changed, after its certificates.
    let mut broken = fs::read(of("DE", ".ml")).unwrap();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    let file = trust.path().join("broken.ml");
    fs::write(&file, broken).unwrap();
    assert!(import(&file, Some(of("DE", ".cer"))).failed().contains("signature over the list"));
    fs::remove_file(file).unwrap();
    let listed = run(&["trust", "list", "--trust", &folder, "--json"]).json();
    assert_eq!(listed["lists"].as_array().unwrap().len(), 4);
    let german = run(&["trust", "list", "DE_ML", "--trust", &folder, "--json"]).json();
    assert!(german["certificates"].as_array().unwrap().iter().any(|c| c["country"] == "CN"));
    assert!(run(&["trust", "list", "XX_ML", "--trust", &folder]).failed().contains("no list is named"));
}

#[test]
fn what_is_no_chip_and_no_list_gets_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    assert!(run(&["document", "chip", &path]).failed().contains("holds no file of a chip"));
    assert!(run(&["document", "chip", "no-such-folder"]).failed().contains("no-such-folder"));
    let notes = folder.path().join("notes.cer");
    fs::write(&notes, "no certificate").unwrap();
    let notes = notes.display().to_string();
    let trust = folder.path().join("trust").display().to_string();
    assert!(run(&["trust", "import", &notes, "--trust", &trust]).failed().contains("not a certificate"));
    assert!(!Path::new(&trust).exists(), "nothing was changed");
}

//! What the fuzz targets state, asked of the committed seeds.

#[path = "../../../../fuzz/src/document.rs"]
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
    println!("{target}: {count} seeds");
    assert!(count > 0, "{target}");
}

#[test]
fn tlv_holds_for_every_seed() {
    holds("tlv", statements::tlv);
}

#[test]
fn com_dg11_dg12_holds_for_every_seed() {
    holds("com_dg11_dg12", statements::com_dg11_dg12);
}

#[test]
fn dg1_holds_for_every_seed() {
    holds("dg1", statements::dg1);
}

#[test]
fn dg2_holds_for_every_seed() {
    holds("dg2", statements::dg2);
}

#[test]
fn dg14_dg15_holds_for_every_seed() {
    holds("dg14_dg15", statements::dg14_dg15);
}

#[test]
fn x509_holds_for_every_seed() {
    holds("x509", statements::x509);
}

#[test]
fn cms_holds_for_every_seed() {
    holds("cms", statements::cms);
}

#[test]
fn master_list_holds_for_every_seed() {
    holds("master_list", statements::master_list);
}

#[test]
fn trust_holds_for_every_seed() {
    holds("trust", statements::trust);
}

#[test]
fn public_key_holds_for_every_seed() {
    holds("public_key", statements::public_key);
}

#[test]
fn iso9796_2_holds_for_every_seed() {
    holds("iso9796_2", statements::iso9796_2);
}

#[test]
fn chip_answer_holds_for_every_seed() {
    holds("chip_answer", statements::chip_answer);
}

#[test]
fn mrz_holds_for_every_seed() {
    holds("mrz", statements::mrz);
}

#[test]
fn number_holds_for_every_seed() {
    holds("number", statements::number);
}

#[test]
fn aadhaar_qr_holds_for_every_seed() {
    holds("aadhaar_qr", statements::aadhaar_qr);
}

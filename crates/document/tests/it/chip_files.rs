//! Signed files of issued documents, against the country CAs that their states publish.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lineward_core::evidence::CheckResult;
use lineward_document::{
    chip::{ChipCheck, ChipFiles, ChipReport, ChipVerdict, Presence, examine},
    trust::{Certificate, TrustBuilder, Trusted},
};

use crate::shared;

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn trusted(files: &[(String, Vec<u8>)], take: impl Fn(&str) -> bool) -> Trusted {
    let mut builder = TrustBuilder::default();
    files.iter().filter(|(name, _)| take(name)).for_each(|(name, bytes)| builder.add_file(name, bytes));
    builder.build()
}

fn report(named: &[(&str, &[u8])], trusted: &Trusted) -> ChipReport {
    let files = ChipFiles::from_named(named.iter().copied()).unwrap();
    examine(&files, &Presence::default(), &trusted.store, now())
}

fn show(name: &str, report: &ChipReport) {
    println!("{name} {:?}", report.signer.as_ref().map(|s| (&s.subject, &s.issuer)));
    for f in &report.findings {
        println!("   {:22} {:12} {:?} {:?} {}", f.check, f.result, f.reason, f.notes, f.detail);
    }
}

#[test]
fn every_signed_file_of_an_issued_document_verifies_to_its_own_signer_and_country_ca() {
    let (sods, lists) = (shared::files("icao-sod"), shared::files("csca-masterlists"));
    let all: Vec<_> = lists.iter().chain(&sods).cloned().collect();
    let trusted = trusted(&all, |name| {
        !name.ends_with("_DSC.der") && [".ml", ".cer", ".der", ".pem"].iter().any(|e| name.ends_with(e))
    });
    assert_eq!(trusted.rejected, [], "lists");
    println!("{} country CAs from {} files", trusted.store.len(), trusted.files.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, bytes) in &sods {
        let kind = ["EF_SOD", "EF_CardSecurity"].into_iter().find(|kind| name.contains(kind));
        let Some(kind) = kind.filter(|_| name.ends_with(".bin") && !name.contains('/')) else { continue };
        let report = report(&[(kind, bytes)], &trusted);
        show(name, &report);
        for check in [ChipCheck::SodSignature, ChipCheck::SignerCertificate, ChipCheck::CountryCa] {
            assert_eq!(report.result(check), CheckResult::Pass, "{name}: {check}");
        }
        assert_eq!(report.verdict(), ChipVerdict::Inconclusive, "{name}: no data group");
        for (beside, found) in [("DSC", &report.signer), ("CSCA", &report.country_ca)] {
            // A file of card security may have another signer than the SOD of the same country.
            let file = sods.iter().find(|(file, _)| *file == format!("{}_{beside}.der", &name[..2]));
            if let (Some((_, bytes)), "EF_SOD") = (file, kind) {
                let expected = Certificate::read(bytes).unwrap();
                let found = found.as_ref().unwrap();
                println!("{name} {beside} {}", expected.fingerprint() == found.fingerprint);
            }
        }
        *counts.entry(kind).or_default() += 1;
    }
    println!("{counts:?}");
}

#[test]
fn specimen_chips_are_judged_for_their_own_reason() {
    let trusted = trusted(&[], |_| true);
    for (name, bytes) in shared::files("icao-dg") {
        if ["sod_SOD", "EF_SOD", "ef011D"].iter().any(|n| name.contains(n)) {
            show(&name, &report(&[("EF_SOD", &bytes)], &trusted));
        }
    }
}

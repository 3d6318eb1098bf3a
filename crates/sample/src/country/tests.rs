//! The sample country before the verifier: whatever is good is genuine, and every flaw is found for its own reason.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use lineward_core::evidence::CheckResult;
use lineward_document::{
    chip::{ChipCheck, ChipFiles, ChipNote, ChipReport, ChipVerdict, Presence, examine},
    mrz::Format,
    trust::{TrustBuilder, TrustStore},
};

use super::*;
use crate::{card, person};

const TODAY: Date = date(2026, 11, 24);

static PORTRAIT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    card::to_jpeg(&image::RgbImage::from_pixel(48, 64, image::Rgb([120, 100, 90]))).unwrap()
});
static PERSON: LazyLock<SamplePerson> = LazyLock::new(|| person::people(TODAY).swap_remove(0));

fn order() -> Order<'static> {
    Order::new(&PERSON, &PORTRAIT)
}

fn trust(files: &[NamedFile]) -> TrustStore {
    let mut builder = TrustBuilder::default();
    files.iter().for_each(|file| builder.add_file(&file.name, &file.bytes));
    let trusted = builder.build();
    assert!(trusted.rejected.is_empty(), "{:?}", trusted.rejected);
    trusted.store
}

fn chip_files(chip: &SampleChip) -> ChipFiles {
    let named = chip.files().iter().map(|file| (file.name.as_str(), file.bytes.as_slice()));
    ChipFiles::from_named(named).unwrap()
}

fn report(country: &Country, chip: &SampleChip) -> ChipReport {
    examine(
        &chip_files(chip),
        &Presence::default(),
        &trust(&country.trust_files()),
        midnight(country.today, 0),
    )
}

/// Genuine in all that was signed, with the fields and the portrait that were put in.
fn check_genuine(label: &str, country: &Country, order: &Order<'_>) -> ChipReport {
    let chip = country.issue(order).unwrap();
    let report = report(country, &chip);
    let verdicts = (report.fields_verdict(), report.portrait_verdict());
    assert_eq!(verdicts, (ChipVerdict::Genuine, ChipVerdict::Genuine), "{label}: {:#?}", report.findings);
    for check in [ChipCheck::Revocation, ChipCheck::DocumentDates] {
        assert_eq!(report.result(check), CheckResult::Pass, "{label}: {:#?}", report.finding(check));
    }
    let signed_at = order.tells_time.then(|| country.issued_at());
    assert_eq!(report.signed_at, signed_at, "{label}");
    let validity = report.result(ChipCheck::ValidityAtSigning);
    let told = if order.tells_time { CheckResult::Pass } else { CheckResult::NotChecked };
    assert_eq!(validity, told, "{label}: {:#?}", report.findings);
    let document = report.document.as_ref().unwrap();
    assert_eq!(document.birth_date.unwrap().value.exact(), Some(order.person.birth_date), "{label}");
    assert_eq!(report.portrait.as_ref().unwrap().bytes, order.portrait, "{label}");
    report
}

fn notes(report: &ChipReport, check: ChipCheck) -> &[ChipNote] {
    &report.finding(check).unwrap().notes
}

#[test]
fn a_chip_as_issued_today_is_genuine() {
    let country = Country::new([1; 32], TODAY);
    let report = check_genuine("P-256", &country, &order());
    assert!(notes(&report, ChipCheck::CountryCa).contains(&ChipNote::Specimen));
    assert_eq!(notes(&report, ChipCheck::SodSignature), []);
    assert_eq!(notes(&report, ChipCheck::DataGroupHashes), []);
}

#[test]
fn chips_of_every_algorithm_are_genuine() {
    const HASHES: [Hash; 5] = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let mut algorithms = Vec::new();
    for curve in Curve::ALL {
        let key = KeyKind::Ec(curve, Parameters::Named);
        algorithms.extend(HASHES.map(|hash| Algorithm { key, scheme: Scheme::Ecdsa(hash) }));
        algorithms.push(Algorithm { key, scheme: Scheme::EcdsaPlain(Hash::Sha256) });
        for parameters in
            [Parameters::Explicit, Parameters::ExplicitCompressed, Parameters::ExplicitWithoutCofactor]
        {
            let key = KeyKind::Ec(curve, parameters);
            algorithms.push(Algorithm { key, scheme: Scheme::Ecdsa(Hash::Sha256) });
        }
    }
    for bits in [2048, 3072, 4096] {
        algorithms.extend(HASHES.map(|hash| Algorithm::rsa(bits, hash)));
    }
    for (hash, salt_len) in [
        (Hash::Sha1, 20),
        (Hash::Sha256, 32),
        (Hash::Sha256, 20),
        (Hash::Sha256, 0),
        (Hash::Sha384, 48),
        (Hash::Sha512, 64),
        (Hash::Sha512, 190),
    ] {
        algorithms.push(Algorithm::pss(2048, hash, salt_len));
    }
    for exponent in [Exponent::Three, Exponent::Long] {
        let key = KeyKind::Rsa(2048, exponent);
        algorithms.push(Algorithm { key, scheme: Scheme::Pkcs1(Hash::Sha256) });
    }
    let key = KeyKind::Rsa(2048, Exponent::F4);
    algorithms.extend(HASHES.map(|hash| Algorithm { key, scheme: Scheme::RsaEncryption(hash) }));
    for signer in algorithms {
        let country = Country::with_algorithm([2; 32], TODAY, signer).unwrap();
        check_genuine(&format!("{signer:?}"), &country, &Order { signer, ..order() });
    }
}

#[test]
fn every_way_to_write_the_files_is_genuine() {
    let country = Country::new([3; 32], TODAY);
    let orders = [
        ("39794-5", Order { record: FacialRecord::Iso39794, ..order() }),
        ("a passport", Order { format: Format::Td3, ..order() }),
        ("a card of TD2", Order { format: Format::Td2, ..order() }),
        ("security object 0", Order { lds: LdsVersion::V0, ..order() }),
        ("signer by its key", Order { by_subject_key: true, ..order() }),
        ("BER", Order { encoding: Encoding::Ber, ..order() }),
        ("no active authentication", Order { active: None, ..order() }),
        ("no signing time", Order { tells_time: false, ..order() }),
        ("another digest of groups", Order { digest: Hash::Sha512, ..order() }),
        ("SHA-1 of groups", Order { digest: Hash::Sha1, ..order() }),
    ];
    for (label, order) in orders {
        check_genuine(label, &country, &order);
    }
}

#[test]
fn what_is_weak_is_flagged_and_genuine() {
    let country = Country::with_algorithm([4; 32], TODAY, Algorithm::rsa(2048, Hash::Sha256)).unwrap();
    let key = KeyKind::Rsa(1024, Exponent::Three);
    let signer = Algorithm { key, scheme: Scheme::Pkcs1(Hash::Sha1) };
    let report = check_genuine("weak", &country, &Order { signer, digest: Hash::Sha1, ..order() });
    let signature = notes(&report, ChipCheck::SodSignature);
    for note in [ChipNote::Sha1, ChipNote::SmallKey, ChipNote::SmallExponent] {
        assert!(signature.contains(&note), "{note:?}: {signature:?}");
    }
    assert!(notes(&report, ChipCheck::DataGroupHashes).contains(&ChipNote::Sha1));
    assert!(notes(&report, ChipCheck::SignerCertificate).contains(&ChipNote::SmallKey));
}

//! The sample country before the verifier: whatever is good is genuine, and every flaw is found for its own reason.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use lineward_core::evidence::CheckResult;
use lineward_document::{
    chip::{
        ActiveAnswer, ChipAnswer, ChipCheck, ChipFiles, ChipNote, ChipReason, ChipReport, ChipVerdict,
        MadeBy, Presence,
        chip_auth::{ChipAuthentication, FIRST_ANSWER},
        examine,
        lds::dg14::Dg14,
    },
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
    assert_eq!(document.names.as_ref().unwrap().value, order.person.names, "{label}");
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
        ("EF.CardSecurity", Order { card_security: true, ..order() }),
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

/// Active authentication over `asked`, answered for `answered`.
fn presence(chip: &SampleChip, asked: [u8; 8], answered: [u8; 8]) -> Presence {
    let signature = chip.active_authentication(&answered).unwrap();
    let answer = ActiveAnswer { nonce: asked, signature, made_by: MadeBy::Server };
    Presence { active_authentication: Some(answer), ..Presence::default() }
}

fn examined(country: &Country, chip: &SampleChip, presence: &Presence) -> ChipReport {
    examine(&chip_files(chip), presence, &trust(&country.trust_files()), midnight(country.today, 0))
}

#[test]
fn a_chip_proves_with_any_key_that_it_is_the_original() {
    let country = Country::new([5; 32], TODAY);
    let mut keys = Vec::new();
    for hash in [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        keys.extend(Curve::ALL.map(|curve| Active::Ec(curve, hash)));
        keys.extend([1024, 2048].map(|bits| Active::Rsa(bits, hash)));
    }
    for active in keys {
        let chip = country.issue(&Order { active: Some(active), ..order() }).unwrap();
        let found = examined(&country, &chip, &presence(&chip, [9; 8], [9; 8]));
        let check = ChipCheck::ActiveAuthentication;
        assert_eq!(found.result(check), CheckResult::Pass, "{active:?}: {:?}", found.finding(check));
        // An answer that was heard before.
        let found = examined(&country, &chip, &presence(&chip, [9; 8], [8; 8]));
        assert_eq!(found.finding(check).unwrap().reason, Some(ChipReason::AnswerWrong), "{active:?}");
        assert_eq!(found.verdict(), ChipVerdict::NotGenuine, "{active:?}");
    }
}

#[test]
fn a_chip_agrees_on_keys_and_a_copy_does_not() {
    let country = Country::new([9; 32], TODAY);
    let check = ChipCheck::ChipAuthentication;
    let mut kinds: Vec<Agreement> =
        Curve::ALL.iter().map(|curve| Agreement::Ecdh(*curve, Cipher::Aes128)).collect();
    kinds.extend(Cipher::ALL.map(|cipher| Agreement::Ecdh(Curve::BrainpoolP256, cipher)));
    kinds.extend(Cipher::ALL.map(Agreement::Dh));
    for kind in kinds {
        let order = Order { agreement: Some(kind), ..order() };
        let chip = country.issue(&order).unwrap();
        let copy = country.issue_with(&order, Flaw::Cloned).unwrap();
        for (answers, result) in [(&chip, CheckResult::Pass), (&copy, CheckResult::Fail)] {
            let dg14 = Dg14::read(answers.file("DG14").unwrap()).unwrap();
            let session = ChipAuthentication::begin(&dg14.infos, &[3; 32]).unwrap();
            let answer = answers.chip_authentication(&session.public_key().unwrap()).unwrap();
            let answer = ChipAnswer {
                state: session.to_state(),
                counter: FIRST_ANSWER,
                answer,
                made_by: MadeBy::Server,
            };
            let presence = Presence { chip_authentication: Some(answer), ..Presence::default() };
            let report = examined(&country, answers, &presence);
            assert_eq!(report.result(check), result, "{kind:?}: {:?}", report.finding(check));
        }
    }
}

#[test]
fn every_flaw_is_found_for_its_own_reason() {
    use ChipCheck as C;
    use ChipReason as R;
    use ChipVerdict::{Genuine, Inconclusive, NotGenuine};
    const FAIL: CheckResult = CheckResult::Fail;
    const OPEN: CheckResult = CheckResult::NotChecked;
    let flaws = [
        (Flaw::ZoneByte, C::DataGroupHashes, FAIL, R::HashWrong, NotGenuine),
        (Flaw::PortraitByte, C::DataGroupHashes, FAIL, R::HashWrong, NotGenuine),
        (Flaw::GroupNotNamed, C::DataGroupHashes, FAIL, R::NotNamed, NotGenuine),
        (Flaw::HalfOfPortrait, C::DataGroupHashes, FAIL, R::HashWrong, NotGenuine),
        (Flaw::Signature, C::SodSignature, FAIL, R::SignatureWrong, NotGenuine),
        (Flaw::MessageDigest, C::SodSignature, FAIL, R::DigestWrong, NotGenuine),
        (Flaw::NoContentType, C::SodSignature, FAIL, R::AttributeWrong, NotGenuine),
        (Flaw::NoSignerCertificate, C::SodSignature, OPEN, R::NoSignerCertificate, Inconclusive),
        (Flaw::HalfOfSod, C::SodSignature, OPEN, R::Unreadable, Inconclusive),
        (Flaw::CertificateSignature, C::SignerCertificate, FAIL, R::SignatureWrong, NotGenuine),
        (Flaw::ListSigner, C::SignerCertificate, FAIL, R::NotASigner, NotGenuine),
        (Flaw::CriticalExtension, C::SignerCertificate, FAIL, R::CriticalExtension, NotGenuine),
        (Flaw::UnknownCa, C::CountryCa, OPEN, R::NoCountryCa, Inconclusive),
        (Flaw::ImpostorCa, C::CountryCa, OPEN, R::NoCountryCa, Inconclusive),
        (Flaw::ForeignCa, C::CountryCa, FAIL, R::CountryDiffers, NotGenuine),
        (Flaw::ForeignState, C::CountryCa, FAIL, R::CountryDiffers, NotGenuine),
        (Flaw::SignerExpired, C::ValidityAtSigning, FAIL, R::OutsideValidity, NotGenuine),
        (Flaw::SignerTooYoung, C::ValidityAtSigning, FAIL, R::OutsideValidity, NotGenuine),
        (Flaw::KeyPeriodOver, C::ValidityAtSigning, FAIL, R::OutsideValidity, NotGenuine),
        (Flaw::NoSigningTime, C::ValidityAtSigning, OPEN, R::NoSigningTime, Genuine),
        (Flaw::Revoked, C::Revocation, FAIL, R::Revoked, NotGenuine),
        (Flaw::OldRevocationList, C::Revocation, OPEN, R::RevocationListOld, Genuine),
        (Flaw::NoRevocationList, C::Revocation, OPEN, R::NoRevocationList, Genuine),
        (Flaw::FalseRevocationList, C::Revocation, OPEN, R::NoRevocationList, Genuine),
        (Flaw::PartialRevocationList, C::Revocation, OPEN, R::RevocationListPartial, Genuine),
        (Flaw::RevokedOnPartialList, C::Revocation, FAIL, R::Revoked, NotGenuine),
        (Flaw::DeltaRevocationList, C::Revocation, OPEN, R::RevocationListPartial, Genuine),
        (Flaw::StrangeRevocationList, C::Revocation, OPEN, R::RevocationListPartial, Genuine),
        (Flaw::CardSecuritySignature, C::SodSignature, FAIL, R::SignatureWrong, NotGenuine),
        (Flaw::Expired, C::DocumentDates, FAIL, R::Expired, Genuine),
        (Flaw::Cloned, C::ActiveAuthentication, FAIL, R::AnswerWrong, NotGenuine),
    ];
    let parameters = [
        Parameter::P,
        Parameter::A,
        Parameter::B,
        Parameter::Generator,
        Parameter::Order,
        Parameter::Cofactor,
    ];
    let curves = parameters.map(|p| (Flaw::Curve(p), C::SodSignature, OPEN, R::Unsupported, Inconclusive));
    let country = Country::new([6; 32], TODAY);
    for (flaw, check, result, reason, verdict) in flaws.into_iter().chain(curves) {
        let order = Order { card_security: flaw == Flaw::CardSecuritySignature, ..order() };
        let chip = country.issue_with(&order, flaw).unwrap();
        let trust = trust(&country.trust_files_with(flaw));
        let presence = presence(&chip, [9; 8], [9; 8]);
        let report = examine(&chip_files(&chip), &presence, &trust, midnight(TODAY, 0));
        let found = report.finding(check).unwrap();
        assert_eq!((found.result, found.reason), (result, Some(reason)), "{flaw:?}: {:#?}", report.findings);
        assert_eq!(report.verdict(), verdict, "{flaw:?}: {:#?}", report.findings);
        // Whatever else fails, fails for nothing but this flaw.
        let failed = report.findings.iter().filter(|f| f.check != check && f.result == FAIL);
        assert_eq!(failed.count(), 0, "{flaw:?}: {:#?}", report.findings);
    }
}

#[test]
fn what_only_looks_like_a_flaw_is_genuine() {
    let country = Country::new([10; 32], TODAY);
    for flaw in [Flaw::AttributesUnsorted, Flaw::TwoCas] {
        let chip = country.issue_with(&order(), flaw).unwrap();
        let trust = trust(&country.trust_files_with(flaw));
        let report = examine(&chip_files(&chip), &Presence::default(), &trust, midnight(TODAY, 0));
        assert_eq!(report.verdict(), ChipVerdict::Genuine, "{flaw:?}: {:#?}", report.findings);
    }
}

#[test]
fn a_link_certificate_leads_from_the_old_ca_to_chips_under_the_new_one() {
    let old = Country::new([11; 32], TODAY);
    let country = old.renewed();
    let report = check_genuine("renewed", &country, &order());
    assert!(notes(&report, ChipCheck::CountryCa).contains(&ChipNote::LinkCertificate));
    // Chips of the old key stay genuine; those of the new key are unknown to who has the old certificate only.
    let (first, second) = (old.issue(&order()).unwrap(), country.issue(&order()).unwrap());
    let (both, before) = (trust(&country.trust_files()), trust(&old.trust_files()));
    let at = midnight(TODAY, 0);
    for (chip, trust, verdict) in [
        (&first, &both, ChipVerdict::Genuine),
        (&second, &both, ChipVerdict::Genuine),
        (&second, &before, ChipVerdict::Inconclusive),
    ] {
        let report = examine(&chip_files(chip), &Presence::default(), trust, at);
        assert_eq!(report.verdict(), verdict, "{:#?}", report.findings);
    }
}

#[test]
fn a_key_that_anybody_can_find_proves_nothing() {
    let weak = Algorithm::rsa(512, Hash::Sha256);
    let good = Country::new([12; 32], TODAY);
    let weak_ca = Country::with_algorithm([12; 32], TODAY, weak).unwrap();
    let with_key = |active| Order { active: Some(active), ..order() };
    let cases = [
        (&good, Order { signer: weak, ..order() }, ChipCheck::SodSignature, ChipVerdict::Inconclusive),
        (&weak_ca, order(), ChipCheck::SignerCertificate, ChipVerdict::Inconclusive),
        (
            &good,
            with_key(Active::Rsa(512, Hash::Sha1)),
            ChipCheck::ActiveAuthentication,
            ChipVerdict::Genuine,
        ),
    ];
    for (country, order, check, verdict) in cases {
        let chip = country.issue(&order).unwrap();
        // The weak CA cannot vouch for a signer of lists either.
        let files: Vec<NamedFile> =
            country.trust_files().into_iter().filter(|file| !file.name.ends_with(".ml")).collect();
        let report =
            examine(&chip_files(&chip), &presence(&chip, [9; 8], [9; 8]), &trust(&files), midnight(TODAY, 0));
        let found = report.finding(check).unwrap();
        let expected = (CheckResult::NotChecked, Some(ChipReason::KeyTooWeak));
        assert_eq!((found.result, found.reason), expected, "{:#?}", report.findings);
        assert_eq!(report.verdict(), verdict, "{:#?}", report.findings);
    }
}

#[test]
fn years_of_two_digits_are_resolved_by_data_group_11_and_by_the_day() {
    let old = SamplePerson { birth_date: date(1924, 5, 5), ..PERSON.clone() };
    let born_today = SamplePerson { birth_date: TODAY, ..PERSON.clone() };
    let country = Country::new([13; 32], TODAY);
    // check_genuine compares the birth dates.
    for person in [&old, &born_today] {
        check_genuine("birth date", &country, &Order { person, ..order() });
    }
    // Long after: a year that has passed is not taken for one a century ahead.
    let chip = country.issue(&order()).unwrap();
    let store = trust(&country.trust_files());
    let later = examine(&chip_files(&chip), &Presence::default(), &store, midnight(TODAY, 40 * 365));
    assert_eq!(later.result(ChipCheck::DocumentDates), CheckResult::Fail);
    assert_eq!(later.document.unwrap().expiry_date.unwrap().value.exact(), Some(PERSON.expiry_date));
}

#[test]
fn an_identifier_that_fits_no_certificate_is_noted() {
    let country = Country::new([7; 32], TODAY);
    let chip = country.issue_with(&order(), Flaw::UnmatchedSigner).unwrap();
    let report = report(&country, &chip);
    assert_eq!(report.verdict(), ChipVerdict::Genuine, "{:#?}", report.findings);
    assert_eq!(notes(&report, ChipCheck::SodSignature), [ChipNote::SignerIdentifierUnmatched]);
}

#[test]
fn a_master_list_needs_a_trusted_root_and_its_own_signature() {
    let country = Country::new([8; 32], TODAY);
    let files = country.trust_files();
    let expired = country.trust_files_with(Flaw::ListSignerExpired);
    let out_of_time = expired.iter().find(|file| file.name.ends_with(".ml")).unwrap().bytes.clone();
    let file = |ending: &str| files.iter().find(|file| file.name.ends_with(ending)).unwrap().bytes.clone();
    let mut broken = file(".ml");
    flip_last(&mut broken);
    for (root, list, rejected) in [
        (true, file(".ml"), false),
        (false, file(".ml"), true),
        (true, broken, true),
        (true, out_of_time, true),
    ] {
        let mut builder = TrustBuilder::default();
        if root {
            builder.add_file("ca.cer", &file(".cer"));
        }
        builder.add_file("list.ml", &list);
        let trusted = builder.build();
        assert_eq!(trusted.rejected.len(), usize::from(rejected), "{:?}", trusted.rejected);
        assert_eq!(trusted.store.len(), usize::from(root));
    }
}

use jiff::civil::{Date, date};

use super::*;
use crate::facts::{DocumentKind, Sex};

const TODAY: Date = date(2026, 11, 23);

fn read(text: &str) -> Mrz {
    parse(text, TODAY).unwrap()
}

fn results(mrz: &Mrz) -> [&'static str; 5] {
    mrz.checks.map(|check| check.result.code())
}

const TD3: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const TD1: &str =
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";

#[test]
fn the_specimen_passport_reads_in_full() {
    let mrz = read(TD3);
    assert_eq!(mrz.format, Format::Td3);
    assert_eq!(mrz.fields.kind, DocumentKind::Passport);
    assert_eq!(mrz.fields.document_number, "L898902C3");
    assert_eq!(mrz.fields.birth_date.unwrap().to_string(), "1974-08-12");
    assert_eq!(mrz.fields.expiry_date.unwrap().to_string(), "2012-04-15");
    assert_eq!(mrz.fields.sex, Some(Sex::Female));
    assert_eq!(mrz.fields.optional_data, "ZE184226B");
    assert_eq!(results(&mrz), ["pass"; 5]);
    assert_eq!(mrz.findings, [Finding::Specimen]);
    assert!(mrz.is_consistent() && !mrz.is_ambiguous() && mrz.candidates.is_empty());
}

#[test]
fn formats_without_a_check_digit_say_not_checked() {
    assert_eq!(results(&read(TD1)), ["pass", "pass", "pass", "not_checked", "pass"]);
    let visa = read("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<");
    assert_eq!(visa.format, Format::MrvB);
    assert_eq!(results(&visa), ["pass", "pass", "pass", "not_checked", "not_checked"]);
    assert_eq!(visa.fields.nationality.unwrap().as_str(), "XXX");
}

#[test]
fn one_string_blanks_lower_case_and_any_line_ending_are_tolerated() {
    let expected = read(TD1);
    for text in [
        TD1.replace('\n', ""),
        TD1.replace('\n', "\r\n"),
        TD1.replace('\n', "\r"),
        format!("\n\n  {}\n\n", TD1.replace('\n', "\n \n")),
        TD1.to_lowercase(),
        TD1.replace("<<<<<<<<<<<<<<<", "<<<<< <<<<< <<<<<"),
        TD1.replace("<<", "\u{AB}"),
        format!("\u{FEFF}{TD1}"),
    ] {
        assert_eq!(read(&text), expected, "{text}");
    }
}

#[test]
fn what_has_not_the_shape_of_a_zone_is_an_error_of_its_kind() {
    assert_eq!(parse(" \n\r\n", TODAY), Err(MrzError::Empty));
    assert_eq!(parse(&"<".repeat(1025), TODAY), Err(MrzError::TooLong { bytes: 1025, limit: 1024 }));
    assert_eq!(parse("P<UTO\nX", TODAY), Err(MrzError::Shape { lines: vec![5, 1] }));
    assert_eq!(parse("A\nB\nC\nD\nE", TODAY), Err(MrzError::Shape { lines: vec![1; 5] }));
    assert_eq!(
        parse(&TD3.replace("ERIKSSON", "ER1K$SÖN"), TODAY),
        Err(MrzError::Characters {
            at: vec![Position { line: 1, column: 10 }, Position { line: 1, column: 12 }]
        })
    );
}

#[test]
fn long_document_numbers_go_on_in_the_optional_field() {
    let mrz =
        read("I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<");
    assert_eq!(mrz.fields.document_number, "D23145890734");
    assert_eq!(mrz.fields.optional_data, "");
    assert_eq!(mrz.check(CheckName::DocumentNumber), CheckResult::Pass);
    let td2 = read("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<D23145890<UTO3407127M95071227349<<<8");
    assert_eq!(td2.fields.document_number, "D23145890734");
    assert!(td2.is_consistent());
    let short =
        read("I<UTOD23145890<7<<<<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<");
    assert!(short.findings.contains(&Finding::DocumentNumberLongForm));
    let none =
        read("I<UTOD23145890<<<<<<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<");
    assert_eq!(none.check(CheckName::DocumentNumber), CheckResult::Fail);
    assert_eq!(none.fields.document_number, "D23145890");
}

#[test]
fn a_filler_stands_for_the_check_digit_only_over_empty_optional_data() {
    let empty =
        read("P<D<<SCHMIDT<<FINN<<<<<<<<<<<<<<<<<<<<<<<<<<AA89BXHZ56D<<7503201M2511188<<<<<<<<<<<<<<<8");
    assert_eq!(results(&empty), ["pass"; 5]);
    assert_eq!(empty.fields.issuing_state.as_str(), "D");
    assert!(empty.findings.is_empty());
    let filled = read(&TD3.replace("<<<<<10", "<<<<<<0"));
    assert_eq!(filled.check(CheckName::OptionalData), CheckResult::Fail);
    let birth = read(&TD1.replace("7408122F", "<<<<<<<F"));
    assert_eq!(birth.check(CheckName::BirthDate), CheckResult::Fail);
}

#[test]
fn unknown_parts_of_a_birth_date_stay_unknown() {
    let partial = read(&TD3.replace("7408122F", "7408<<0F"));
    assert_eq!(partial.fields.birth_date.unwrap().to_string(), "1974-08-XX");
    assert!(partial.findings.contains(&Finding::BirthDatePartial));
    let unknown = read(&TD3.replace("7408122F", "<<<<<<0F"));
    assert_eq!(unknown.fields.birth_date.unwrap().to_string(), "XXXX-XX-XX");
    assert_eq!(unknown.check(CheckName::BirthDate), CheckResult::Pass);
}

#[test]
fn zeros_stand_for_unknown_parts_of_a_birth_date() {
    let check = |field: &str, expected: Option<&str>, findings: &[Finding]| {
        let mrz = read(&TD1.replace("7408122F", &format!("{field}{}F", digit(field))));
        assert_eq!(mrz.fields.birth_date.map(|date| date.to_string()).as_deref(), expected, "{field}");
        assert_eq!(mrz.findings[1..], *findings, "{field}");
        assert_eq!(mrz.check(CheckName::BirthDate), CheckResult::Pass);
    };
    let zeros = [Finding::BirthDateZeros, Finding::BirthDatePartial];
    check("740800", Some("1974-08-XX"), &zeros);
    check("740000", Some("1974-XX-XX"), &zeros);
    check("74<<00", Some("1974-XX-XX"), &zeros);
    check("74<<<<", Some("1974-XX-XX"), &[Finding::BirthDatePartial]);
    check("<<0812", Some("XXXX-08-12"), &[Finding::BirthDatePartial]);
    check("740012", None, &[Finding::BirthDateInvalid]);
    check("741300", None, &[Finding::BirthDateZeros, Finding::BirthDateInvalid]);
    check("74081<", None, &[Finding::BirthDateInvalid]);
}

fn digit(field: &str) -> char {
    char::from(check_digit::digit_over([field.as_bytes()]))
}

#[test]
fn the_special_codes_of_the_standard_are_read() {
    // 9303-3, section 5: Germany, the British nationalities, Kosovo, organizations, and persons without a nationality.
    for code in [
        "D", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS", "EUE", "UNO", "UNA", "UNK", "XBA", "XIM", "XCC",
        "XCE", "XCO", "XEC", "XPO", "XES", "XMP", "XOM", "XDC", "XXA", "XXB", "XXC", "XXX", "ANT", "NTZ",
    ] {
        let zone = TD3.replacen("UTO", &format!("{code:<<3}"), 1).replace("6UTO7", &format!("6{code:<<3}7"));
        let mrz = read(&zone);
        assert_eq!(mrz.fields.issuing_state.as_str(), code);
        assert_eq!(mrz.fields.nationality.unwrap().as_str(), code);
        assert!(mrz.findings.is_empty() && mrz.is_consistent(), "{code}: {:?}", mrz.findings);
    }
}

#[test]
fn every_finding_is_collected() {
    let mrz =
        read("Q<XYZ<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n<<<<<<<<<0QQQ7413322H1299999ZE184226B<<<<<10");
    assert_eq!(
        mrz.findings,
        [
            Finding::DocumentCode,
            Finding::IssuingStateUnknown,
            Finding::NationalityUnknown,
            Finding::DocumentNumberMissing,
            Finding::NameMissing,
            Finding::BirthDateInvalid,
            Finding::SexInvalid,
            Finding::ExpiryDateInvalid,
        ]
    );
}

#[test]
fn a_check_digit_can_agree_where_the_date_is_none() {
    // 4 and E differ by ten, so the digit cannot tell them apart.
    let mrz = read(&TD3.replace("F120415", "F120E15"));
    assert_eq!(mrz.check(CheckName::ExpiryDate), CheckResult::Pass);
    assert_eq!(mrz.findings, [Finding::Specimen, Finding::ExpiryDateInvalid]);
    assert!(!mrz.is_consistent());
    assert!(mrz.candidates.is_empty(), "no digit looks like E");
}

#[test]
fn names_are_read_as_written() {
    let check = |field: &str, primary: &str, secondary: &str, finding: Option<Finding>| {
        let mrz = read(&format!("{}\n{}\n{field:<<30}", &TD1[..30], &TD1[31..61]));
        assert_eq!(
            (mrz.fields.names.primary.as_str(), mrz.fields.names.secondary.as_str()),
            (primary, secondary)
        );
        assert_eq!(
            mrz.findings,
            [Some(Finding::Specimen), finding].into_iter().flatten().collect::<Vec<_>>()
        );
    };
    check("VAN<DER<MUELLEN<<PIET", "VAN DER MUELLEN", "PIET", None);
    check("ARKFREITH", "ARKFREITH", "", None);
    check("<<ANNA<MARIA", "", "ANNA MARIA", Some(Finding::NamePrimaryMissing));
    check("STEVENSON<<PETER<<JOHN", "STEVENSON", "PETER JOHN", Some(Finding::NameSeparators));
    check(
        "CACADOR<DE<ARAUJO<<ANDRE<ESTEV",
        "CACADOR DE ARAUJO",
        "ANDRE ESTEV",
        Some(Finding::NameMayBeTruncated),
    );
}

#[test]
fn a_misread_character_is_repaired_where_the_check_digits_allow_one_reading() {
    let misread = read(&TD3.replace("L898902C36UTO7408122F", "LB98902C36UT07408I22F"));
    assert!(!misread.is_consistent());
    assert_eq!(misread.candidates[0].fields, read(TD3).fields);
    assert_eq!(
        misread.candidates[0].repairs,
        [
            Repair { line: 2, column: 2, read: 'B', taken: '8' },
            Repair { line: 2, column: 13, read: '0', taken: 'O' },
            Repair { line: 2, column: 18, read: 'I', taken: '1' },
        ]
    );
}

#[test]
fn several_readings_that_agree_are_all_listed() {
    let misread = read(
        "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
            .replace("D23145890<7349", "D2314589O<7349")
            .as_str(),
    );
    assert!(misread.candidates.iter().any(|candidate| candidate.fields.document_number == "D23145890734"));
    for candidate in &misread.candidates {
        assert!(read(&candidate.lines.join("\n")).is_consistent());
    }
    assert_eq!(misread.is_ambiguous(), misread.candidates.len() > 1);
}

#[test]
fn the_french_card_of_1988_is_read() {
    let mrz = read("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n9409923102854CORINNE<<<<<<<6512068F4");
    assert_eq!(mrz.format, Format::FrenchId);
    assert_eq!(mrz.fields.document_number, "940992310285");
    assert_eq!(mrz.fields.names.to_string(), "BERTHIER, CORINNE");
    assert_eq!(mrz.fields.expiry_date, None);
    assert_eq!(results(&mrz), ["pass", "pass", "not_checked", "not_checked", "pass"]);
    assert!(mrz.is_consistent());
}

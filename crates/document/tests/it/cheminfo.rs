//! The cases of npm `mrz` 5.0.2: fields, defects and corrections.

use std::collections::BTreeSet;

use lineward_core::evidence::CheckResult;
use lineward_document::dates::PartialDate;
use lineward_document::facts::Sex;
use lineward_document::mrz::{self, CheckName, Fields, Finding, Mrz};
use serde_json::Value;

use crate::shared;

/// Zones that they read and we do not. A driving licence has no zone of Doc 9303 (ISO/IEC 18013-1 has its own, and the
/// Swiss one, of lines of 9, 30 and 30, has no check digit at all), and is no document that identifies a person here.
const NOT_OF_9303: [&str; 2] = ["SWISS_DRIVING_LICENSE", "FRENCH_DRIVING_LICENSE"];

#[test]
fn fields_and_defects_agree() {
    let Some(cases) = shared::cases("mrz/cheminfo-cases.json") else { return };
    let mut argued = 0;
    for case in &cases {
        let text = text_of(case);
        let read = mrz::parse(&text, shared::TODAY);
        if NOT_OF_9303.iter().any(|format| case["result"]["format"] == *format) {
            assert!(read.is_err(), "{text}");
            argued += 1;
            continue;
        }
        if case["result"].get("error").is_some() {
            assert!(read.is_err(), "{text}");
            continue;
        }
        let read = read.unwrap();
        assert_eq!(read.format.code(), case["result"]["format"], "{text}");
        let expected: BTreeSet<&str> = case["result"]["invalid"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["field"].as_str().unwrap())
            .collect();
        assert_eq!(defects(&read), expected, "{text}");
        if expected.is_empty() {
            same_fields(&read.fields, &case["result"]["fields"], &text);
        }
    }
    println!("{} zones, {argued} argued", cases.len());
}

#[test]
fn corrections_are_among_the_candidates() {
    let Some(cases) = shared::cases("mrz/cheminfo-cases.json") else { return };
    for case in &cases {
        let corrected = &case["autocorrected"];
        if corrected["autocorrect"].as_array().is_none_or(Vec::is_empty)
            || corrected["valid"] == false
            || NOT_OF_9303.iter().any(|format| corrected["format"] == *format)
        {
            continue;
        }
        let text = text_of(case);
        let read = mrz::parse(&text, shared::TODAY).unwrap();
        assert_eq!(read.candidates.len(), 1, "{text}");
        same_fields(&read.candidates[0].fields, &corrected["fields"], &text);
        let repairs: Vec<(usize, usize)> =
            read.candidates[0].repairs.iter().map(|repair| (repair.line - 1, repair.column - 1)).collect();
        let expected: Vec<(usize, usize)> = corrected["autocorrect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (number(&entry["line"]), number(&entry["column"])))
            .collect();
        assert_eq!(repairs, expected, "{text}");
    }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn text_of(case: &Value) -> String {
    case["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Our findings in their words. They refuse Utopia as a state; we read it and call it a specimen.
fn defects(read: &Mrz) -> BTreeSet<&'static str> {
    let mut defects = BTreeSet::new();
    let digit = |name| read.check(name) == CheckResult::Fail;
    for (name, word) in [
        (CheckName::DocumentNumber, "documentNumberCheckDigit"),
        (CheckName::BirthDate, "birthDateCheckDigit"),
        (CheckName::ExpiryDate, "expirationDateCheckDigit"),
        (CheckName::OptionalData, "personalNumberCheckDigit"),
        (CheckName::Composite, "compositeCheckDigit"),
    ] {
        if digit(name) {
            defects.insert(word);
        }
    }
    for finding in &read.findings {
        match finding {
            Finding::DocumentCode => defects.extend(["documentCode"]),
            Finding::IssuingStateUnknown => defects.extend(["issuingState"]),
            Finding::NationalityUnknown => defects.extend(["nationality"]),
            Finding::Specimen => defects.extend(["issuingState", "nationality"]),
            Finding::NameCharacters => defects.extend(["lastName", "firstName"]),
            // They refuse zeros; we read them as unknown and say so.
            Finding::BirthDateInvalid | Finding::BirthDateZeros => defects.extend(["birthDate"]),
            Finding::ExpiryDateInvalid => defects.extend(["expirationDate"]),
            Finding::SexInvalid => defects.extend(["sex"]),
            _ => {}
        }
    }
    // The French card has its date of issue inside what we call its number.
    if read.format == mrz::Format::FrenchId
        && !read.fields.document_number[..4].bytes().all(|c| c.is_ascii_digit())
    {
        defects.extend(["issueDate"]);
    }
    defects
}

fn same_fields(fields: &Fields, expected: &Value, text: &str) {
    let six_digits = |date: Option<PartialDate>| {
        date.and_then(|date| date.exact()).map(|date| date.strftime("%y%m%d").to_string())
    };
    let sex = fields.sex.map(|sex| match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unspecified => "nonspecified",
    });
    let check = |key: &str, ours: Option<String>| {
        if let Some(theirs) = expected.get(key) {
            assert_eq!(ours.as_deref(), theirs.as_str(), "{key} of {text}");
        }
    };
    check("documentCode", Some(fields.document_code.to_string()));
    check("issuingState", Some(fields.issuing_state.to_string()));
    check("nationality", fields.nationality.map(|state| state.to_string()));
    check("lastName", Some(fields.names.primary.clone()));
    check("firstName", Some(fields.names.secondary.clone()));
    check("birthDate", six_digits(fields.birth_date));
    check("expirationDate", six_digits(fields.expiry_date));
    check("sex", sex.map(str::to_owned));
    check("personalNumber", Some(fields.optional_data.clone()));
    check("administrativeCode", Some(fields.optional_data.clone()));
    check("optional2", Some(fields.optional_data_2.clone()));
    if expected.get("issueDate").is_none() {
        check("documentNumber", Some(fields.document_number.clone()));
        // Theirs keeps in optional1 what a long number takes of it, with its check digit.
        if let Some(optional) = expected.get("optional1").and_then(Value::as_str) {
            assert!(optional.ends_with(&fields.optional_data), "optional1 of {text}");
        }
    }
}

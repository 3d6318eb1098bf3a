//! The cases and lists of python-stdnum for the schemes we know.

use jiff::civil::{Date, date};
use lineward_document::Sex;
use lineward_document::number::{self, NumberError, NumberFacts, NumberFinding, Scheme};
use serde_json::Value;

use crate::shared;

/// Where we differ, and why: scheme, number, what python-stdnum says of it, the reason.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    (
        "cn.ric",
        "810000199408230021",
        "InvalidComponent",
        "the published specimen of the residence permit for Hong Kong and Macao; measures of the State Council of 2018, article 3, give it the region 810000",
    ),
    (
        "cn.ric",
        "830000199201300022",
        "InvalidComponent",
        "the published specimen of the residence permit for Taiwan; same article, region 830000",
    ),
    (
        "cn.ric",
        "932682198501010017",
        "InvalidComponent",
        "the published sample of the foreigner's permanent residence card of 2023; GA 2102-2023: 9, province, country",
    ),
    ("cn.ric", "911124198108030024", "InvalidComponent", "the other published sample of the same card"),
];

#[test]
fn numbers_are_judged_as_by_python_stdnum() {
    let Some(cases) = shared::cases("national-ids/python-stdnum-cases.json") else { return };
    let mut counts = Counts::default();
    for case in &cases {
        let Some((scheme, value)) = scheme_of(&case["module"]).zip(case["args"][0].as_str()) else {
            continue;
        };
        match case["fn"].as_str().unwrap() {
            "calc_check_digit" => {
                only_this_check_digit_is_accepted(scheme, value, case["expected"].as_str().unwrap())
            }
            function => compare(scheme, value, function, case, &mut counts),
        }
        counts.of(scheme);
    }
    counts.print("cases");
}

#[test]
fn lists_of_numbers_are_accepted_as_by_python_stdnum() {
    let Some(lists) = shared::json("national-ids/python-stdnum-number-lists.json") else { return };
    let mut counts = Counts::default();
    for scheme in Scheme::ALL {
        for list in lists[scheme.code()].as_array().into_iter().flatten() {
            let valid = list["var"] == "numbers";
            for number in list["items"].as_array().unwrap().iter().filter_map(Value::as_str) {
                let judged = on_its_day(*scheme, number, &mut counts);
                let argued =
                    DIFFERENCES.iter().any(|(code, value, ..)| *code == scheme.code() && *value == number);
                assert!(judged.is_ok() == valid || argued, "{scheme} {number}: {judged:?}");
                counts.of(*scheme);
            }
        }
    }
    counts.print("numbers");
}

#[test]
fn published_numbers_that_python_stdnum_refuses_are_accepted() {
    for (scheme, number, theirs, reason) in DIFFERENCES {
        assert!(
            number::check(scheme, number, shared::TODAY).is_ok(),
            "{scheme} {number} ({theirs}): {reason}"
        );
    }
}

fn scheme_of(module: &Value) -> Option<Scheme> {
    Scheme::parse(module.as_str()?).ok()
}

/// Why we accept what python-stdnum refuses.
fn argument(
    scheme: Scheme,
    value: &str,
    theirs: &str,
    ours: &Result<NumberFacts, NumberError>,
) -> Option<&'static str> {
    let facts = ours.as_ref().ok()?;
    // It wants the region in force in the year of birth; numbers are given out later, too, from 1984 on to people of
    // every age, so that this refuses most people born before the first edition of a code.
    if theirs == "InvalidComponent" && facts.findings.contains(&NumberFinding::RegionNewerThanBirth) {
        return Some("the code is of the day the number was given out: GB 11643-1999");
    }
    let listed = DIFFERENCES
        .iter()
        .find(|(code, number, error, _)| (*code, *number, *error) == (scheme.code(), value, theirs));
    listed.map(|(.., reason)| *reason)
}

/// python-stdnum does not know the day (its sources mark this as still to be done), we refuse a birth after it: what is
/// refused for its birth date alone is judged once more in the future, where it must agree.
fn on_its_day(scheme: Scheme, value: &str, counts: &mut Counts) -> Result<NumberFacts, NumberError> {
    const LATER: Date = date(2299, 12, 31);
    match number::check(scheme.code(), value, shared::TODAY) {
        Err(NumberError::BirthDate) => {
            let later = number::check(scheme.code(), value, LATER);
            if let Ok(facts) = &later {
                println!("{scheme} {value}: the birth in {} lies ahead", facts.birth_date.unwrap().year());
                counts.argued += 1;
            }
            later
        }
        judged => judged,
    }
}

fn compare(scheme: Scheme, value: &str, function: &str, case: &Value, counts: &mut Counts) {
    let judged = on_its_day(scheme, value, counts);
    if let Some(theirs) = case["error"].as_str() {
        if let Some(reason) = argument(scheme, value, theirs, &judged) {
            println!("{scheme} {value}: {reason}");
            counts.argued += 1;
            return;
        }
        let expected = match theirs {
            "InvalidLength" => "invalid_length",
            "InvalidFormat" => "invalid_format",
            "InvalidChecksum" => "invalid_checksum",
            "InvalidComponent" => "invalid_component",
            // The common ancestor of the four.
            "ValidationError" => judged.as_ref().unwrap_err().code(),
            other => panic!("{other} is no error of python-stdnum"),
        };
        assert_eq!(judged.unwrap_err().code(), expected, "{scheme} {function} {value}");
        return;
    }
    let expected = &case["expected"];
    match function {
        "is_valid" => assert_eq!(judged.is_ok(), expected.as_bool().unwrap(), "{scheme} {value}"),
        // They can write what they do not accept; we do not, so the characters are compared.
        "compact" | "format" if judged.is_err() => {}
        "validate" | "compact" => assert_eq!(judged.unwrap().normalised, *expected, "{scheme} {value}"),
        "format" => {
            let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            assert_eq!(
                plain(&judged.unwrap().normalised),
                plain(expected.as_str().unwrap()),
                "{scheme} {value}"
            );
        }
        "get_birth_date" => {
            let theirs = case["expected_repr"].as_str().unwrap();
            let born = judged.unwrap_or_else(|e| panic!("{scheme} {value}: {e}")).birth_date.unwrap();
            let ours = format!("datetime.date({}, {}, {})", born.year(), born.month(), born.day());
            assert_eq!(ours, theirs, "{scheme} {value}");
        }
        "get_gender" => {
            let sex = if expected == "M" { Sex::Male } else { Sex::Female };
            assert_eq!(judged.unwrap().sex, Some(sex), "{scheme} {value}");
        }
        "get_birth_place" => {
            // They write the special administrative regions in traditional characters.
            let region = judged.unwrap().region.unwrap();
            assert_eq!(region.name.unwrap(), expected["province"], "{scheme} {value}");
        }
        "get_county" => assert!(judged.unwrap().region.is_some(), "{scheme} {value}"),
        // Aadhaar with its first digits hidden; we hide numbers otherwise.
        "mask" => {}
        function => panic!("no comparison for {scheme} {function}"),
    }
}

/// A check digit is right when the number with it is accepted and no other is.
fn only_this_check_digit_is_accepted(scheme: Scheme, front: &str, digit: &str) {
    let accepted: String = ('0'..='9')
        .chain('A'..='Z')
        .filter(|last| number::check(scheme.code(), &format!("{front}{last}"), shared::TODAY).is_ok())
        .collect();
    assert_eq!(accepted, digit, "{scheme} {front}");
}

/// How many of a set were compared, and how many of these differ for a reason.
#[derive(Default)]
struct Counts {
    by_scheme: std::collections::BTreeMap<Scheme, usize>,
    argued: usize,
}

impl Counts {
    fn of(&mut self, scheme: Scheme) {
        *self.by_scheme.entry(scheme).or_default() += 1;
    }

    fn print(&self, what: &str) {
        for (scheme, count) in &self.by_scheme {
            println!("{scheme}: {count} {what}");
        }
        println!("{} {what}, {} argued", self.by_scheme.values().sum::<usize>(), self.argued);
        assert!(!self.by_scheme.is_empty(), "no {what} compared");
    }
}

#[test]
fn nigeria_s_number_says_that_only_its_format_is_checked() {
    let facts = number::check("ng.nin", "12345678901", shared::TODAY).unwrap();
    assert!(facts.findings.contains(&NumberFinding::NoCheckDigit));
}

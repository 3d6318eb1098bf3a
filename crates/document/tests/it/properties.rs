//! Properties over arbitrary text and generated zones.

use jiff::civil::{Date, date};
use lineward_core::evidence::CheckResult;
use lineward_document::mrz::{self, CheckName, Format, NewZone};
use lineward_document::state::StateCode;
use lineward_document::{Names, Sex};
use proptest::prelude::*;

use crate::shared::TODAY;

fn new_zone() -> impl Strategy<Value = NewZone> {
    let format = prop_oneof![
        Just((Format::Td1, "I")),
        Just((Format::Td2, "ID")),
        Just((Format::Td3, "P")),
        Just((Format::MrvA, "V")),
        Just((Format::MrvB, "VC")),
    ];
    let state = prop_oneof![Just("UTO"), Just("D"), Just("CHN"), Just("GBR"), Just("XXA"), Just("MEX")];
    let day = |from: i16, to: i16| {
        (from..=to, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
    };
    let sex = prop_oneof![Just(Sex::Male), Just(Sex::Female), Just(Sex::Unspecified)];
    (
        format,
        state.clone(),
        state,
        "[A-Z0-9]{1,9}",
        "[A-Z]{1,12}( [A-Z]{1,8})?",
        "([A-Z]{1,8})?",
        day(1930, 2026),
        sex,
        day(2027, 2070),
        "([A-Z0-9]{1,7})?",
    )
        .prop_map(
            |(
                (format, code),
                issuer,
                nationality,
                number,
                primary,
                secondary,
                birth,
                sex,
                expiry,
                optional,
            )| NewZone {
                format,
                document_code: code.to_owned(),
                issuing_state: StateCode::parse(issuer).unwrap(),
                document_number: number,
                names: Names { primary, secondary },
                nationality: StateCode::parse(nationality).unwrap(),
                birth_date: birth.min(TODAY),
                sex,
                expiry_date: expiry,
                optional_data: optional,
            },
        )
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", day in (1i16..=9999).prop_map(|year| date(year, 1, 1))) {
        let _ = mrz::parse(&text, day);
    }

    #[test]
    fn arbitrary_zones_never_panic(text in prop_oneof!["[A-Z0-9<]{72}", "[A-Z0-9<]{88}", "[A-Z0-9<]{90}", "IDFRA[A-Z0-9<]{67}"]) {
        if let Ok(read) = mrz::parse(&text, TODAY) {
            for candidate in &read.candidates {
                let again = mrz::parse(&candidate.lines.join("\n"), TODAY).unwrap();
                prop_assert!(again.checks.iter().all(|check| check.result != CheckResult::Fail));
            }
        }
    }

    #[test]
    fn what_was_written_is_read_back(zone in new_zone()) {
        let read = mrz::parse(&mrz::write(&zone).unwrap().join("\n"), TODAY).unwrap();
        prop_assert!(read.is_consistent(), "{:?} {:?}", read.checks, read.findings);
        prop_assert_eq!(read.format, zone.format);
        prop_assert_eq!(&read.fields.document_number, &zone.document_number);
        prop_assert_eq!(&read.fields.names, &zone.names);
        prop_assert_eq!(read.fields.issuing_state, zone.issuing_state);
        prop_assert_eq!(read.fields.nationality, Some(zone.nationality));
        prop_assert_eq!(read.fields.birth_date.and_then(|date| date.exact()), Some(zone.birth_date));
        prop_assert_eq!(read.fields.expiry_date.and_then(|date| date.exact()), Some(zone.expiry_date));
        prop_assert_eq!(read.fields.sex, Some(zone.sex));
        prop_assert_eq!(&read.fields.optional_data, &zone.optional_data);
        prop_assert!(read.candidates.is_empty());
    }

    #[test]
    fn long_numbers_are_read_back(zone in new_zone(), rest in "[A-Z0-9]{1,5}", td2 in any::<bool>()) {
        let mut zone = zone;
        zone.format = if td2 { Format::Td2 } else { Format::Td1 };
        zone.document_code = "I".to_owned();
        zone.document_number = format!("{:0<9}{rest}", zone.document_number);
        zone.optional_data = String::new();
        let read = mrz::parse(&mrz::write(&zone).unwrap().join("\n"), TODAY).unwrap();
        prop_assert_eq!(&read.fields.document_number, &zone.document_number);
        prop_assert!(read.is_consistent());
    }

    /// Any wrong character under a check digit fails, unless its value differs by a multiple of ten.
    #[test]
    fn one_wrong_character_under_a_check_digit_fails(zone in new_zone(), at in 0usize..90, other in "[A-Z0-9<]") {
        let text = mrz::write(&zone).unwrap().concat();
        prop_assume!(at < text.len());
        let wrong = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        let (was, is) = (value(text.as_bytes()[at]), value(other.as_bytes()[0]));
        prop_assume!(was % 10 != is % 10 && covered(zone.format).iter().any(|span| span.contains(&at)));
        let read = mrz::parse(&wrong, TODAY).unwrap();
        prop_assert!(read.checks.iter().any(|check| check.result == CheckResult::Fail), "{wrong}");
    }

    /// A confused character in the number is undone: the truth is among the candidates.
    #[test]
    fn one_confused_character_is_undone(
        zone in new_zone(),
        card in any::<bool>(),
        number in "[0-9A-Z]{8}[ODQISZB01258]",
    ) {
        let group = ["0O", "0D", "0Q", "1I", "2Z", "5S", "8B"].into_iter().find(|group| group.contains(&number[8..]));
        let other = group.unwrap().chars().find(|other| !number.ends_with(*other)).unwrap();
        let (format, code, at) = if card { (Format::Td1, "I", 13) } else { (Format::Td3, "P", 52) };
        let text = mrz::write(&NewZone { format, document_code: code.into(), document_number: number, ..zone }).unwrap().concat();
        let wrong = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        let read = mrz::parse(&wrong, TODAY).unwrap();
        prop_assert_eq!(read.check(CheckName::DocumentNumber), CheckResult::Fail);
        prop_assert!(read.candidates.iter().any(|candidate| candidate.lines.concat() == text) || read.more_candidates);
    }
}

fn value(char: u8) -> u8 {
    match char {
        b'0'..=b'9' => char - b'0',
        b'A'..=b'Z' => char - b'A' + 10,
        _ => 0,
    }
}

/// What check digits cover, by 9303-5 to -7, section 4.2.4, without the digits themselves.
fn covered(format: Format) -> &'static [std::ops::Range<usize>] {
    match format {
        Format::Td1 => &[5..14, 15..36, 38..44, 48..59],
        Format::Td2 => &[36..45, 49..55, 57..63, 64..71],
        Format::Td3 => &[44..53, 57..63, 65..71, 72..86],
        Format::MrvA => &[44..53, 57..63, 65..71],
        _ => &[36..45, 49..55, 57..63],
    }
}

#[test]
fn today_decides_the_century() {
    let zone = "P<D<<DOE<<JOHN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<D123456785UTO6508092M3505207<<<<<<<<<<<<<<<0";
    let birth = |today: Date| mrz::parse(zone, today).unwrap().fields.birth_date.unwrap().to_string();
    assert_eq!(birth(date(2026, 1, 1)), "1965-08-09");
    assert_eq!(birth(date(2065, 8, 9)), "2065-08-09");
}

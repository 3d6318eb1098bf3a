//! Texts of driving licences' barcodes, and what others read of them.

use lineward_document::Sex;
use lineward_document::optical::Licence;

use crate::shared;

#[test]
fn what_others_read_of_licences_is_read() {
    let Some(sets) = shared::json("barcode/aamva-cases.json") else { return };
    let mut differences = Vec::new();
    let mut count = 0;
    for case in sets.as_object().unwrap().values().flat_map(|set| set.as_array().unwrap()) {
        // The texts were copied out of programs: some with escapes, all without the separators between elements.
        let text: String = case["text"].as_array().unwrap().iter().filter_map(|part| part.as_str()).collect();
        let text = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\u001e", "\u{1e}");
        let Some(licence) = Licence::read(&text) else {
            differences.push((case["src"].to_string(), "not read".to_owned()));
            continue;
        };
        let date = |date: Option<lineward_document::dates::PartialDate>| {
            date.map(|date| date.to_string().replace('-', "")).unwrap_or_default()
        };
        let given = licence.names.secondary.split(' ').next().unwrap_or_default();
        let read = [
            licence.jurisdiction.clone(),
            licence.street.clone(),
            licence.city.clone(),
            licence.names.primary.clone(),
            licence.names.secondary.clone(),
            given.to_owned(),
            date(licence.birth_date),
            date(licence.expiry_date),
            // Others take five digits of a postal code, and leave the hyphens of a number out.
            licence.postal_code.chars().take(5).collect(),
            licence.number.replace('-', ""),
            match licence.sex {
                Some(Sex::Male) => "MALE".to_owned(),
                Some(Sex::Female) => "FEMALE".to_owned(),
                _ => String::new(),
            },
        ];
        for expected in case["expect"].as_array().unwrap() {
            let expected = expected.as_str().unwrap().trim_matches(['"', '\'']);
            count += 1;
            if !read.iter().any(|value| value == expected) {
                differences.push((case["src"].to_string(), format!("{expected} not in {read:?}")));
            }
        }
    }
    println!("{count} values");
    assert_eq!(differences, []);
}

//! The barcode of a driving licence or identity card of North America (AAMVA DL/ID Card Design Standard, annex D).

use crate::dates::PartialDate;
use crate::facts::{Names, Sex};
use crate::state::StateCode;

/// Longest text that is looked at; the symbol of the standard holds less than 2 kB.
const MAX_BYTES: usize = 8192;

/// What such a barcode states of a card and its holder. Nothing signs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Licence {
    /// The issuer: the six digits of its identification number.
    pub issuer: String,
    /// The number of the card's holder at its issuer (DAQ), as printed.
    pub number: String,
    /// The holder's names (DCS, DAC and DAD; DCT; or DAA, by version).
    pub names: Names,
    /// The holder's birth date (DBB).
    pub birth_date: Option<PartialDate>,
    /// The last valid day (DBA).
    pub expiry_date: Option<PartialDate>,
    /// The sex stated (DBC).
    pub sex: Option<Sex>,
    /// Street and house number (DAG, DAH).
    pub street: String,
    /// City (DAI).
    pub city: String,
    /// State or province (DAJ).
    pub jurisdiction: String,
    /// Postal code as given, without filling (DAK).
    pub postal_code: String,
    /// Country (DCG); the first version of the standard has none.
    pub country: Option<StateCode>,
}

impl Licence {
    /// Reads the text of a barcode; `None` when it is not of this kind.
    ///
    /// The standard parts the elements by line feeds. Scanners and copies drop them; then elements begin where the next
    /// known one does.
    ///
    /// ```
    /// use lineward_document::optical::Licence;
    /// let text = "@\n\u{1e}\rANSI 636000090002DL00410100DLDAQT64235789\nDCSSAMPLE\nDACMICHELLE\nDBB06061986\r";
    /// let licence = Licence::read(text).unwrap();
    /// assert_eq!(licence.number, "T64235789");
    /// assert_eq!(licence.birth_date.unwrap().to_string(), "1986-06-06");
    /// ```
    pub fn read(text: &str) -> Option<Licence> {
        if text.len() > MAX_BYTES {
            return None;
        }
        // `@`, three separators, file type. Some issuers wrote "AAMVA" or "AMVA " for "ANSI ".
        let header =
            text.trim_start().strip_prefix('@')?.trim_start_matches(|c: char| c.is_control() || c == ' ');
        let header =
            ["ANSI", "AAMVA", "AMVA"].iter().find_map(|kind| header.strip_prefix(kind))?.trim_start();
        let issuer = header.get(..6).filter(|iin| iin.bytes().all(|b| b.is_ascii_digit()))?;
        let version = digits(header.get(6..8)?)?;
        let elements = elements(header, version);
        let value =
            |id: &str| elements.iter().find(|(known, _)| *known == id).map_or("", |(_, value)| *value);
        let licence = Licence {
            issuer: issuer.to_owned(),
            number: value("DAQ").to_owned(),
            names: names(&value),
            birth_date: date(value("DBB"), version),
            expiry_date: date(value("DBA"), version),
            sex: match value("DBC") {
                "1" | "M" => Some(Sex::Male),
                "2" | "F" => Some(Sex::Female),
                "9" | "0" => Some(Sex::Unspecified),
                _ => None,
            },
            street: joined(value("DAG"), value("DAH")),
            city: value("DAI").to_owned(),
            jurisdiction: value("DAJ").to_owned(),
            postal_code: value("DAK").trim_end_matches('-').to_owned(),
            country: StateCode::parse(value("DCG")),
        };
        Some(licence)
    }
}

/// Element identifiers of a driver's or identity subfile, by the version that introduced them.
const ELEMENTS: [(i64, &[&str]); 3] = [
    (
        1,
        &[
            "DAA", "DAB", "DAC", "DAD", "DAE", "DAF", "DAG", "DAH", "DAI", "DAJ", "DAK", "DAL", "DAM", "DAN",
            "DAO", "DAP", "DAQ", "DAR", "DAS", "DAT", "DAU", "DAV", "DAW", "DAX", "DAY", "DAZ", "DBA", "DBB",
            "DBC", "DBD", "DBE", "DBF", "DBG", "DBH", "DBI", "DBJ", "DBK", "DBL", "DBM", "DBN", "DBO", "DBP",
            "DBQ", "DBR", "DBS",
        ],
    ),
    (
        2,
        &[
            "DCA", "DCB", "DCD", "DCE", "DCF", "DCG", "DCH", "DCI", "DCJ", "DCK", "DCL", "DCM", "DCN", "DCO",
            "DCP", "DCQ", "DCR", "DCS", "DCT", "DCU",
        ],
    ),
    (4, &["DDA", "DDB", "DDC", "DDD", "DDE", "DDF", "DDG", "DDH", "DDI", "DDJ", "DDK", "DDL"]),
];

/// Identifiers and values in the order met, the values without filling.
fn elements(text: &str, version: i64) -> Vec<(&str, &str)> {
    let known =
        |id: &str| ELEMENTS.iter().filter(|(since, _)| version >= *since).any(|(_, ids)| ids.contains(&id));
    let mut found: Vec<(&str, &str)> = Vec::new();
    // The last element may be followed by the carriage return that ends its subfile.
    let separators = ['\n', '\r', '\u{1e}'];
    if text.contains(separators) {
        for line in text.split(separators) {
            // The first element of a subfile follows its type and, of the first, the table of subfiles.
            let (id, value) = match line.get(..3).filter(|id| known(id)) {
                Some(id) => (id, &line[3..]),
                None => {
                    let Some((id, value)) = after_type(line, &known) else { continue };
                    (id, value)
                }
            };
            found.push((id, value.trim()));
        }
        return found;
    }
    let mut starts = Vec::new();
    for (at, _) in text.char_indices() {
        let Some(id) = text.get(at..at + 3).filter(|id| known(id)) else { continue };
        let apart = starts.last().is_none_or(|(last, _)| at >= last + 3);
        if apart && !starts.iter().any(|(_, other)| *other == id) {
            starts.push((at, id));
        }
    }
    for (i, (at, id)) in starts.iter().enumerate() {
        let end = starts.get(i + 1).map_or(text.len(), |(next, _)| *next);
        found.push((id, text[at + 3..end].trim()));
    }
    found
}

/// The first element of a subfile: after `DL`, `ID` or `EN`.
fn after_type<'a>(line: &'a str, known: &dyn Fn(&str) -> bool) -> Option<(&'a str, &'a str)> {
    ["DL", "ID", "EN"].iter().filter_map(|kind| line.rfind(kind)).find_map(|at| {
        let id = line.get(at + 2..at + 5).filter(|id| known(id))?;
        Some((id, &line[at + 5..]))
    })
}

/// Since version 2 the family name has an element of its own; the first has it with a comma.
fn names<'a>(value: &dyn Fn(&str) -> &'a str) -> Names {
    let primary = [value("DCS"), value("DAB")].into_iter().find(|name| !name.is_empty());
    if let Some(primary) = primary {
        let given =
            if value("DCT").is_empty() { joined(value("DAC"), value("DAD")) } else { words(value("DCT")) };
        return Names { primary: primary.to_owned(), secondary: given };
    }
    let (primary, rest) = value("DAA").split_once(',').unwrap_or((value("DAA"), ""));
    Names { primary: primary.trim().to_owned(), secondary: words(rest) }
}

/// Components between commas or blanks, separated by one space.
fn words(text: &str) -> String {
    let words = text.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn joined(first: &str, second: &str) -> String {
    match (first, second) {
        (first, "" | "NONE") => first.to_owned(),
        ("" | "NONE", second) => second.to_owned(),
        (first, second) => format!("{first} {second}"),
    }
}

/// Version 1 and Canada write CCYYMMDD, the United States from version 2 on MMDDCCYY. No month is 19 or 20 and no
/// date lies before 1300, so one of the two makes no sense.
fn date(text: &str, version: i64) -> Option<PartialDate> {
    let year_first = || parts(text, 0, 4, 6);
    let year_last = || parts(text, 4, 0, 2);
    if version < 2 { year_first().or_else(year_last) } else { year_last().or_else(year_first) }
}

fn parts(text: &str, year: usize, month: usize, day: usize) -> Option<PartialDate> {
    if text.len() != 8 {
        return None;
    }
    let year = digits(text.get(year..year + 4)?).filter(|year| (1800..2300).contains(year))?;
    let month = digits(text.get(month..month + 2)?)?;
    let day = digits(text.get(day..day + 2)?)?;
    PartialDate::new(Some(year as i16), Some(month as i8), Some(day as i8))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, number: &str, names: &str, birth: &str, expiry: &str, street: &str) {
        let licence = Licence::read(text).unwrap();
        assert_eq!(licence.number, number);
        assert_eq!(licence.names.to_string(), names);
        assert_eq!(licence.birth_date.unwrap().to_string(), birth);
        assert_eq!(licence.expiry_date.unwrap().to_string(), expiry);
        assert_eq!((licence.street.as_str(), licence.sex), (street, Some(Sex::Female)));
    }

    #[test]
    fn both_ways_to_write_names_and_dates_are_read() {
        check(
            "@\n\u{1e}\rANSI 636000090002DL00410100ZV01410008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHELLE\nDADJANE\n\
             DBD06062019\nDBB06061986\nDBA12102024\nDBC2\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\n\
             DAK232690000  \nDCGUSA\rZVZVA01\r",
            "T64235789",
            "SAMPLE, MICHELLE JANE",
            "1986-06-06",
            "2024-12-10",
            "2300 WEST BROAD STREET",
        );
        check(
            "@\n\u{1e}\rAAMVA6360000101DL00290192DLDAQ12-34\nDAASAMPLE,JANE,Q\nDAG1 MAIN ST\nDBA20170209\nDBB19910209\nDBC2\r",
            "12-34",
            "SAMPLE, JANE Q",
            "1991-02-09",
            "2017-02-09",
            "1 MAIN ST",
        );
    }

    #[test]
    fn elements_are_found_when_their_separators_are_lost() {
        check(
            "@ANSI 636000030001DL00290192DLDCSFIELDDCTJANE QDBA08042015DBB02081977DBC2DAG5 ROCK RDDAIWOODDAJVADAQ3888",
            "3888",
            "FIELD, JANE Q",
            "1977-02-08",
            "2015-08-04",
            "5 ROCK RD",
        );
    }

    #[test]
    fn what_is_no_licence_is_none() {
        for text in [
            "",
            "@",
            "@ANSI",
            "@ANSI 63600",
            "ANSI 636000090002",
            "@ANSI \u{e9}\u{e9}\u{e9}\u{e9}",
            "@\nANSI 63600a0101",
        ] {
            assert_eq!(Licence::read(text), None, "{text}");
        }
        assert_eq!(Licence::read("@ANSI 6360000101").unwrap().number, "");
    }
}

//! Invented people with the data of their sample cards.

use jiff::civil::{Date, date};
use lineward_document::mrz::{Format, NewZone, WriteError, write};
use lineward_document::state::StateCode;
use lineward_document::{Names, Sex};

/// A person who does not exist, and the data of the card that was never issued to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePerson {
    /// The names as the card writes them.
    pub names: Names,
    /// Stated sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Date,
    /// The number of the card; it begins with `SAMPLE`.
    pub document_number: String,
    /// The last valid day of the card.
    pub expiry_date: Date,
}

impl SamplePerson {
    /// Utopia: issuer and nationality of every sample (9303-3, section 5, part G).
    pub const STATE: StateCode = StateCode::UTOPIA;

    /// The three lines of the card's machine-readable zone.
    ///
    /// # Errors
    /// [`WriteError`] when a name or number was changed to one that a zone cannot hold.
    pub fn zone(&self) -> Result<Vec<String>, WriteError> {
        write(&self.new_zone(Format::Td1))
    }

    /// What goes into a zone of this format: a passport's for TD3, an identity card's otherwise.
    pub(crate) fn new_zone(&self, format: Format) -> NewZone {
        NewZone {
            format,
            document_code: if format == Format::Td3 { "P" } else { "I" }.to_owned(),
            issuing_state: Self::STATE,
            document_number: self.document_number.clone(),
            names: self.names.clone(),
            nationality: Self::STATE,
            birth_date: self.birth_date,
            sex: self.sex,
            expiry_date: self.expiry_date,
            optional_data: String::new(),
        }
    }
}

/// The sample people, always the same ones in the same order; their cards are in date on `today` and for at least two
/// years after.
///
/// ```
/// use jiff::civil::date;
/// let people = lineward_sample::person::people(date(2026, 1, 1));
/// assert_eq!(people[0].document_number, "SAMPLE001");
/// ```
pub fn people(today: Date) -> Vec<SamplePerson> {
    use Sex::{Female, Male, Unspecified};
    let sample = |number: i16, primary: &str, secondary: &str, sex, birth_date: Date| SamplePerson {
        names: Names { primary: primary.to_owned(), secondary: secondary.to_owned() },
        sex,
        birth_date,
        document_number: format!("SAMPLE{number:03}"),
        // The first of a month exists in every year.
        expiry_date: today
            .first_of_month()
            .saturating_add(jiff::Span::new().years(2 + number % 7).months(number)),
    };
    vec![
        sample(1, "LINDQVIST", "ELSA MARGARETA", Female, date(1988, 3, 14)),
        sample(2, "WANG", "XIAOMING", Male, date(1992, 11, 2)),
        sample(3, "HERNANDEZ LUNA", "MARIA JOSE", Female, date(1979, 6, 30)),
        sample(4, "ADEYEMI", "OLUWASEUN TUNDE", Male, date(1984, 1, 25)),
        sample(5, "AL-NUR", "LAYLA HASSAN", Female, date(1996, 9, 9)),
        sample(6, "SURYANTINI", "", Female, date(1971, 12, 5)),
        sample(7, "NGUYEN", "THI MAI", Female, date(2001, 4, 18)),
        sample(8, "VAN DER MEER", "PIETER-JAN", Male, date(1966, 8, 21)),
        sample(9, "SILVA DOS SANTOS", "JOAO PEDRO", Male, date(1990, 2, 28)),
        sample(10, "RAMANATHAN", "KAVI", Unspecified, date(1999, 7, 11)),
    ]
}

#[cfg(test)]
mod tests {
    use lineward_document::dates::{Validity, validity};
    use lineward_document::mrz::{self, Finding};

    use super::*;

    #[test]
    fn every_sample_has_a_zone_that_reads_back_and_says_specimen() {
        let today = date(2026, 2, 28);
        for person in people(today) {
            let read = mrz::parse(&person.zone().unwrap().join("\n"), today).unwrap();
            assert!(read.is_consistent(), "{}", person.names);
            assert!(read.findings.contains(&Finding::Specimen));
            assert_eq!(read.fields.document_number, person.document_number);
            assert_eq!(read.fields.birth_date, Some(person.birth_date.into()));
            assert_eq!(read.fields.expiry_date, Some(person.expiry_date.into()));
        }
    }

    #[test]
    fn samples_differ_from_each_other_and_are_in_date_for_two_years() {
        for today in [date(2024, 2, 29), date(2026, 12, 31)] {
            let people = people(today);
            assert!(people.len() >= 8);
            for (index, person) in people.iter().enumerate() {
                assert!(person.document_number.starts_with("SAMPLE"));
                assert!(people[..index].iter().all(|other| other.document_number != person.document_number));
                let later = today.saturating_add(jiff::Span::new().years(2));
                assert_eq!(validity(Some(person.expiry_date.into()), later), Validity::Valid);
            }
        }
    }
}

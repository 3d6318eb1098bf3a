//! What is known of one document: fields, each with its source, and one portrait with its source.

use std::fmt;

use jiff::civil::Date;
use lineward_core::codes;
use lineward_core::evidence::FieldSource;

use crate::dates::{PartialDate, Validity, validity};
use crate::mrz;
use crate::state::StateCode;

/// A value and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub source: FieldSource,
}

impl<T> Sourced<T> {
    /// A value with its source.
    pub fn new(value: T, source: FieldSource) -> Self {
        Self { value, source }
    }
}

/// The facts of one document. An absent field is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// What kind of document it is.
    pub kind: Option<Sourced<DocumentKind>>,
    /// The format of its machine-readable zone.
    pub format: Option<Sourced<mrz::Format>>,
    /// Who issued it.
    pub issuing_state: Option<Sourced<StateCode>>,
    /// The nationality it states.
    pub nationality: Option<Sourced<StateCode>>,
    /// Its number, without fillers.
    pub document_number: Option<Sourced<String>>,
    /// The holder's names as written.
    pub names: Option<Sourced<Names>>,
    /// The holder's birth date.
    pub birth_date: Option<Sourced<PartialDate>>,
    /// The sex it states.
    pub sex: Option<Sourced<Sex>>,
    /// Its last valid day.
    pub expiry_date: Option<Sourced<PartialDate>>,
    /// What the issuer put into the optional fields.
    pub optional_data: Option<Sourced<String>>,
    /// The portrait.
    pub portrait: Option<Portrait>,
}

impl Document {
    /// The facts that a machine-readable zone states. Nothing is proved by them.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use lineward_core::evidence::FieldSource;
    /// use lineward_document::{Document, mrz};
    /// let zone = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    /// let read = mrz::parse(zone, date(2026, 1, 1)).unwrap();
    /// let document = Document::from_mrz(read.format, &read.fields, FieldSource::MrzText);
    /// assert_eq!(document.document_number.unwrap().value, "D23145890");
    /// ```
    pub fn from_mrz(format: mrz::Format, fields: &mrz::Fields, source: FieldSource) -> Self {
        let text = |text: &str| (!text.is_empty()).then(|| Sourced::new(text.to_owned(), source));
        let optional = match (fields.optional_data.as_str(), fields.optional_data_2.as_str()) {
            (first, "") => first.to_owned(),
            ("", second) => second.to_owned(),
            (first, second) => format!("{first} {second}"),
        };
        Self {
            kind: Some(Sourced::new(fields.kind, source)),
            format: Some(Sourced::new(format, source)),
            issuing_state: Some(Sourced::new(fields.issuing_state, source)),
            nationality: fields.nationality.map(|state| Sourced::new(state, source)),
            document_number: text(&fields.document_number),
            names: Some(Sourced::new(fields.names.clone(), source)),
            birth_date: fields.birth_date.map(|date| Sourced::new(date, source)),
            sex: fields.sex.map(|sex| Sourced::new(sex, source)),
            expiry_date: fields.expiry_date.map(|date| Sourced::new(date, source)),
            optional_data: text(&optional),
            portrait: None,
        }
    }

    /// Whether the document is in date on `today`.
    pub fn validity(&self, today: Date) -> Validity {
        validity(self.expiry_date.map(|expiry| expiry.value), today)
    }

    /// The fields that both documents state and state differently, each with both sources.
    pub fn disagreements(&self, other: &Document) -> Vec<Disagreement> {
        let compare = [
            differ(FieldName::Kind, &self.kind, &other.kind),
            differ(FieldName::IssuingState, &self.issuing_state, &other.issuing_state),
            differ(FieldName::Nationality, &self.nationality, &other.nationality),
            differ(FieldName::DocumentNumber, &self.document_number, &other.document_number),
            differ(FieldName::Names, &self.names, &other.names),
            differ(FieldName::BirthDate, &self.birth_date, &other.birth_date),
            differ(FieldName::Sex, &self.sex, &other.sex),
            differ(FieldName::ExpiryDate, &self.expiry_date, &other.expiry_date),
            differ(FieldName::OptionalData, &self.optional_data, &other.optional_data),
        ];
        compare.into_iter().flatten().collect()
    }
}

fn differ<T: PartialEq>(
    field: FieldName,
    one: &Option<Sourced<T>>,
    other: &Option<Sourced<T>>,
) -> Option<Disagreement> {
    match (one, other) {
        (Some(one), Some(other)) if one.value != other.value => {
            Some(Disagreement { field, sources: [one.source, other.source] })
        }
        _ => None,
    }
}

/// Two sources that state one field differently. The values stay out: this travels into findings and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disagreement {
    /// The field.
    pub field: FieldName,
    /// Where the two values came from.
    pub sources: [FieldSource; 2],
}

/// The one portrait of a document: encoded image bytes and where they came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait {
    /// The image as it was received, undecoded.
    pub bytes: Vec<u8>,
    /// Where it came from.
    pub source: FieldSource,
}

impl fmt::Debug for Portrait {
    /// Says how large the portrait is and never what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Portrait({} bytes, {})", self.bytes.len(), self.source)
    }
}

/// A holder's names as a document writes them. There is no first and no last name: the issuer decides which part is
/// the primary identifier (9303-3, section 3.4), and for some people it is the whole name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Names {
    /// The primary identifier; components separated by one space.
    pub primary: String,
    /// The secondary identifier; empty when there is none.
    pub secondary: String,
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.primary.as_str(), self.secondary.as_str()) {
            ("", only) | (only, "") => f.write_str(only),
            (primary, secondary) => write!(f, "{primary}, {secondary}"),
        }
    }
}

codes! {
    /// The kind of a document, as far as its document code says.
    pub enum DocumentKind {
        /// A passport.
        Passport = "passport",
        /// A national or other identity card.
        IdentityCard = "identity_card",
        /// A residence permit or card.
        ResidencePermit = "residence_permit",
        /// A visa.
        Visa = "visa",
        /// A crew member certificate (9303-5, appendix C).
        CrewMemberCertificate = "crew_member_certificate",
        /// Some other official document.
        Other = "other",
    }
}

codes! {
    /// The sex a document states. Nothing is decided by it.
    pub enum Sex {
        /// Male.
        Male = "male",
        /// Female.
        Female = "female",
        /// Not specified, or the issuer does not want to state it.
        Unspecified = "unspecified",
    }
}

codes! {
    /// The names of a document's fields.
    pub enum FieldName {
        /// What kind of document it is.
        Kind = "kind",
        /// Who issued it.
        IssuingState = "issuing_state",
        /// The nationality it states.
        Nationality = "nationality",
        /// Its number.
        DocumentNumber = "document_number",
        /// The holder's names.
        Names = "names",
        /// The holder's birth date.
        BirthDate = "birth_date",
        /// The sex it states.
        Sex = "sex",
        /// Its last valid day.
        ExpiryDate = "expiry_date",
        /// The issuer's optional fields.
        OptionalData = "optional_data",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_state_a_field_differently_are_named() {
        let keyed = |number: &str| Document {
            document_number: Some(Sourced::new(number.to_owned(), FieldSource::Keyed)),
            ..Document::default()
        };
        let read = Document {
            document_number: Some(Sourced::new("D23145890".to_owned(), FieldSource::MrzText)),
            sex: Some(Sourced::new(Sex::Female, FieldSource::MrzText)),
            ..Document::default()
        };
        assert_eq!(keyed("D23145890").disagreements(&read), []);
        assert_eq!(
            keyed("D23145891").disagreements(&read),
            [Disagreement {
                field: FieldName::DocumentNumber,
                sources: [FieldSource::Keyed, FieldSource::MrzText]
            }]
        );
    }

    #[test]
    fn a_portrait_never_prints_its_bytes() {
        let portrait = Portrait { bytes: vec![7; 1000], source: FieldSource::Photo };
        assert_eq!(format!("{portrait:?}"), "Portrait(1000 bytes, photo)");
    }
}

//! The fields of a document as they are sealed, and by what they identify a person.

use jiff::civil::Date;
use lineward_core::evidence::FieldSource;
use lineward_document::{
    Document, DocumentKind, Names, Sex, Sourced, dates::PartialDate, number, state::StateCode,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::AppError;

/// The fields of one document. Wiped when dropped; sealed wherever it is stored.
#[derive(Clone, Serialize, Deserialize, Zeroize, PartialEq, Eq)]
#[zeroize(drop)]
pub struct Fields {
    /// The kind, as [`DocumentKind`]'s word.
    pub kind: String,
    /// The issuing state's code of ICAO 9303-3.
    pub issuing_state: String,
    /// The document's number, or the person's number where the document has no other.
    pub number: String,
    /// The scheme of `number` when it is a person's number (`cn.ric`).
    pub scheme: Option<String>,
    /// The primary identifier of the name, as written.
    pub primary_name: String,
    /// The secondary identifier, empty where there is none.
    pub secondary_name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// The last valid day, `YYYY-MM-DD`.
    pub expiry_date: Option<String>,
    /// The stated sex, as [`Sex`]'s word.
    pub sex: Option<String>,
    /// The stated nationality.
    pub nationality: Option<String>,
}

/// By what a person is recognised: a person's number before a document's.
pub(crate) struct Identity {
    pub(crate) scheme: String,
    pub(crate) country: String,
    pub(crate) number: String,
}

/// The scheme under which a document's own number identifies.
const DOCUMENT_SCHEME: &str = "document";

impl Fields {
    /// The name as it is shown.
    pub fn name(&self) -> String {
        Names { primary: self.primary_name.clone(), secondary: self.secondary_name.clone() }.to_string()
    }

    pub(crate) fn from_document(document: &Document) -> Option<Fields> {
        let names = document.names.as_ref()?;
        let exact = |d: &Option<Sourced<PartialDate>>| {
            d.as_ref().and_then(|d| d.value.exact()).map(|d| d.to_string())
        };
        Some(Fields {
            kind: document.kind.map_or(DocumentKind::Other, |k| k.value).code().to_owned(),
            issuing_state: document.issuing_state?.value.as_str().to_owned(),
            number: document.document_number.as_ref()?.value.clone(),
            scheme: None,
            primary_name: names.value.primary.clone(),
            secondary_name: names.value.secondary.clone(),
            birth_date: exact(&document.birth_date),
            expiry_date: exact(&document.expiry_date),
            sex: document.sex.map(|s| s.value.code().to_owned()),
            nationality: document.nationality.map(|n| n.value.as_str().to_owned()),
        })
    }

    /// Checks what a person typed, and puts a person's number into its normal form.
    pub(crate) fn keyed(mut self, today: Date) -> Result<Fields, AppError> {
        DocumentKind::parse(&self.kind).map_err(|e| AppError::invalid("kind", e.to_string()))?;
        let state = StateCode::parse(&self.issuing_state)
            .ok_or_else(|| AppError::invalid("issuing_state", "three letters, as CHN or UTO"))?;
        self.issuing_state = state.as_str().to_owned();
        for (field, text, most) in [
            ("number", &self.number, 40),
            ("primary_name", &self.primary_name, 200),
            ("secondary_name", &self.secondary_name, 200),
        ] {
            if text.chars().count() > most || text.chars().any(char::is_control) {
                return Err(AppError::invalid(field, format!("at most {most} characters on one line")));
            }
        }
        if !self.number.chars().any(char::is_alphanumeric) {
            return Err(AppError::invalid("number", "the number as it is printed"));
        }
        if self.primary_name.trim().is_empty() {
            return Err(AppError::invalid("primary_name", "the name as it is written on the document"));
        }
        for (field, date) in [("birth_date", &self.birth_date), ("expiry_date", &self.expiry_date)] {
            if let Some(text) = date {
                text.parse::<Date>().map_err(|_| AppError::invalid(field, "a day as 1984-05-09"))?;
            }
        }
        if let Some(sex) = &self.sex {
            Sex::parse(sex).map_err(|e| AppError::invalid("sex", e.to_string()))?;
        }
        if self.scheme.is_none()
            && self.issuing_state == "CHN"
            && self.kind == DocumentKind::IdentityCard.code()
        {
            self.scheme = Some("cn.ric".to_owned());
        }
        self.number = match &self.scheme {
            // All spellings of a number become one here, so that one person has one index: a sign can be part of a
            // person's number, 15-digit Chinese numbers become 18.
            Some(scheme) => number::check(scheme, &self.number, today)
                .map_err(|e| AppError::invalid("number", e.to_string()))?
                .identity(),
            None => self.number.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase(),
        };
        Ok(self)
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity {
            scheme: self.scheme.clone().unwrap_or_else(|| DOCUMENT_SCHEME.to_owned()),
            country: self.issuing_state.clone(),
            number: self.number.clone(),
        }
    }

    pub(crate) fn expires_on(&self) -> Option<Date> {
        self.expiry_date.as_ref().and_then(|d| d.parse().ok())
    }

    /// The document as `document` knows it, for the authority.
    pub(crate) fn document(&self, source: FieldSource) -> Document {
        let day = |text: &Option<String>| {
            let date: Date = text.as_ref()?.parse().ok()?;
            PartialDate::new(Some(date.year()), Some(date.month()), Some(date.day()))
                .map(|d| Sourced::new(d, source))
        };
        let state = |text: &str| StateCode::parse(text).map(|s| Sourced::new(s, source));
        Document {
            kind: DocumentKind::parse(&self.kind).ok().map(|k| Sourced::new(k, source)),
            issuing_state: state(&self.issuing_state),
            nationality: self.nationality.as_deref().and_then(state),
            document_number: Some(Sourced::new(self.number.clone(), source)),
            names: Some(Sourced::new(
                Names { primary: self.primary_name.clone(), secondary: self.secondary_name.clone() },
                source,
            )),
            birth_date: day(&self.birth_date),
            sex: self.sex.as_deref().and_then(|s| Sex::parse(s).ok()).map(|s| Sourced::new(s, source)),
            expiry_date: day(&self.expiry_date),
            ..Document::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn keyed(number: &str, state: &str) -> Fields {
        Fields {
            kind: "identity_card".into(),
            issuing_state: state.into(),
            number: number.into(),
            scheme: None,
            primary_name: "Zhang Wei".into(),
            secondary_name: String::new(),
            birth_date: None,
            expiry_date: None,
            sex: None,
            nationality: None,
        }
    }

    #[test]
    fn a_fifteen_digit_chinese_number_and_its_eighteen_digit_form_are_one_identity() {
        let old = keyed("110105491231002", "CHN").keyed(date(2026, 1, 1)).unwrap();
        let new = keyed("11010519491231002X", "CHN").keyed(date(2026, 1, 1)).unwrap();
        assert_eq!(old.identity().number, new.identity().number);
        assert_eq!(old.identity().scheme, "cn.ric");
    }

    #[test]
    fn a_swedish_number_of_ten_and_of_twelve_digits_is_one_identity() {
        let identity = |number: &str| {
            let mut typed = keyed(number, "SWE");
            typed.scheme = Some("se.personnummer".into());
            typed.keyed(date(2026, 1, 1)).unwrap().identity().number
        };
        assert_eq!(identity("880320-0016"), identity("19880320 0016"));
        assert_ne!(identity("880320-0016"), identity("880320+0016"));
    }

    #[test]
    fn a_typed_number_that_breaks_its_scheme_is_named() {
        let wrong = keyed("110105194912310021", "CHN").keyed(date(2026, 1, 1));
        assert!(matches!(wrong, Err(AppError::Invalid { field: "number", .. })));
    }
}

//! The typed fields of a document: on the applicant's page and at the desk.

use lineward_app::verification::{Fields, ShownDocument};
use lineward_document::DocumentKind;
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::texts::Texts;

/// A document as a form brings it: the text of its machine-readable zone, or typed fields. Wiped when dropped.
#[derive(Deserialize, Default, Zeroize)]
#[zeroize(drop)]
pub(super) struct DocumentForm {
    #[serde(default)]
    pub(super) mrz: String,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    issuing_state: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    primary_name: String,
    #[serde(default)]
    secondary_name: String,
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    expiry_date: String,
    /// The field that the verb did not take.
    #[serde(skip)]
    pub(super) wrong: String,
}

impl DocumentForm {
    /// What was shown: the zone where there is one, otherwise the fields.
    pub(super) fn shown(&self) -> ShownDocument {
        if !self.mrz.trim().is_empty() {
            return ShownDocument::Mrz(Zeroizing::new(self.mrz.clone()));
        }
        let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        ShownDocument::Keyed(Fields {
            kind: self.kind.clone(),
            issuing_state: self.issuing_state.trim().to_uppercase(),
            number: self.number.trim().to_owned(),
            scheme: None,
            primary_name: self.primary_name.trim().to_owned(),
            secondary_name: self.secondary_name.trim().to_owned(),
            birth_date: some(&self.birth_date),
            expiry_date: some(&self.expiry_date),
            sex: None,
            nationality: None,
        })
    }

    /// Whether somebody has begun to type.
    pub(super) fn open(&self) -> bool {
        !self.wrong.is_empty() || !self.number.is_empty() || !self.primary_name.is_empty()
    }

    /// The kinds to choose from.
    pub(super) fn kinds(&self, t: &Texts) -> [(&'static str, &'static str); 4] {
        kinds(t)
    }

    /// The text fields, each with its advice where it was not taken.
    pub(super) fn inputs(&self, t: &Texts) -> Vec<Input<'_>> {
        let d = &t.document;
        let input = |name: &'static str, label, hint, value, most, error| Input {
            name,
            label,
            hint,
            value,
            most,
            optional: false,
            is_date: false,
            error: (self.wrong == name).then_some(error),
        };
        let date = |name, label, value| Input {
            optional: true,
            is_date: true,
            ..input(name, label, None, value, 10, d.date_wrong)
        };
        let name_hint = Some(d.primary_name_hint);
        vec![
            input(
                "issuing_state",
                d.issuing_state,
                Some(d.issuing_state_hint),
                &self.issuing_state,
                3,
                d.issuing_state_wrong,
            ),
            input("number", d.number, Some(d.number_hint), &self.number, 40, d.number_wrong),
            input("primary_name", d.primary_name, name_hint, &self.primary_name, 200, d.name_wrong),
            Input {
                optional: true,
                ..input("secondary_name", d.secondary_name, None, &self.secondary_name, 200, d.name_wrong)
            },
            date("birth_date", d.birth_date, &self.birth_date),
            date("expiry_date", d.expiry_date, &self.expiry_date),
        ]
    }
}

/// The kinds of documents that people have, in words.
pub(super) fn kinds(t: &Texts) -> [(&'static str, &'static str); 4] {
    let d = &t.document;
    [
        (DocumentKind::IdentityCard.code(), d.identity_card),
        (DocumentKind::Passport.code(), d.passport),
        (DocumentKind::ResidencePermit.code(), d.residence_permit),
        (DocumentKind::Other.code(), d.other),
    ]
}

/// One text field.
pub(super) struct Input<'a> {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: Option<&'static str>,
    pub(super) value: &'a str,
    pub(super) most: u32,
    pub(super) optional: bool,
    pub(super) is_date: bool,
    pub(super) error: Option<&'static str>,
}

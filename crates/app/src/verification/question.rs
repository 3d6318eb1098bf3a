//! What an authority is told about a document: no more than its question needs.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::Fields;
use crate::ports::AuthorityProfile;

/// The fields that one question needs, and nothing else. Made of a document's fields and the authority's profile only; wiped
/// when dropped. It shows nothing in a log.
#[derive(Clone, PartialEq, Eq, Zeroize)]
#[zeroize(drop)]
pub struct Question {
    kind: String,
    issuing_state: String,
    number: String,
    expiry_date: Option<String>,
    names: Option<[String; 2]>,
    birth_date: Option<String>,
}

impl Question {
    /// The question about a document; `None` when the authority does not answer for the document's issuing state.
    pub fn of(fields: &Fields, profile: &AuthorityProfile) -> Option<Question> {
        let answers_for = profile.issuing_states.iter().any(|state| state.as_str() == fields.issuing_state);
        answers_for.then(|| Question {
            kind: fields.kind.clone(),
            issuing_state: fields.issuing_state.clone(),
            number: fields.number.clone(),
            expiry_date: fields.expiry_date.clone(),
            names: profile.names.then(|| [fields.primary_name.clone(), fields.secondary_name.clone()]),
            birth_date: fields.birth_date.clone().filter(|_| profile.birth_date),
        })
    }

    /// The kind, as a word of [`lineward_document::DocumentKind`].
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The issuing state's code of ICAO 9303-3.
    pub fn issuing_state(&self) -> &str {
        &self.issuing_state
    }

    /// The document's number, or the person's number where the document has no other.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The last valid day, `YYYY-MM-DD`.
    pub fn expiry_date(&self) -> Option<&str> {
        self.expiry_date.as_deref()
    }

    /// Primary and secondary identifier of the name, where the authority needs them.
    pub fn names(&self) -> Option<[&str; 2]> {
        self.names.as_ref().map(|[primary, secondary]| [primary.as_str(), secondary.as_str()])
    }

    /// `YYYY-MM-DD`, where the authority needs it.
    pub fn birth_date(&self) -> Option<&str> {
        self.birth_date.as_deref()
    }

    /// SHA-256 over every field with its length. It can be guessed back from a number, so it is kept in memory only.
    pub fn digest(&self) -> [u8; 32] {
        let mut h = Sha256::new();
        let names = self.names();
        let fields = [
            Some(self.kind()),
            Some(self.issuing_state()),
            Some(self.number()),
            self.expiry_date(),
            names.map(|[primary, _]| primary),
            names.map(|[_, secondary]| secondary),
            self.birth_date(),
        ];
        for field in fields {
            // A field that is not there differs from an empty one.
            let length = field.map_or(0, |text| text.len() as u64 + 1);
            h.update(length.to_be_bytes());
            h.update(field.unwrap_or_default());
        }
        h.finalize().into()
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question(..)")
    }
}

#[cfg(test)]
mod tests {
    use lineward_document::state::StateCode;

    use super::*;

    fn fields() -> Fields {
        Fields {
            kind: "passport".into(),
            issuing_state: "UTO".into(),
            number: "L898902C3".into(),
            scheme: None,
            primary_name: "ERIKSSON".into(),
            secondary_name: "ANNA MARIA".into(),
            birth_date: Some("1974-08-12".into()),
            expiry_date: Some("2031-04-15".into()),
            sex: Some("female".into()),
            nationality: Some("UTO".into()),
        }
    }

    fn profile(names: bool, birth_date: bool) -> AuthorityProfile {
        let issuing_states = StateCode::parse("UTO").into_iter().collect();
        AuthorityProfile { source: "registry".into(), issuing_states, names, birth_date, portrait: false }
    }

    #[test]
    fn a_question_holds_what_the_profile_names_and_no_more() {
        let least = Question::of(&fields(), &profile(false, false)).unwrap();
        assert_eq!((least.kind(), least.issuing_state(), least.number()), ("passport", "UTO", "L898902C3"));
        assert_eq!(least.expiry_date(), Some("2031-04-15"));
        assert_eq!((least.names(), least.birth_date()), (None, None));
        let more = Question::of(&fields(), &profile(true, true)).unwrap();
        assert_eq!(more.names(), Some(["ERIKSSON", "ANNA MARIA"]));
        assert_eq!(more.birth_date(), Some("1974-08-12"));
        assert_eq!(format!("{more:?}"), "Question(..)");
    }

    #[test]
    fn another_states_document_is_not_asked_about() {
        let mut fields = fields();
        fields.issuing_state = "CHN".into();
        assert_eq!(Question::of(&fields, &profile(true, true)), None);
    }

    #[test]
    fn every_field_changes_the_digest() {
        let digest = |fields: &Fields| Question::of(fields, &profile(true, true)).unwrap().digest();
        let changes: [fn(&mut Fields); 6] = [
            |f| f.kind = "identity_card".into(),
            |f| f.number = "L898902C4".into(),
            |f| f.expiry_date = None,
            |f| f.expiry_date = Some(String::new()),
            |f| (f.primary_name, f.secondary_name) = ("ERIKSSONANNA".into(), " MARIA".into()),
            |f| f.birth_date = Some("1974-08-13".into()),
        ];
        let mut seen = vec![digest(&fields())];
        for change in changes {
            let mut other = fields();
            change(&mut other);
            let digest = digest(&other);
            assert!(!seen.contains(&digest));
            seen.push(digest);
        }
    }
}

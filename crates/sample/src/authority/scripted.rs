//! A scripted authority: a sequence of answers for each document number. It can be asked within the process, and over HTTP on
//! a loopback port, where it signs what it says (docs/authority-api.md) and can be told to lie.
//!
//! It is for tests and for trying out an installation: whoever can reach its port gets its signature.

mod server;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use lineward_app::ports::{
    Answered, Asking, Authority, AuthorityAnswer, AuthorityProfile, IssuerMatch, Unavailable,
};

pub use self::server::{AuthorityServer, Clock, Lie, Signer};
use super::unsigned;

/// What it does with one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Answers so.
    Says(AuthorityAnswer),
    /// Answers so, later.
    SaysLater(AuthorityAnswer, Duration),
    /// Gives no answer.
    Silent,
}

/// An authority that follows a script for each document. Of documents without a script it has no record.
#[derive(Debug)]
pub struct ScriptedAuthority {
    profile: AuthorityProfile,
    scripts: Mutex<BTreeMap<String, VecDeque<Line>>>,
}

impl ScriptedAuthority {
    /// An authority without any script.
    pub const fn new(profile: AuthorityProfile) -> ScriptedAuthority {
        ScriptedAuthority { profile, scripts: Mutex::new(BTreeMap::new()) }
    }

    /// What it does from now on with questions about the document of this number: one line for each question, and the last
    /// one from then on.
    ///
    /// ```
    /// use lineward_app::ports::{AuthorityAnswer, AuthorityProfile, IssuerMatch, Standing};
    /// use lineward_sample::{authority::scripted::{Line, ScriptedAuthority}, person::SamplePerson};
    /// let authority = ScriptedAuthority::new(AuthorityProfile {
    ///     source: "Registry of Utopia (sample)".into(),
    ///     issuing_states: vec![SamplePerson::STATE],
    ///     names: false,
    ///     birth_date: false,
    ///     portrait: false,
    /// });
    /// let lost = AuthorityAnswer {
    ///     standing: Standing::ReportedLost,
    ///     fields: IssuerMatch::Match,
    ///     portrait: IssuerMatch::NotOffered,
    /// };
    /// authority.script("SAMPLE001", &[Line::Silent, Line::Says(lost)]);
    /// ```
    pub fn script(&self, document_number: &str, lines: &[Line]) {
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        scripts.insert(document_number.to_owned(), lines.iter().copied().collect());
    }

    /// The line for a question that is asked now. Without a portrait nothing is said of one.
    fn line(&self, document_number: &str, shows_portrait: bool) -> Line {
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let next = scripts.get_mut(document_number).and_then(|lines| match lines.len() {
            0 | 1 => lines.front().copied(),
            _ => lines.pop_front(),
        });
        let said = |answer: AuthorityAnswer| match shows_portrait {
            true => answer,
            false => AuthorityAnswer { portrait: IssuerMatch::NotOffered, ..answer },
        };
        match next.unwrap_or(Line::Says(AuthorityAnswer::UNKNOWN)) {
            Line::Says(answer) => Line::Says(said(answer)),
            Line::SaysLater(answer, after) => Line::SaysLater(said(answer), after),
            Line::Silent => Line::Silent,
        }
    }
}

#[async_trait]
impl Authority for ScriptedAuthority {
    fn profile(&self) -> &AuthorityProfile {
        &self.profile
    }

    async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, Unavailable> {
        match self.line(asking.question.number(), asking.portrait.is_some()) {
            Line::Says(answer) => Ok(unsigned(asking, answer)),
            Line::SaysLater(answer, after) => {
                tokio::time::sleep(after).await;
                Ok(unsigned(asking, answer))
            }
            Line::Silent => Err(Unavailable("its script says nothing".into())),
        }
    }
}

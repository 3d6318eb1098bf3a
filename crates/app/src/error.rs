//! Why a verb could not be carried out. "No" is not here: a referral, a question asked again and a refusal are answers.

use lineward_core::{line::NoSuchMove, review::SignRefused};
use lineward_store::{RetryHint, StoreError};

/// Why a verb was not carried out. `code()` is stable; the text is for the person outside.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInNeeded,
    /// The actor may not do this.
    #[error("you may not do this")]
    NotAllowed,
    /// There is no such thing, or it is not this actor's.
    #[error("there is nothing here")]
    NotFound,
    /// A field cannot be used as it is.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The thing is in a state in which this cannot be done.
    #[error("this cannot be done now: {0}")]
    WrongState(&'static str),
    /// What a chip answered came to a session that does not take it any more.
    #[error("the chip session is over: {0}; open another one and read the chip again")]
    ChipSessionOver(&'static str),
    /// A person's signature does not count.
    #[error(transparent)]
    Sign(#[from] SignRefused),
    /// An idempotency key came again with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// No rules are active.
    #[error("no rules are active; two people with the role admin must sign some first")]
    NoRules,
    /// Production refuses these rules.
    #[error("production refuses these rules: {}", .0.join("; "))]
    RulesRefused(Vec<String>),
    /// The rules text is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    RulesText(Vec<lineward_core::rules::RulesError>),
    /// The personal data of this case was erased.
    #[error("the data of this case was erased")]
    Erased,
    /// The store could not answer.
    #[error("the store could not answer")]
    Store(#[from] StoreError),
    /// Something that the store holds does not fit together; an operator must look.
    #[error("something does not fit together: {0}")]
    Broken(&'static str),
}

impl AppError {
    /// The stable word for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            AppError::SignInNeeded => "sign_in_needed",
            AppError::NotAllowed => "not_allowed",
            AppError::NotFound => "not_found",
            AppError::Invalid { .. } => "invalid",
            AppError::WrongState(_) => "wrong_state",
            AppError::ChipSessionOver(_) => "chip_session_over",
            AppError::Sign(_) => "signature_refused",
            AppError::KeyReused => "idempotency_key_reused",
            AppError::NoRules => "no_rules",
            AppError::RulesRefused(_) => "rules_refused",
            AppError::RulesText(_) => "rules_text",
            AppError::Erased => "erased",
            AppError::Store(_) => "store_unavailable",
            AppError::Broken(_) => "broken",
        }
    }

    /// A field that cannot be used as it is.
    pub fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        AppError::Invalid { field, problem: problem.into() }
    }
}

impl RetryHint for AppError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            AppError::Store(e) => Some(e),
            _ => None,
        }
    }
}

impl From<NoSuchMove> for AppError {
    fn from(_: NoSuchMove) -> Self {
        AppError::Broken("a line cannot make this move")
    }
}

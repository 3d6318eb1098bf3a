//! The question as it is sent and the answer as it is read (docs/authority-api.md).

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use lineward_app::{
    ports::{Answered, AuthorityAnswer, IssuerMatch, NotValidReason, Standing},
    verification::Question,
};
use lineward_core::authority::StandingWord;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::jose::AnswerKeys;

/// How far the time of an answer may be from the question's. Ours, as for webhooks
/// ([`TOLERANCE_SECS`](crate::signature::TOLERANCE_SECS)).
pub const FRESH_SECS: u64 = 300;

/// A question on its way: its body, wiped when dropped, and what its answer has to echo.
pub struct Sent {
    body: Zeroizing<Vec<u8>>,
    nonce: String,
    question_sha256: String,
    portrait: bool,
    at: Timestamp,
}

impl Sent {
    /// Writes the question, asked at `at`. `portrait` is a picture without what cameras write beside it
    /// ([`bare`](super::picture::bare)).
    ///
    /// # Errors
    /// [`AnswerError::Question`], which the types leave no way to.
    pub fn new(
        question: &Question,
        nonce: [u8; 16],
        portrait: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<Sent, AnswerError> {
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(nonce);
        let portrait_text = portrait.map(|bytes| Zeroizing::new(BASE64_STANDARD.encode(bytes)));
        let body = Body {
            nonce: &nonce,
            question: QuestionBody {
                kind: question.kind(),
                issuing_state: question.issuing_state(),
                number: question.number(),
                expiry_date: question.expiry_date(),
                primary_name: question.names().map(|[primary, _]| primary),
                secondary_name: question.names().map(|[_, secondary]| secondary),
                birth_date: question.birth_date(),
            },
            portrait: portrait_text.as_ref().map(|text| text.as_str()),
        };
        let body = Zeroizing::new(serde_json::to_vec(&body).map_err(|_| AnswerError::Question)?);
        // The nonce is part of what is hashed: nobody finds a document's number by trying hashes.
        let question_sha256 = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&*body));
        Ok(Sent { body, nonce, question_sha256, portrait: portrait.is_some(), at })
    }

    /// The JSON text that is posted.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What `jws` says, when one of `keys` signed it and it is `source`'s answer to this question, given now.
    ///
    /// # Errors
    /// [`AnswerError`] says why it is no answer. No part of it is believed before its signature was found good.
    pub fn answered(&self, keys: &AnswerKeys, source: &str, jws: &[u8]) -> Result<Answered, AnswerError> {
        let payload = keys.verify(jws)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| AnswerError::Claims)?;
        if claims.iss != source {
            return Err(AnswerError::Issuer);
        }
        if claims.nonce != self.nonce || claims.question_sha256 != self.question_sha256 {
            return Err(AnswerError::OtherQuestion);
        }
        let answered_at = Timestamp::from_second(claims.iat).map_err(|_| AnswerError::Claims)?;
        let off_secs = self.at.as_second().abs_diff(claims.iat);
        if off_secs > FRESH_SECS {
            return Err(AnswerError::NotNow { off_secs });
        }
        let answer = claims.answer()?;
        if !self.portrait && answer.portrait != IssuerMatch::NotOffered {
            return Err(AnswerError::Contradiction("it compares a portrait that it was not shown"));
        }
        Ok(Answered { answer, answered_at, evidence_hash: Sha256::digest(jws).into() })
    }
}

#[derive(Serialize)]
struct Body<'a> {
    nonce: &'a str,
    question: QuestionBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portrait: Option<&'a str>,
}

#[derive(Serialize)]
struct QuestionBody<'a> {
    kind: &'a str,
    issuing_state: &'a str,
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<&'a str>,
}

/// Claims that are not named here are ignored (RFC 7519, section 4); one of these that comes twice is an error.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    iat: i64,
    nonce: String,
    question_sha256: String,
    standing: String,
    reason: Option<String>,
    fields: String,
    portrait: String,
}

impl Claims {
    fn answer(&self) -> Result<AuthorityAnswer, AnswerError> {
        let word = StandingWord::parse(&self.standing).map_err(|_| AnswerError::Claims)?;
        let reason = self.reason.as_deref().map(NotValidReason::parse);
        let standing = Standing::of(word, reason.transpose().map_err(|_| AnswerError::Claims)?)
            .ok_or(AnswerError::Contradiction("a reason stands beside not_valid and nowhere else"))?;
        let compared = |word: &str| IssuerMatch::parse(word).map_err(|_| AnswerError::Claims);
        let answer = AuthorityAnswer {
            standing,
            fields: compared(&self.fields)?,
            portrait: compared(&self.portrait)?,
        };
        if standing == Standing::NoRecord && answer != AuthorityAnswer::UNKNOWN {
            return Err(AnswerError::Contradiction("it compares with a record that it does not have"));
        }
        Ok(answer)
    }
}

/// Why an answer cannot be used. No message holds a part of question or answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The question could not be written.
    #[error("the question could not be written")]
    Question,
    /// No connection was made.
    #[error("{0}")]
    NotReached(&'static str),
    /// No answer in time, or one that broke off.
    #[error("{0}")]
    Transport(&'static str),
    /// Another status than 200.
    #[error("it answered {0}")]
    Status(u16),
    /// Larger than answers are.
    #[error("its answer is larger than {} bytes", super::MAX_ANSWER_BYTES)]
    TooLarge,
    /// Unsigned, or signed otherwise.
    #[error("its answer cannot be believed: {0}")]
    Signature(#[from] super::jose::JwsError),
    /// A claim is missing or no word of the contract.
    #[error("its answer lacks a claim, or has one that is none of the contract's words")]
    Claims,
    /// Another authority's answer.
    #[error("its answer names another issuer")]
    Issuer,
    /// The answer to another question, or an old one.
    #[error("its answer is to another question")]
    OtherQuestion,
    /// Made too long ago, or by a clock that is ahead.
    #[error("its answer is {off_secs} s off, more than {FRESH_SECS} s")]
    NotNow {
        /// How far off.
        off_secs: u64,
    },
    /// Claims that cannot all be true.
    #[error("its answer contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl AnswerError {
    /// Whether the authority itself did not see the question: no connection, or a gateway before it that had none (RFC 9110,
    /// section 15.6). A lie is no more believed when it is repeated, and what was too slow once has used its time.
    pub(super) const fn did_not_reach(&self) -> bool {
        matches!(self, AnswerError::NotReached(_) | AnswerError::Status(502..=504))
    }

    /// Whether the authority is there and would not have this one question. It does not count against it: else somebody with
    /// odd documents could keep everybody from being asked about.
    pub(super) const fn is_about_the_question(&self) -> bool {
        matches!(self, AnswerError::Question | AnswerError::Status(400 | 404 | 409 | 413 | 422))
    }
}

#[cfg(test)]
mod tests;

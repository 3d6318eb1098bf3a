//! An authority asked over HTTPS, and its signed answers (docs/authority-api.md).
//!
//! Whatever is unsigned, signed otherwise than pinned, stale, a repetition, or the answer to another question is no answer:
//! never a no and never a yes. Its reason goes to the log.

mod breaker;
mod cache;
pub mod jose;
pub mod picture;
pub mod wire;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::SignedDuration;
use lineward_app::ports::{Answered, Asking, Authority, AuthorityProfile, Unavailable};
use reqwest::{Client, StatusCode, Url, header};
use zeroize::Zeroizing;

use self::{breaker::Breaker, cache::Cache};
pub use self::{
    breaker::BreakerOptions,
    jose::{Algorithm, AnswerKeys, JwsError, KeyError},
    wire::{AnswerError, FRESH_SECS, Sent},
};
use crate::webhook::{CORRELATOR, EndpointError, client, not_answered_in_words};

/// The most bytes of an answer; one has under a thousand. Ours.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024;

/// The longest that one question may take with everything: the asker stops waiting after ten seconds, and what it no longer
/// waits for is not counted by the breaker. Ours.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(9);

/// How often one question is sent at most: once more where it did not reach the authority. Ours: a person waits.
const TRIES: u32 = 2;

/// How long before the second try. Ours: enough for a gateway to choose another server.
const BEFORE_SECOND: Duration = Duration::from_millis(200);

/// How an authority is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorityOptions {
    /// How long one question may take, second try included; at most [`MAX_TIMEOUT`].
    pub timeout: Duration,
    /// How long a whole confirmation may be used for the same question; zero: never (docs/decisions/0025).
    pub cache: SignedDuration,
    /// When it is left alone.
    pub breaker: BreakerOptions,
}

impl Default for AuthorityOptions {
    /// Five seconds and ten minutes, both ours: a person waits before a page; somebody who comes back to an interrupted
    /// application does so within minutes.
    fn default() -> Self {
        AuthorityOptions {
            timeout: Duration::from_secs(5),
            cache: SignedDuration::from_mins(10),
            breaker: BreakerOptions::default(),
        }
    }
}

/// An authority behind one address.
pub struct HttpAuthority {
    client: Client,
    url: Url,
    token: Option<Zeroizing<String>>,
    keys: AnswerKeys,
    profile: AuthorityProfile,
    timeout: Duration,
    breaker: Mutex<Breaker>,
    cache: Mutex<Cache>,
}

impl HttpAuthority {
    /// Questions go to `url`, which is https or a loopback address, with `token` as bearer token (RFC 6750, section 2.1).
    ///
    /// # Errors
    /// [`EndpointError`] when the address cannot be used.
    pub fn new(
        url: &str,
        token: Option<Zeroizing<String>>,
        keys: AnswerKeys,
        profile: AuthorityProfile,
        options: AuthorityOptions,
    ) -> Result<HttpAuthority, EndpointError> {
        let timeout = options.timeout.min(MAX_TIMEOUT);
        let (client, url) = client(url, timeout)?;
        let (breaker, cache) =
            (Mutex::new(Breaker::new(options.breaker)), Mutex::new(Cache::new(options.cache)));
        Ok(HttpAuthority { client, url, token, keys, profile, timeout, breaker, cache })
    }

    /// One question, sent again where it did not reach the authority; a question changes nothing there.
    async fn answer(&self, asking: &Asking<'_>) -> Result<Answered, AnswerError> {
        let portrait = asking.portrait.and_then(picture::bare);
        let sent = Sent::new(asking.question, asking.nonce, portrait.as_deref(), asking.now)?;
        let mut tries = 1;
        loop {
            match self.send(&sent, asking.request_id).await {
                Err(e) if e.did_not_reach() && tries < TRIES => tries += 1,
                answer => return answer,
            }
            tokio::time::sleep(BEFORE_SECOND).await;
        }
    }

    async fn send(&self, sent: &Sent, request_id: &str) -> Result<Answered, AnswerError> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/jose");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.as_str());
        }
        if let Ok(correlator) = header::HeaderValue::from_str(request_id) {
            request = request.header(CORRELATOR, correlator);
        }
        let mut answer = request.body(sent.body().to_vec()).send().await.map_err(|e| no_answer(&e))?;
        if answer.status() != StatusCode::OK {
            return Err(AnswerError::Status(answer.status().as_u16()));
        }
        let mut jws = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|e| no_answer(&e))? {
            if jws.len() + part.len() > MAX_ANSWER_BYTES {
                return Err(AnswerError::TooLarge);
            }
            jws.extend_from_slice(&part);
        }
        sent.answered(&self.keys, &self.profile.source, &jws)
    }
}

#[async_trait]
impl Authority for HttpAuthority {
    fn profile(&self) -> &AuthorityProfile {
        &self.profile
    }

    async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, Unavailable> {
        let question = asking.question.digest();
        let shows_portrait = asking.portrait.is_some();
        // A portrait is compared every time.
        if !shows_portrait && let Some(known) = held(&self.cache).known(&question, asking.now) {
            return Ok(known);
        }
        if !held(&self.breaker).lets_through(asking.now) {
            return Err(Unavailable("it failed again and again and is left alone for a while".into()));
        }
        let answer = tokio::time::timeout(self.timeout, self.answer(asking)).await;
        let answer = answer.unwrap_or(Err(AnswerError::Transport("no answer in time")));
        match &answer {
            Ok(answered) => {
                held(&self.breaker).answered();
                held(&self.cache).heard(question, answered, shows_portrait, asking.now);
            }
            Err(e) if e.is_about_the_question() => held(&self.breaker).answered(),
            Err(_) => held(&self.breaker).failed(asking.now),
        }
        answer.map_err(|e| Unavailable(e.to_string()))
    }
}

impl std::fmt::Debug for HttpAuthority {
    /// Says where to; a path or query may hold a secret of the authority's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HttpAuthority({})", self.url.origin().ascii_serialization())
    }
}

fn no_answer(error: &reqwest::Error) -> AnswerError {
    let words = not_answered_in_words(error);
    if error.is_connect() { AnswerError::NotReached(words) } else { AnswerError::Transport(words) }
}

/// What a panicking thread left is whole: nothing under these locks is written in two steps.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

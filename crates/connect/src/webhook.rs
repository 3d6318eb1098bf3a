//! Orders and messages posted to an address of the carrier, signed as Standard Webhooks 1.0.0 says.
//!
//! An order is `{"type": "line.activate", "timestamp", "data": {carrier, application, line, kind, payment}}`: ids and
//! words. A message is `{"type": "message.<kind>", "timestamp", "data": {to, language, reference, link?}}`: **the one
//! webhook that carries a contact** and a one-time link, because whoever delivers it needs them. Give it an address and a
//! secret of its own.
//!
//! The `webhook-id` is the application's id for an order and the message's id for a message. It stays the same however
//! often an attempt is repeated, so the receiver drops what it has seen and still answers 2xx.
//!
//! 2xx to an order says that **the line is in service**. Who is not there yet answers 202 (accepted): the order is not
//! confirmed by that, and is asked again under the same id until another answer comes. To a message 202 is enough: whoever
//! took it delivers it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use lineward_app::ports::{ActivationOrder, LineProvisioner, Message, Notifier, OutsideError};
use reqwest::{Client, StatusCode, Url, header, redirect};
use serde::Serialize;

use crate::{
    signature::{Signed, WebhookSecret},
    wire::{Event, MessageData, OrderData, is_plain_id},
};

/// Tells the time of an attempt.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The most of an answer's body that is read; what it says is not used, and a connection read to its end serves again.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The header that carries the request's id to the other side, as CAMARA's APIs name it.
pub(crate) const CORRELATOR: &str = "x-correlator";

/// Orders lines from the network by webhook.
#[derive(Debug)]
pub struct WebhookProvisioner(Endpoint);

impl WebhookProvisioner {
    /// Orders go to `url`, which is https or a loopback address.
    ///
    /// # Errors
    /// [`EndpointError`] when the address cannot be used.
    pub fn new(
        url: &str,
        secret: WebhookSecret,
        clock: Clock,
        options: WebhookOptions,
    ) -> Result<Self, EndpointError> {
        Endpoint::new(url, secret, clock, options).map(Self)
    }
}

#[async_trait]
impl LineProvisioner for WebhookProvisioner {
    async fn activate(&self, order: &ActivationOrder) -> Result<(), OutsideError> {
        let id = order.application.to_string();
        let status =
            self.0.post(&id, &order.request_id, "line.activate".to_owned(), OrderData::from(order)).await?;
        in_service(status)
    }
}

/// Hands messages to whoever delivers them, by webhook.
#[derive(Debug)]
pub struct WebhookNotifier(Endpoint);

impl WebhookNotifier {
    /// Messages go to `url`, which is https or a loopback address.
    ///
    /// # Errors
    /// [`EndpointError`] when the address cannot be used.
    pub fn new(
        url: &str,
        secret: WebhookSecret,
        clock: Clock,
        options: WebhookOptions,
    ) -> Result<Self, EndpointError> {
        Endpoint::new(url, secret, clock, options).map(Self)
    }
}

#[async_trait]
impl Notifier for WebhookNotifier {
    async fn notify(&self, message: &Message) -> Result<(), OutsideError> {
        if !is_plain_id(&message.id) {
            return Err(OutsideError::GiveUp("the message's id cannot be signed".to_owned()));
        }
        let kind = format!("message.{}", message.kind);
        // A message has no request of its own; its id finds it on both sides.
        self.0.post(&message.id, &message.id, kind, MessageData::from(message)).await.map(drop)
    }
}

/// How an address is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookOptions {
    /// How long one attempt may take, from the connection to the end of the answer.
    pub timeout: Duration,
}

impl Default for WebhookOptions {
    /// Ten seconds: shorter than the 15 to 30 of "Request timeouts", since a worker waits for the answer and an attempt
    /// that was cut short is repeated under the same id.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10) }
    }
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// It is no address.
    #[error("the address cannot be read: {0}")]
    Address(String),
    /// It would send data in the clear over a network.
    #[error("the address has to be https; http is taken for loopback addresses only")]
    NotHttps,
    /// It holds a name or password, which would be shown wherever the address is.
    #[error("the address carries a name or password, which would be shown wherever the address is")]
    Credentials,
    /// No client could be made.
    #[error("no HTTPS client could be made: {0}")]
    Client(reqwest::Error),
}

/// One address with its secret.
struct Endpoint {
    client: Client,
    url: Url,
    secret: WebhookSecret,
    clock: Clock,
}

impl Endpoint {
    fn new(
        url: &str,
        secret: WebhookSecret,
        clock: Clock,
        options: WebhookOptions,
    ) -> Result<Self, EndpointError> {
        let (client, url) = client(url, options.timeout)?;
        Ok(Self { client, url, secret, clock })
    }

    /// Posts one webhook: the 2xx it was answered with, or why it was not taken.
    async fn post<T: Serialize>(
        &self,
        id: &str,
        correlator: &str,
        kind: String,
        data: T,
    ) -> Result<StatusCode, OutsideError> {
        let now = (self.clock)();
        let body = serde_json::to_vec(&Event { r#type: kind, timestamp: now, data })
            .map_err(|_| OutsideError::GiveUp("the webhook's body could not be written".to_owned()))?;
        let signed = self.secret.sign(id, now, &body);
        let mut request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(Signed::ID, signed.id)
            .header(Signed::TIMESTAMP, signed.timestamp)
            .header(Signed::SIGNATURE, signed.signature);
        if let Ok(correlator) = header::HeaderValue::from_str(correlator) {
            request = request.header(CORRELATOR, correlator);
        }
        let mut answer = request.body(body).send().await.map_err(|e| not_answered(&e))?;
        let word = judge(answer.status());
        let mut left = MAX_ANSWER_BYTES;
        // The status has been given: what the body says, or that it breaks off, changes nothing.
        while let Ok(Some(part)) = answer.chunk().await {
            let Some(rest) = left.checked_sub(part.len()) else { break };
            left = rest;
        }
        word
    }
}

impl std::fmt::Debug for Endpoint {
    /// Says where to; a path or query may hold a secret of the receiver's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Endpoint({})", self.url.origin().ascii_serialization())
    }
}

/// A client for one address and no other, which reads nothing of the environment.
pub(crate) fn client(url: &str, timeout: Duration) -> Result<(Client, Url), EndpointError> {
    let url = Url::parse(url).map_err(|e| EndpointError::Address(e.to_string()))?;
    if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url)) {
        return Err(EndpointError::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::Credentials);
    }
    // A redirect would carry the body to an address that nobody configured, a proxy from the environment likewise.
    let client = Client::builder()
        .timeout(timeout)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("lineward/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(EndpointError::Client)?;
    Ok((client, url))
}

/// What a status means to the job ("Delivery success and failure").
fn judge(status: StatusCode) -> Result<StatusCode, OutsideError> {
    let code = status.as_u16();
    match code {
        200..=299 => Ok(status),
        // Too slow, too early, too many, or broken at the receiver's end.
        408 | 425 | 429 | 500..=599 => Err(OutsideError::Retry(format!("the receiver answered {code}"))),
        300..=399 => Err(OutsideError::GiveUp(format!(
            "the receiver answered {code}: redirects are not followed, set the new address"
        ))),
        410 => Err(OutsideError::GiveUp("the receiver answered 410: it wants no more webhooks".to_owned())),
        _ => Err(OutsideError::GiveUp(format!("the receiver answered {code}"))),
    }
}

/// Whether a 2xx is the network's word that the line is in service. 202 is "intentionally noncommittal" (RFC 9110,
/// section 15.3.3).
fn in_service(status: StatusCode) -> Result<(), OutsideError> {
    match status {
        StatusCode::ACCEPTED => Err(OutsideError::Retry("accepted, not confirmed".to_owned())),
        _ => Ok(()),
    }
}

/// No answer at all: whether the receiver acted is not known, and the same id makes a repeat harmless. The error's own
/// text stays out, since it holds the address.
fn not_answered(error: &reqwest::Error) -> OutsideError {
    if error.is_builder() {
        return OutsideError::GiveUp("the webhook could not be made into a request".to_owned());
    }
    OutsideError::Retry(not_answered_in_words(error).to_owned())
}

/// Why no answer came, without the address.
pub(crate) fn not_answered_in_words(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection to the receiver"
    } else {
        "the connection broke off"
    }
}

/// Whether the address never leaves the machine: 127.0.0.0/8, ::1, or the name that RFC 6761, section 6.3 keeps for them.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Result<Endpoint, EndpointError> {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        Endpoint::new(url, secret, Arc::new(|| Timestamp::UNIX_EPOCH), WebhookOptions::default())
    }

    #[test]
    fn plain_http_is_taken_for_loopback_addresses_only() {
        for url in [
            "https://carrier.invalid/hook",
            "http://127.0.0.1:8080/hook",
            "http://127.9.9.9/",
            "http://[::1]:8080/",
            "http://localhost:8080/",
        ] {
            assert!(endpoint(url).is_ok(), "{url}");
        }
        for url in [
            "http://carrier.invalid/",
            "http://10.0.0.1/",
            "http://localhost.carrier.invalid/",
            "http://127.0.0.1.carrier.invalid/",
            "http://[::ffff:10.0.0.1]/",
            "ftp://127.0.0.1/",
            "file:///tmp/hook",
        ] {
            assert!(matches!(endpoint(url), Err(EndpointError::NotHttps)), "{url}");
        }
        assert!(matches!(endpoint("carrier.invalid"), Err(EndpointError::Address(_))));
        assert!(matches!(endpoint("https://me:secret@carrier.invalid/"), Err(EndpointError::Credentials)));
    }

    #[test]
    fn every_status_has_one_meaning() {
        for code in 200..=299 {
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(judge(status), Ok(status));
            assert_eq!(in_service(status).is_ok(), code != 202);
        }
        let retried: Vec<u16> = (300..=999)
            .filter(|code| matches!(judge(StatusCode::from_u16(*code).unwrap()), Err(OutsideError::Retry(_))))
            .collect();
        assert_eq!(retried, [408, 425, 429].into_iter().chain(500..=599).collect::<Vec<_>>());
    }

    #[test]
    fn an_endpoint_prints_no_path_and_no_secret() {
        let endpoint = endpoint("https://carrier.invalid:8443/hook/TOKEN?key=TOKEN").unwrap();
        assert_eq!(format!("{endpoint:?}"), "Endpoint(https://carrier.invalid:8443)");
    }
}

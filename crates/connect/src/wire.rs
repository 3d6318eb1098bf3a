//! What orders and messages look like outside.

use jiff::Timestamp;
use lineward_app::ports::{ActivationOrder, Message};
use serde::Serialize;

/// The body of a webhook ("Payload structure").
#[derive(Serialize)]
pub(crate) struct Event<T> {
    /// What it is about: `line.activate`, `message.approved`.
    pub(crate) r#type: String,
    /// When it was said: the time of this attempt, since orders and messages have no other.
    pub(crate) timestamp: Timestamp,
    /// What it says.
    pub(crate) data: T,
}

/// An order in ids and words.
#[derive(Serialize)]
pub(crate) struct OrderData {
    carrier: String,
    application: String,
    line: String,
    kind: &'static str,
    payment: &'static str,
}

impl From<&ActivationOrder> for OrderData {
    fn from(order: &ActivationOrder) -> Self {
        Self {
            carrier: order.carrier.to_string(),
            application: order.application.to_string(),
            line: order.line.to_string(),
            kind: order.kind.code(),
            payment: order.payment.code(),
        }
    }
}

/// A message with the contact it goes to.
#[derive(Serialize)]
pub(crate) struct MessageData<'a> {
    to: &'a str,
    language: &'a str,
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
}

impl<'a> From<&'a Message> for MessageData<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            to: &message.to,
            language: &message.language,
            reference: &message.reference,
            link: message.link.as_deref(),
        }
    }
}

/// Whether a message's id can name a file and be signed: letters, digits, `-` and `_`, at most 128 of them. It may hold
/// no full stop ("Signature scheme") and no path.
pub(crate) fn is_plain_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

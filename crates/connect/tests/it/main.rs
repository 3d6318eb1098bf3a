//! The channels as a receiver sees them.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod authority;
mod file;
mod seeds;
mod webhook;

use lineward_app::ports::{ActivationOrder, Message, MessageKind};
use lineward_core::{
    id::Id,
    line::{LineKind, Payment},
};

fn order(application: u8) -> ActivationOrder {
    ActivationOrder {
        carrier: Id::from_bytes([1; 16]),
        application: Id::from_bytes([application; 16]),
        line: Id::from_bytes([3; 16]),
        kind: LineKind::Mobile,
        payment: Payment::Prepaid,
        request_id: "job-7".into(),
    }
}

fn message(id: &str) -> Message {
    Message {
        id: id.into(),
        carrier: Id::from_bytes([1; 16]),
        to: "person@example.invalid".into(),
        kind: MessageKind::ContinueHere,
        language: "es-MX".into(),
        reference: "R-4711".into(),
        link: Some("https://carrier.invalid/apply/link/SECRET".into()),
    }
}

//! The clock of the machine: the only place that reads it.

use jiff::Timestamp;

/// The time now.
#[allow(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

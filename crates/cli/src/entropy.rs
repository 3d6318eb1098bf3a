//! Randomness of the operating system: the only place that asks for it.

use crate::out::CliError;

/// Fills `bytes`.
///
/// # Errors
/// The system has no randomness to give.
#[allow(clippy::disallowed_methods, reason = "the binary is where randomness comes from")]
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), CliError> {
    getrandom::fill(bytes).map_err(|e| {
        CliError::new(
            format!("the operating system gave no random bytes: {e}"),
            "look whether /dev/urandom can be read here",
        )
    })
}

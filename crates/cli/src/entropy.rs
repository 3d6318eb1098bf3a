//! Randomness of the operating system: the only place that asks for it.

use lineward_app::Entropy;

use crate::out::{CliError, note};

/// The operating system's random bytes.
pub(crate) struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = fill(bytes) {
            // Ids and keys without randomness would be worse than none: no request may go on.
            note(error);
            std::process::abort();
        }
    }
}

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

//! The keys that a checker of receipts trusts.

use crate::key::{KeyError, VerifierKey};

/// The largest policy file that is read.
const MAX_POLICY_BYTES: usize = 64 * 1024;

/// Trusted verifier keys, from a text file with one key a line. Empty lines and lines that begin with `#` are comments.
///
/// ```
/// use lineward_ledger::Policy;
///
/// let policy = Policy::parse(
///     "# receipts of Example Mobile, from its shop window\n\
///      example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
/// )?;
/// assert_eq!(policy.keys().len(), 1);
/// # Ok::<(), lineward_ledger::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    keys: Vec<VerifierKey>,
}

/// Why a text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More bytes than are read.
    #[error("{length} bytes; a policy has at most {MAX_POLICY_BYTES}")]
    TooLarge {
        /// How many.
        length: usize,
    },
    /// A line is not a verifier key.
    #[error("line {line}: {error}")]
    Key {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        error: KeyError,
    },
    /// A key stands twice.
    #[error("line {line}: this key stands above already")]
    Repeated {
        /// The line, from 1.
        line: usize,
    },
    /// No key at all: such a policy trusts nobody.
    #[error("no key in it")]
    Empty,
}

impl Policy {
    /// Reads a policy file's text.
    ///
    /// # Errors
    /// [`PolicyError`], with the line.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(PolicyError::TooLarge { length: text.len() });
        }
        let mut keys = Vec::new();
        for (content, line) in text.lines().zip(1..) {
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let key = VerifierKey::parse(content).map_err(|error| PolicyError::Key { line, error })?;
            if keys.contains(&key) {
                return Err(PolicyError::Repeated { line });
            }
            keys.push(key);
        }
        Self::of(keys)
    }

    /// The policy that trusts these keys.
    ///
    /// # Errors
    /// [`PolicyError::Empty`] without any.
    pub fn of(keys: Vec<VerifierKey>) -> Result<Self, PolicyError> {
        if keys.is_empty() { Err(PolicyError::Empty) } else { Ok(Self { keys }) }
    }

    /// The trusted keys, at least one.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    fn check(text: &str, expected: Result<usize, PolicyError>) {
        assert_eq!(Policy::parse(text).map(|policy| policy.keys().len()), expected, "{text}");
    }

    #[test]
    fn a_policy_holds_keys_and_comments() {
        check(KEY, Ok(1));
        check(&format!("# ours\r\n\r\n  {KEY}  \r\n"), Ok(1));
        check("", Err(PolicyError::Empty));
        check("# nobody\n", Err(PolicyError::Empty));
        check(&format!("{KEY}\n{KEY}\n"), Err(PolicyError::Repeated { line: 2 }));
        check("\nkey\n", Err(PolicyError::Key { line: 2, error: KeyError::Format }));
        check(&"#".repeat(MAX_POLICY_BYTES + 1), Err(PolicyError::TooLarge { length: MAX_POLICY_BYTES + 1 }));
    }
}

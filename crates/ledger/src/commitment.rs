//! Salted commitments: what a record says instead of personal data.

use crate::word::Word;
use sha2::{Digest, Sha256};

/// A promise of one value about the person, which can be opened later by whoever holds the salt.
///
/// `SHA-256(salt || label || 0x00 || value)` with a salt of 32 random bytes. The salt has a fixed length and a label
/// holds no zero byte, so two different pairs of label and value never give the same input. Without the salt the
/// digest says nothing, even of a date of birth that has few possible values: erasing the salt erases the meaning.
///
/// ```
/// use lineward_ledger::{Commitment, Word};
///
/// let salt = [7; 32]; // from the caller's random source, fresh for every value
/// let commitment = Commitment::new(Word::parse("birth_date")?, b"1985-04-12", &salt);
/// assert!(commitment.opens(b"1985-04-12", &salt));
/// assert!(!commitment.opens(b"1985-04-13", &salt));
/// # Ok::<(), lineward_ledger::WordError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// What the value is: `holder_name`, `birth_date`, `document_number`, `line`.
    pub label: Word,
    /// The digest.
    pub digest: [u8; 32],
}

/// The salt of one commitment, kept by the person in the receipt.
///
/// Its debug form leaves the salt out: with it a short value is guessed at once.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The label of the commitment that it opens.
    pub label: Word,
    /// The salt.
    pub salt: [u8; 32],
}

impl Commitment {
    /// Commits to `value`; the salt must be fresh and random for every value.
    pub fn new(label: Word, value: &[u8], salt: &[u8; 32]) -> Self {
        let digest = digest(&label, value, salt);
        Self { label, digest }
    }

    /// Whether `value` under `salt` is what was committed to.
    pub fn opens(&self, value: &[u8], salt: &[u8; 32]) -> bool {
        digest(&self.label, value, salt) == self.digest
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("label", &self.label).finish_non_exhaustive()
    }
}

fn digest(label: &Word, value: &[u8], salt: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(salt)
        .chain_update(label.as_str())
        .chain_update([0])
        .chain_update(value)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_documented_formula() {
        let commitment = Commitment::new(Word::parse("line").unwrap(), b"+15550100", &[1; 32]);
        let mut input = vec![1; 32];
        input.extend_from_slice(b"line\0+15550100");
        assert_eq!(commitment.digest, <[u8; 32]>::from(Sha256::digest(&input)));
    }

    #[test]
    fn label_value_and_salt_all_matter() {
        let made = Commitment::new(Word::parse("line").unwrap(), b"1", &[1; 32]);
        assert!(!made.opens(b"2", &[1; 32]));
        assert!(!made.opens(b"1", &[2; 32]));
        let other = Commitment { label: Word::parse("lines").unwrap(), digest: made.digest };
        assert!(!other.opens(b"1", &[1; 32]));
    }

    #[test]
    fn the_debug_form_of_an_opening_hides_the_salt() {
        let opening = Opening { label: Word::parse("line").unwrap(), salt: [171; 32] };
        assert_eq!(format!("{opening:?}"), "Opening { label: Word(\"line\"), .. }");
    }
}

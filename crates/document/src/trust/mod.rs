//! Who is trusted to sign documents: country CAs, from lists that somebody answers for (Doc 9303-12, section 7).

/// Country CAs, and what is known of their signers.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {}

impl TrustStore {
    /// How many country CAs are trusted.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

//! The words of findings, reasons and labels inside a record.

use std::fmt;

/// The longest word; the longest code in use has fewer than 40 characters.
pub(crate) const MAX_WORD_BYTES: usize = 64;

/// Digits that may stand in a row: enough for `doc_9303`, too few for a date, a document number or a line number.
const MAX_DIGIT_RUN: usize = 4;

/// A stable code such as `document_expired` or `mrz:composite:fail`: a small letter, then small letters, digits,
/// `_`, `.` and `:`.
///
/// A word is not a place for data: more than four digits in a row are refused, so that a number of a person, document
/// or line cannot slip into a record that is kept for years.
///
/// ```
/// use lineward_ledger::Word;
///
/// assert_eq!(Word::parse("document_expired")?.as_str(), "document_expired");
/// assert!(Word::parse("Ana Sample").is_err());
/// assert!(Word::parse("d_19850412").is_err());
/// # Ok::<(), lineward_ledger::WordError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(String);

/// Why a text is not a [`Word`]. The text itself is not repeated: it may be personal data gone astray.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// Empty, or longer than a word may be.
    #[error("a word has 1 to {MAX_WORD_BYTES} bytes, not {length}")]
    Length {
        /// Bytes read.
        length: usize,
    },
    /// A character that words do not have, or a first one that is not a small letter.
    #[error("a character at {at} that words do not have there")]
    Character {
        /// Its byte position.
        at: usize,
    },
    /// So many digits in a row that this may be somebody's number.
    #[error("more than {MAX_DIGIT_RUN} digits in a row")]
    Digits,
}

impl Word {
    /// Reads a word.
    ///
    /// # Errors
    /// [`WordError`] when the text is not one.
    pub fn parse(text: &str) -> Result<Self, WordError> {
        if text.is_empty() || text.len() > MAX_WORD_BYTES {
            return Err(WordError::Length { length: text.len() });
        }
        let mut digits = 0;
        for (at, byte) in text.bytes().enumerate() {
            let allowed = match byte {
                b'a'..=b'z' => true,
                b'0'..=b'9' | b'_' | b'.' | b':' => at > 0,
                _ => false,
            };
            if !allowed {
                return Err(WordError::Character { at });
            }
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            if digits > MAX_DIGIT_RUN {
                return Err(WordError::Digits);
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The word as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Word {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), WordError>) {
        assert_eq!(Word::parse(text).map(|_| ()), expected, "{text}");
    }

    #[test]
    fn codes_are_words_and_data_is_not() {
        check("face_match", Ok(()));
        check("mrz:composite:fail", Ok(()));
        check("cn.ric", Ok(()));
        check("doc_9303", Ok(()));
        check("", Err(WordError::Length { length: 0 }));
        check(&"a".repeat(65), Err(WordError::Length { length: 65 }));
        check("9303", Err(WordError::Character { at: 0 }));
        check("ana sample", Err(WordError::Character { at: 3 }));
        check("naïve", Err(WordError::Character { at: 2 }));
        check("n12345", Err(WordError::Digits));
    }
}

//! The files of a chip, by the names that Doc 9303-10 gives them.

use std::{collections::BTreeMap, fmt};

/// Largest file read, in bytes.
///
/// Portraits of issued documents have 12 to 60 kB; the chips themselves hold 32 to 144 kB in all (Doc 9303-9, section 3
/// asks for at least 32 kB). Twice the largest chip leaves room for what is still to come.
pub const MAX_FILE_BYTES: usize = 256 * 1024;

/// Longest unknown name that is kept, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Most unknown names that are kept: a chip has 19 files.
const MAX_UNKNOWN: usize = 32;

/// One file of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileName {
    /// EF.COM: which data groups the chip says it holds. Nobody signs it (Doc 9303-10, section 4.6.1).
    Com,
    /// EF.SOD: the signed hashes of the data groups (Doc 9303-10, section 4.6.2).
    Sod,
    /// EF.CardSecurity: signed keys of the chip (Doc 9303-11, section 9.2.11).
    CardSecurity,
    /// A data group, 1 to 16 (Doc 9303-10, section 4.7).
    DataGroup(u8),
}

/// Why the files of a chip were not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// A file with more than [`MAX_FILE_BYTES`].
    #[error("{file} has {bytes} bytes, and no chip holds more than {MAX_FILE_BYTES}")]
    TooLarge {
        /// The file.
        file: FileName,
        /// Its length in bytes.
        bytes: usize,
    },
    /// One file under two names, with different content.
    #[error("{file} is there twice, with different content")]
    Twice {
        /// The file.
        file: FileName,
    },
}

/// The files of one chip, as they were read from it: raw bytes, nothing decoded.
///
/// ```
/// use lineward_document::chip::{ChipFiles, FileName};
/// let named = [("EF_SOD.bin", &[0x77, 0][..]), ("dg1.bin", &[0x61, 0]), ("notes.txt", b"hello")];
/// let files = ChipFiles::from_named(named).unwrap();
/// assert_eq!(files.get(FileName::DataGroup(1)), Some(&[0x61, 0][..]));
/// assert_eq!(files.unknown(), ["notes.txt"]);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChipFiles {
    files: BTreeMap<FileName, Vec<u8>>,
    unknown: Vec<String>,
}

impl ChipFiles {
    /// Files with their names: `EF_SOD`, `EF_COM`, `EF_CardSecurity`, `DG1` to `DG16`, or as [`FileName::parse`] knows
    /// them; in any case, with or without an ending. Names that are no file of a chip are kept apart.
    ///
    /// # Errors
    /// [`FilesError`].
    pub fn from_named<'a>(named: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, FilesError> {
        let mut chip = ChipFiles::default();
        for (name, bytes) in named {
            match FileName::parse(name) {
                Some(file) => chip.add(file, bytes)?,
                None if chip.unknown.len() < MAX_UNKNOWN => {
                    chip.unknown.push(name.chars().take(MAX_NAME_CHARS).collect());
                }
                None => {}
            }
        }
        Ok(chip)
    }

    fn add(&mut self, file: FileName, bytes: &[u8]) -> Result<(), FilesError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(FilesError::TooLarge { file, bytes: bytes.len() });
        }
        match self.files.insert(file, bytes.to_vec()) {
            Some(before) if before != bytes => Err(FilesError::Twice { file }),
            _ => Ok(()),
        }
    }

    /// The bytes of a file, if it was read.
    pub fn get(&self, file: FileName) -> Option<&[u8]> {
        self.files.get(&file).map(Vec::as_slice)
    }

    /// The data groups that were read: number and bytes, in order.
    pub fn data_groups(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.files.iter().filter_map(|(file, bytes)| match file {
            FileName::DataGroup(number) => Some((*number, bytes.as_slice())),
            _ => None,
        })
    }

    /// Names that were given and are no file of a chip, as far as the first 32.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Whether no file was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl fmt::Debug for ChipFiles {
    /// Names and lengths, never content: it is somebody's portrait and name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.files.iter().map(|(file, bytes)| (file.to_string(), bytes.len()))).finish()
    }
}

impl FileName {
    /// The file with this name: what Doc 9303-10 calls it (`EF.SOD`, `EF_SOD`, `SOD`, `DG1`, `EF_DG1`, `Datagroup1`) or
    /// its file identifier (`EF0101`, `011D`), in any case, with or without an ending.
    pub fn parse(name: &str) -> Option<FileName> {
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix("ef").map_or(name.as_str(), |rest| rest.trim_start_matches(['.', '_']));
        let name = name.split_once('.').map_or(name, |(stem, _)| stem);
        match name {
            // File identifiers: Doc 9303-10, tables 31 and 34.
            "com" | "011e" => Some(FileName::Com),
            "sod" | "011d" => Some(FileName::Sod),
            "cardsecurity" => Some(FileName::CardSecurity),
            _ => {
                let number = match (name.strip_prefix("dg").or_else(|| name.strip_prefix("datagroup")), name)
                {
                    (Some(digits), _) if digits.len() <= 2 => decimal(digits)?,
                    (None, id) if id.len() == 4 && id.bytes().all(|c| c.is_ascii_hexdigit()) => {
                        u8::from_str_radix(id.strip_prefix("01")?, 16).ok()?
                    }
                    _ => return None,
                };
                (1..=16).contains(&number).then_some(FileName::DataGroup(number))
            }
        }
    }
}

fn decimal(digits: &str) -> Option<u8> {
    digits.bytes().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileName::Com => f.write_str("EF.COM"),
            FileName::Sod => f.write_str("EF.SOD"),
            FileName::CardSecurity => f.write_str("EF.CardSecurity"),
            FileName::DataGroup(number) => write!(f, "DG{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_documented_names() {
        for (name, file) in [
            ("EF_SOD.bin", Some(FileName::Sod)),
            ("ef.sod", Some(FileName::Sod)),
            ("EF_COM.BIN", Some(FileName::Com)),
            ("EF_CardSecurity.bin", Some(FileName::CardSecurity)),
            ("DG1.bin", Some(FileName::DataGroup(1))),
            ("dg16", Some(FileName::DataGroup(16))),
            ("EF_DG02.bin", Some(FileName::DataGroup(2))),
            ("Datagroup14.bin", Some(FileName::DataGroup(14))),
            ("ef0102.bin", Some(FileName::DataGroup(2))),
            ("ef011D.bin", Some(FileName::Sod)),
            ("DG17.bin", None),
            ("DG0", None),
            ("DG", None),
            ("DG+1", None),
            ("DG001", None),
            ("01+1", None),
            ("0111", None),
            ("CN_DSC.der", None),
            ("notes.txt", None),
            ("", None),
        ] {
            assert_eq!(FileName::parse(name), file, "{name}");
        }
    }

    #[test]
    fn a_file_that_is_there_twice_or_too_large_is_refused() {
        let twice = |other: &'static [u8]| ChipFiles::from_named([("DG1", &[1][..]), ("dg1.bin", other)]);
        assert!(twice(&[1]).is_ok());
        assert_eq!(twice(&[2]), Err(FilesError::Twice { file: FileName::DataGroup(1) }));
        let large = vec![0; MAX_FILE_BYTES + 1];
        assert!(matches!(ChipFiles::from_named([("DG2", &large[..])]), Err(FilesError::TooLarge { .. })));
    }
}

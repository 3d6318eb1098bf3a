//! From text to the characters of one zone.

use super::{Format, layout};

/// The most characters a zone can have: TD1, three lines of 30.
pub(super) const MAX_CHARS: usize = 90;

/// The most text that is looked at. A zone with generous blanks has a quarter of this.
const MAX_BYTES: usize = 1024;

/// The characters of one zone, lines joined: only A-Z, 0-9 and `<`.
#[derive(Clone, Copy)]
pub(super) struct Zone {
    pub(super) format: Format,
    pub(super) chars: [u8; MAX_CHARS],
}

impl Zone {
    pub(super) fn layout(&self) -> &'static layout::Layout {
        layout::of(self.format)
    }

    pub(super) fn read(text: &str) -> Result<Zone, MrzError> {
        if text.len() > MAX_BYTES {
            return Err(MrzError::TooLong { bytes: text.len(), limit: MAX_BYTES });
        }
        let mut reader = Reader::default();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'A'..=b'Z' | b'0'..=b'9' | b'<' => reader.push(byte),
                b'a'..=b'z' => reader.push(byte.to_ascii_uppercase()),
                b' ' | b'\t' => {}
                b'\n' | b'\r' => reader.end_line(),
                _ => {
                    let Some(other) = text[at..].chars().next() else { break };
                    reader.other(other);
                    at += other.len_utf8();
                    continue;
                }
            }
            at += 1;
        }
        reader.finish()
    }
}

/// Collects lines; more than a zone can hold is counted but not kept.
struct Reader {
    chars: [u8; MAX_CHARS],
    len: usize,
    line_start: usize,
    lines: [usize; 3],
    line_count: usize,
    excess: Vec<usize>,
    strange: Vec<Position>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            chars: [b'<'; MAX_CHARS],
            len: 0,
            line_start: 0,
            lines: [0; 3],
            line_count: 0,
            excess: Vec::new(),
            strange: Vec::new(),
        }
    }
}

impl Reader {
    fn push(&mut self, char: u8) {
        if let Some(place) = self.chars.get_mut(self.len) {
            *place = char;
        }
        self.len += 1;
    }

    /// What text recognition puts in place of fillers, invisible characters, and what has no place in a zone.
    fn other(&mut self, char: char) {
        match char {
            '\u{AB}' | '\u{300A}' | '\u{226A}' => {
                self.push(b'<');
                self.push(b'<');
            }
            '\u{2039}' | '\u{3008}' | '\u{FF1C}' => self.push(b'<'),
            '\u{FEFF}' => {}
            _ if char.is_whitespace() => {}
            _ => {
                self.strange
                    .push(Position { line: self.line_count + 1, column: self.len - self.line_start + 1 });
                self.push(b'<');
            }
        }
    }

    fn end_line(&mut self) {
        let length = self.len - self.line_start;
        if length == 0 {
            return;
        }
        match self.lines.get_mut(self.line_count) {
            Some(line) => *line = length,
            None => self.excess.push(length),
        }
        self.line_count += 1;
        self.line_start = self.len;
    }

    fn finish(mut self) -> Result<Zone, MrzError> {
        self.end_line();
        let visa = self.chars[0] == b'V';
        let format = match (self.line_count, self.lines) {
            (0, _) => return Err(MrzError::Empty),
            (3, [30, 30, 30]) | (1, [90, ..]) => Format::Td1,
            (2, [36, 36, _]) | (1, [72, ..]) if visa => Format::MrvB,
            (2, [36, 36, _]) | (1, [72, ..]) if is_french(&self.chars) => Format::FrenchId,
            (2, [36, 36, _]) | (1, [72, ..]) => Format::Td2,
            (2, [44, 44, _]) | (1, [88, ..]) if visa => Format::MrvA,
            (2, [44, 44, _]) | (1, [88, ..]) => Format::Td3,
            _ => {
                let first = self.lines.iter().take(self.line_count);
                return Err(MrzError::Shape { lines: first.chain(&self.excess).copied().collect() });
            }
        };
        if !self.strange.is_empty() {
            return Err(MrzError::Characters { at: self.strange });
        }
        Ok(Zone { format, chars: self.chars })
    }
}

/// `IDFRA` on two lines of 36 is the old French card, also where its first letters were read as digits.
fn is_french(chars: &[u8; MAX_CHARS]) -> bool {
    matches!(chars[0], b'I' | b'1' | b'L')
        && matches!(chars[1], b'D' | b'0' | b'O' | b'Q')
        && &chars[2..5] == b"FRA"
}

/// A place in the text, both counted from 1; blank lines and blanks do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// Why a text is no machine-readable zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MrzError {
    /// There is nothing to read.
    #[error("the text is empty")]
    Empty,
    /// The text is far longer than any zone.
    #[error("the text has {bytes} bytes, more than the {limit} that are looked at")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The lines have not the number and lengths of any format.
    #[error(
        "lines of {lines:?} characters; a zone has 3 of 30 (TD1), 2 of 36 (TD2, MRV-B) or 2 of 44 (TD3, MRV-A)"
    )]
    Shape {
        /// The length of each line that is not blank.
        lines: Vec<usize>,
    },
    /// There are characters other than A-Z, 0-9 and `<` (9303-3, section 4.3).
    #[error("{} characters are not of A-Z, 0-9 and <", at.len())]
    Characters {
        /// Where.
        at: Vec<Position>,
    },
}

//! From likenesses to the text of a zone.
//!
//! Three things help where characters look alike, in this order: the kind of character that a field can hold, the list
//! of states, and check digits. None of them may contradict what is clearly seen: each can choose only between
//! characters that the cell looks nearly equally like, and what check digits chose is counted and told. A zone whose
//! print is wrong must be read as wrong.

use lineward_core::evidence::CheckResult;

use super::cells::{Likeness, best};
use super::glyph::{CHARS, COUNT};
use crate::mrz::{self, CheckName, Format, Kind};
use crate::state::StateCode;

/// How much less a cell may look like a character that its field allows than like one that it does not. Letters and
/// digits of one shape (`0` and `O`, `8` and `B`) differ by less than 0.1 in sharp print; wholly other characters by
/// more than 0.3.
const KIND_MARGIN: f32 = 0.25;

/// How much less a cell may look like the character that a check digit asks for. One of ten readings satisfies any check
/// digit by chance, so it chooses only where the picture does not: one character's likeness to itself varies by this
/// much within one zone.
const CHECK_MARGIN: f32 = 0.03;

/// The same for the three letters of a state together, which a list of 250 in 17,576 supports.
const STATE_MARGIN: f32 = 0.3;

/// How far the second best must be behind before a cell counts as an example of its character.
const SURE_MARGIN: f32 = 0.04;

/// The text of a zone as it was made out.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) format: Format,
    /// All characters, lines joined.
    pub(super) chars: Vec<u8>,
    /// Cells in which a check digit chose between characters that look nearly alike.
    pub(super) by_check_digit: usize,
}

impl Settled {
    pub(super) fn text(&self) -> String {
        let (_, width) = mrz::shape(self.format);
        let lines: Vec<_> = self.chars.chunks(width).map(|line| String::from_utf8_lossy(line)).collect();
        lines.join("\n")
    }
}

/// The formats that this many rows of cells can have.
pub(super) fn formats(rows: usize, count: usize) -> &'static [Format] {
    match (rows, count) {
        (3, 30) => &[Format::Td1],
        (2, 36) => &[Format::Td2, Format::MrvB, Format::FrenchId],
        (2, 44) => &[Format::Td3, Format::MrvA],
        _ => &[],
    }
}

/// Reads the cells by their kinds alone, in the format that the first of them look most like.
pub(super) fn by_kind(cells: &[Likeness], formats: &[Format]) -> Option<Settled> {
    let readings = formats.iter().map(|format| {
        let kinds = mrz::kinds(*format);
        let chars: Vec<u8> = cells.iter().zip(&kinds).map(|(cell, kind)| allowed(cell, *kind)).collect();
        // `I` begins TD2 and the French card, which differ in the two places after it.
        let begins: &[u8] = if *format == Format::FrenchId { b"IDFRA" } else { b"" };
        let seen: f32 = if begins.is_empty() {
            cells.iter().zip(&chars).take(5).map(|(cell, char)| like(cell, *char)).sum()
        } else {
            // Shorter by a hair, so that it wins only when it is what is there.
            cells.iter().zip(begins).map(|(cell, char)| like(cell, *char)).sum::<f32>() + 0.001
        };
        (seen, Settled { format: *format, chars, by_check_digit: 0 })
    });
    readings.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, settled)| settled)
}

/// The share of cells that look, as nearly as letters look like digits, most like what their kind allows; only places that
/// do not allow everything count. Stripes and other text have letters and digits in the wrong places.
pub(super) fn fitting(cells: &[Likeness], settled: &Settled) -> f32 {
    let kinds = mrz::kinds(settled.format);
    let places = cells.iter().zip(&kinds).filter(|(_, kind)| **kind != Kind::Any);
    let (mut fitting, mut count) = (0, 0);
    for (cell, kind) in places {
        let allowed = (0..COUNT).filter(|c| kind.allows(CHARS[*c])).map(|c| cell[c]).fold(f32::MIN, f32::max);
        fitting += usize::from(best(cell).1 - allowed < LOOKALIKE_MARGIN);
        count += 1;
    }
    fitting as f32 / count.max(1) as f32
}

/// How much less a cell may look like a character of its kind before it looks like one of another: `0` and `O`, `1` and `I`
/// in small print.
const LOOKALIKE_MARGIN: f32 = 0.06;

/// The cells that surely hold what they were read as, as (cell, index into [`CHARS`]).
pub(super) fn sure(cells: &[Likeness], settled: &Settled) -> Vec<(usize, usize)> {
    let kinds = mrz::kinds(settled.format);
    let mut sure = Vec::new();
    for (at, (cell, kind)) in cells.iter().zip(&kinds).enumerate() {
        let here = settled.chars[at];
        let others = (0..COUNT).filter(|c| CHARS[*c] != here && kind.allows(CHARS[*c]));
        let second = others.map(|c| cell[c]).fold(f32::MIN, f32::max);
        if like(cell, here) > 0.5 && like(cell, here) - second > SURE_MARGIN {
            sure.extend(index(here).map(|char| (at, char)));
        }
    }
    sure
}

/// Lets the list of states choose where letters look nearly alike.
pub(super) fn by_states(cells: &[Likeness], settled: &mut Settled) {
    for start in mrz::states(settled.format) {
        settle_state(cells, &mut settled.chars, start);
    }
}

/// Lets the check digits choose where characters look nearly alike.
pub(super) fn by_check_digits(cells: &[Likeness], settled: &mut Settled) {
    let kinds = mrz::kinds(settled.format);
    // The composite comes last: it covers what the others have settled.
    for check in CheckName::ALL {
        settle_check(cells, &kinds, settled, *check);
    }
}

fn settle_state(cells: &[Likeness], chars: &mut [u8], start: usize) {
    let Some(places) = cells.get(start..start + 3) else { return };
    let code = |chars: [u8; 3]| StateCode::from_chars(chars).is_listed();
    let read = [chars[start], chars[start + 1], chars[start + 2]];
    if code(read) {
        return;
    }
    let seen: f32 = places.iter().zip(read).map(|(cell, char)| like(cell, char)).sum();
    let mut found: Option<(f32, [u8; 3])> = None;
    let near = |at: usize| -> Vec<u8> {
        let floor = like(&places[at], read[at]) - STATE_MARGIN;
        CHARS.iter().copied().filter(|c| Kind::Letter.allows(*c) && like(&places[at], *c) >= floor).collect()
    };
    let (first, second, third) = (near(0), near(1), near(2));
    for a in &first {
        for b in &second {
            for c in &third {
                let sum = like(&places[0], *a) + like(&places[1], *b) + like(&places[2], *c);
                if sum > seen - STATE_MARGIN && found.is_none_or(|(best, _)| sum > best) && code([*a, *b, *c])
                {
                    found = Some((sum, [*a, *b, *c]));
                }
            }
        }
    }
    if let Some((_, state)) = found {
        chars[start..start + 3].copy_from_slice(&state);
    }
}

/// One cell exchanged for what it looks nearly as much like, so that a failing check digit agrees. Never two: some pair
/// of exchanges satisfies nearly every check digit, a wrongly printed one too.
fn settle_check(cells: &[Likeness], kinds: &[Kind], settled: &mut Settled, check: CheckName) {
    let format = settled.format;
    let result = |chars: &[u8]| mrz::check_digits(format, chars)[check as usize].result;
    if result(&settled.chars) != CheckResult::Fail {
        return;
    }
    let failed = |chars: &[u8]| {
        mrz::check_digits(format, chars).iter().filter(|check| check.result == CheckResult::Fail).count()
    };
    let before = failed(&settled.chars);
    // A composite that fails because a field in it does is right to fail.
    if check == CheckName::Composite && before > 1 {
        return;
    }
    let mut exchanges: Vec<(f32, usize, u8)> = Vec::new();
    for at in mrz::covered(format, &settled.chars, check) {
        let (Some(cell), Some(kind)) = (cells.get(at), kinds.get(at)) else { continue };
        let here = like(cell, settled.chars[at]);
        let others = CHARS.iter().filter(|c| **c != settled.chars[at] && kind.allows(**c));
        exchanges.extend(
            others.map(|c| (here - like(cell, *c), at, *c)).filter(|(price, ..)| *price < CHECK_MARGIN),
        );
    }
    exchanges.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, at, char) in exchanges {
        let mut chars = settled.chars.clone();
        chars[at] = char;
        if failed(&chars) < before {
            settled.chars = chars;
            settled.by_check_digit += 1;
            return;
        }
    }
}

/// The likeliest character that the kind allows, unless another is clearly seen.
fn allowed(cell: &Likeness, kind: Kind) -> u8 {
    let (seen, most) = best(cell);
    let fitting = (0..COUNT).filter(|c| kind.allows(CHARS[*c])).max_by(|a, b| cell[*a].total_cmp(&cell[*b]));
    match fitting {
        Some(c) if cell[c] >= most - KIND_MARGIN => CHARS[c],
        _ => CHARS[seen],
    }
}

fn like(cell: &Likeness, char: u8) -> f32 {
    index(char).map_or(-1.0, |i| cell[i])
}

fn index(char: u8) -> Option<usize> {
    match char {
        b'<' => Some(0),
        b'0'..=b'9' => Some(usize::from(char - b'0') + 1),
        b'A'..=b'Z' => Some(usize::from(char - b'A') + 11),
        _ => None,
    }
}

//! Characters that text recognition confuses, and the readings that satisfy all check digits.
//!
//! Two steps. First what the kind of a field forces: a letter where only digits can stand becomes the digit that
//! looks like it, and the reverse in names and states. Only if check digits still disagree, the characters of
//! document number and optional data are exchanged with those that look like them, and every combination that
//! satisfies all check digits is a candidate. A field whose own check digit agrees is left alone unless nothing else
//! helps: the fewest assumptions first.

use jiff::civil::Date;
use lineward_core::evidence::CheckResult;

use super::Format;
use super::check_digit;
use super::fields::{self, Fields, number_parts};
use super::layout::{self, Layout, Span};
use super::zone::{MAX_CHARS, Zone};
use crate::state::StateCode;

/// A reading in which all check digits agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its fields.
    pub fields: Fields,
    /// Its lines.
    pub lines: Vec<String>,
    /// What was exchanged to get it.
    pub repairs: Vec<Repair>,
}

/// One exchanged character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repair {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in it, counted from 1.
    pub column: usize,
    /// What was read.
    pub read: char,
    /// What it is taken for.
    pub taken: char,
}

/// How many candidates are listed. A person has to choose anyway when there is more than one.
const MAX_CANDIDATES: usize = 32;

/// How many characters may be exchanged freely. A zone with more misread ones needs a better picture, and each further
/// one multiplies the readings that agree by chance.
const MAX_EXCHANGES: usize = 3;

/// How many readings are tried for one zone. All with three exchanges over the fields of a passport are about as many;
/// they take 2 ms (docs/decisions/0020).
const MAX_TRIES: usize = 50_000;

/// Characters that recognition confuses: a digit, then the letters like it, likeliest first.
const LOOKALIKES: [&[u8]; 6] = [b"0ODQ", b"1IL", b"2Z", b"5S", b"6G", b"8B"];

type Chars = [u8; MAX_CHARS];

/// All candidates for a zone that is not consistent, fewest exchanges first, and whether there may be more.
pub(super) fn candidates(zone: &Zone, today: Date) -> (Vec<Candidate>, bool) {
    let layout = zone.layout();
    let Some(forced) = force_kinds(zone, layout) else { return (Vec::new(), false) };
    if !check_digit::dates_agree(&forced, layout) {
        // Dates and their check digits hold digits only now, and no digit looks like another.
        return (Vec::new(), false);
    }
    let mut tries = MAX_TRIES;
    let mut readings = Vec::new();
    for chars in state_readings(forced, layout) {
        free_readings(zone.format, chars, &mut tries, &mut readings);
    }
    readings.retain(|chars| *chars != zone.chars);
    readings.sort_by_key(|chars| distance(chars, &zone.chars));
    let more = readings.len() > MAX_CANDIDATES || tries == 0;
    readings.truncate(MAX_CANDIDATES);
    (readings.into_iter().map(|chars| candidate(zone, chars, layout, today)).collect(), more)
}

fn candidate(zone: &Zone, chars: Chars, layout: &Layout, today: Date) -> Candidate {
    let (fields, _) = fields::read(&Zone { format: zone.format, chars }, today);
    let lines =
        chars[..layout.len()].chunks(layout.width).map(|line| String::from_utf8_lossy(line).into_owned());
    let changed = (0..layout.len()).filter(|at| chars[*at] != zone.chars[*at]);
    let repairs = changed.map(|at| Repair {
        line: at / layout.width + 1,
        column: at % layout.width + 1,
        read: char::from(zone.chars[at]),
        taken: char::from(chars[at]),
    });
    Candidate { fields, lines: lines.collect(), repairs: repairs.collect() }
}

fn distance(one: &Chars, other: &Chars) -> usize {
    one.iter().zip(other).filter(|(a, b)| a != b).count()
}

/// Digits where digits must stand, letters where letters must. `None` when some date or check digit holds what no
/// digit looks like: then no reading can satisfy it.
fn force_kinds(zone: &Zone, layout: &Layout) -> Option<Chars> {
    let mut chars = zone.chars;
    let spans = [layout.birth.span].into_iter().chain(layout.expiry.map(|field| field.span));
    for at in spans.chain(layout.digits.iter().copied()).flat_map(Span::positions) {
        if chars[at] != b'<' {
            chars[at] = digit(chars[at])?;
        }
    }
    let required = [Some(layout.birth.digit), layout.expiry.map(|field| field.digit), layout.composite_digit];
    for at in required.into_iter().flatten() {
        chars[at] = digit(chars[at])?;
    }
    for at in [layout.number.digit].into_iter().chain(layout.optional_digit) {
        if chars[at] != b'<' {
            chars[at] = digit(chars[at])?;
        }
    }
    let end_of_number = number_parts(&chars, layout).digit;
    chars[end_of_number] = digit(chars[end_of_number])?;
    let names = layout.names.positions().chain(layout.secondary.into_iter().flat_map(Span::positions));
    for at in names.chain([0, 1]) {
        // What looks like no letter stays: no check digit covers a name, and the finding remains.
        chars[at] = letter(chars[at]).unwrap_or(chars[at]);
    }
    if zone.format == Format::FrenchId {
        chars[..2].copy_from_slice(b"ID");
    }
    Some(chars)
}

fn digit(char: u8) -> Option<u8> {
    if char.is_ascii_digit() {
        return Some(char);
    }
    LOOKALIKES.iter().find(|group| group.contains(&char)).map(|group| group[0])
}

fn letter(char: u8) -> Option<u8> {
    LOOKALIKES.iter().find(|group| group[0] == char).map(|group| group[1])
}

/// The digit for a letter, the letters for a digit.
fn lookalikes(char: u8) -> impl Iterator<Item = u8> {
    let group = LOOKALIKES.iter().find(|group| group.contains(&char)).copied().unwrap_or_default();
    group.iter().copied().filter(move |other| other.is_ascii_digit() != char.is_ascii_digit())
}

/// A code that is not listed becomes every listed one that looks like it; without any it stays.
fn state_readings(chars: Chars, layout: &Layout) -> Vec<Chars> {
    let mut readings = vec![chars];
    for span in [Some(layout.issuing_state), layout.nationality].into_iter().flatten() {
        let listed = |chars: &Chars| {
            StateCode::from_chars([chars[span.0], chars[span.0 + 1], chars[span.0 + 2]]).is_listed()
        };
        if listed(&chars) {
            continue;
        }
        let mut next = Vec::new();
        for reading in &readings {
            exchange(*reading, &span.positions().collect::<Vec<_>>(), span.1 - span.0, &mut |chars| {
                if listed(chars) {
                    next.push(*chars);
                }
                true
            });
        }
        if !next.is_empty() {
            readings = next;
        }
    }
    readings
}

/// Adds the readings in which all check digits agree.
fn free_readings(format: Format, chars: Chars, tries: &mut usize, found: &mut Vec<Chars>) {
    let agrees = |chars: &Chars| check_digit::all_agree(&Zone { format, chars: *chars });
    if agrees(&chars) {
        return found.push(chars);
    }
    let layout = layout::of(format);
    let number_suspect = check_digit::number(&chars, layout) == CheckResult::Fail;
    let optional_suspect = check_digit::optional(&chars, layout) == CheckResult::Fail || !number_suspect;
    let number = number_positions(&chars, layout);
    let optional = optional_positions(&chars, layout);
    let before = found.len();
    for (number_open, optional_open) in [(number_suspect, optional_suspect), (true, true)] {
        let open = number_open.then_some(&number).into_iter().chain(optional_open.then_some(&optional));
        let positions: Vec<usize> = open.flatten().copied().collect();
        exchange(chars, &positions, MAX_EXCHANGES, &mut |chars| {
            *tries = tries.saturating_sub(1);
            if agrees(chars) {
                found.push(*chars);
            }
            *tries > 0
        });
        if found.len() > before {
            return;
        }
    }
}

fn number_positions(chars: &Chars, layout: &Layout) -> Vec<usize> {
    let only_digits = |at: &usize| layout.digits.iter().any(|span| span.positions().contains(at));
    let rest = number_parts(chars, layout).rest;
    layout.number.span.positions().chain(rest.positions()).filter(|at| !only_digits(at)).collect()
}

fn optional_positions(chars: &Chars, layout: &Layout) -> Vec<usize> {
    let first = number_parts(chars, layout).optional;
    first.positions().chain(layout.optional_2.into_iter().flat_map(Span::positions)).collect()
}

/// Visits every way to exchange up to `most` of the positions with lookalikes, fewest first, until `visit` says no.
fn exchange(chars: Chars, positions: &[usize], most: usize, visit: &mut dyn FnMut(&Chars) -> bool) {
    for exchanges in 0..=most {
        if !exchange_exactly(chars, positions, exchanges, visit) {
            return;
        }
    }
}

fn exchange_exactly(
    chars: Chars,
    positions: &[usize],
    exchanges: usize,
    visit: &mut dyn FnMut(&Chars) -> bool,
) -> bool {
    if exchanges == 0 {
        return visit(&chars);
    }
    positions.iter().enumerate().all(|(index, at)| {
        lookalikes(chars[*at]).all(|other| {
            let mut exchanged = chars;
            exchanged[*at] = other;
            exchange_exactly(exchanged, &positions[index + 1..], exchanges - 1, visit)
        })
    })
}

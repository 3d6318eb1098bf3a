//! Characters that text recognition confuses, and the readings that satisfy all check digits.
//!
//! Two steps. First what the kind of a field forces: a letter where only digits can stand becomes the digit that
//! looks like it, and the reverse in names and states. Only if check digits still disagree, the characters of
//! document number and optional data are exchanged with those that look like them, and every combination that
//! satisfies all check digits is a candidate. A field whose own check digit agrees is left alone unless nothing else
//! helps: the fewest assumptions first.

use jiff::civil::Date;
use lineward_core::evidence::CheckResult;

use super::check_digit;
use super::fields::{self, Fields, number_parts};
use super::layout::{Layout, Span};
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

/// How many characters of one field may be exchanged freely. A field with more misread characters needs a better
/// picture, and each further one multiplies the readings that agree by chance.
const MAX_EXCHANGES: usize = 3;

/// How many readings of one field are kept for combination with those of another; bounds the work to the square.
const MAX_READINGS: usize = 128;

/// Characters that look alike in OCR-B, digit first, then letters by likelihood.
const LOOKALIKES: [&[u8]; 6] = [b"0ODQ", b"1IL", b"2Z", b"5S", b"6G", b"8B"];

type Chars = [u8; MAX_CHARS];

/// All candidates for a zone that is not consistent, fewest exchanges first, and whether there are more.
pub(super) fn candidates(zone: &Zone, today: Date) -> (Vec<Candidate>, bool) {
    let layout = zone.layout();
    let Some(forced) = force_kinds(zone, layout) else { return (Vec::new(), false) };
    let mut readings = Vec::new();
    for chars in state_readings(forced, layout) {
        readings.extend(free_readings(zone, chars, layout));
    }
    readings.retain(|chars| chars[..layout.len()] != zone.chars[..layout.len()]);
    readings.sort_by_key(|chars| distance(chars, &zone.chars));
    let more = readings.len() > MAX_CANDIDATES;
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

fn lookalikes(char: u8) -> impl Iterator<Item = u8> {
    let group = LOOKALIKES.iter().find(|group| group.contains(&char)).copied().unwrap_or_default();
    group.iter().copied().filter(move |other| *other != char)
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
            });
        }
        if !next.is_empty() {
            readings = next;
        }
    }
    readings
}

/// The readings in which all check digits agree.
fn free_readings(zone: &Zone, chars: Chars, layout: &Layout) -> Vec<Chars> {
    let agrees = |chars: &Chars| {
        let checks = check_digit::checks(&Zone { format: zone.format, chars: *chars });
        checks.iter().all(|check| check.result != CheckResult::Fail)
    };
    if agrees(&chars) {
        return vec![chars];
    }
    let number_agrees = |chars: &Chars| check_digit::number(chars, layout) == CheckResult::Pass;
    let optional_agrees = |chars: &Chars| check_digit::optional(chars, layout) != CheckResult::Fail;
    let number_suspect = !number_agrees(&chars);
    let optional_suspect = !optional_agrees(&chars) || !number_suspect;
    let number = number_positions(&chars, layout);
    let optional = optional_positions(&chars, layout);
    let mut found = Vec::new();
    for (number_open, optional_open) in [(number_suspect, optional_suspect), (true, true)] {
        let numbers = if number_open { field_readings(chars, &number, &number_agrees) } else { vec![chars] };
        for reading in numbers {
            if optional_open {
                found.extend(field_readings(reading, &optional, &|chars| {
                    optional_agrees(chars) && agrees(chars)
                }));
            } else if agrees(&reading) {
                found.push(reading);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
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

/// The field as it is and with up to [`MAX_EXCHANGES`] exchanges, as far as `agrees`; fewest exchanges first.
fn field_readings(chars: Chars, positions: &[usize], agrees: &dyn Fn(&Chars) -> bool) -> Vec<Chars> {
    let mut found = Vec::new();
    for exchanges in 0..=MAX_EXCHANGES {
        exchange_exactly(chars, positions, exchanges, &mut |chars| {
            if found.len() < MAX_READINGS && agrees(chars) {
                found.push(*chars);
            }
        });
    }
    found
}

fn exchange(chars: Chars, positions: &[usize], most: usize, visit: &mut dyn FnMut(&Chars)) {
    for exchanges in 0..=most {
        exchange_exactly(chars, positions, exchanges, visit);
    }
}

/// Visits every way to exchange exactly this many of the positions with lookalikes.
fn exchange_exactly(chars: Chars, positions: &[usize], exchanges: usize, visit: &mut dyn FnMut(&Chars)) {
    if exchanges == 0 {
        return visit(&chars);
    }
    for (index, at) in positions.iter().enumerate() {
        for other in lookalikes(chars[*at]) {
            let mut exchanged = chars;
            exchanged[*at] = other;
            exchange_exactly(exchanged, &positions[index + 1..], exchanges - 1, visit);
        }
    }
}

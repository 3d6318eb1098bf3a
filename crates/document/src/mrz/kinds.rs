//! What can stand where in a zone, for whoever has to choose between readings of a character.

use super::fields::number_parts;
use super::layout::{self, Layout, Span};
use super::zone::{MAX_CHARS, Zone};
use super::{Check, CheckName, Format, check_digit};

/// What can stand at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of these letters: the first of the document code.
    OneOf(&'static [u8]),
    /// A letter or the filler.
    Letter,
    /// A digit: check digits that no format leaves out.
    Digit,
    /// A digit or the filler: dates with unknown parts, check digits of fields that may be empty.
    DigitOrFiller,
    /// `M`, `F` or the filler; `X` is met.
    Sex,
    /// Any character of a zone.
    Any,
}

impl Kind {
    pub(crate) fn allows(self, char: u8) -> bool {
        match self {
            Kind::OneOf(letters) => letters.contains(&char),
            Kind::Letter => char.is_ascii_uppercase() || char == b'<',
            Kind::Digit => char.is_ascii_digit(),
            Kind::DigitOrFiller => char.is_ascii_digit() || char == b'<',
            Kind::Sex => matches!(char, b'M' | b'F' | b'<' | b'X'),
            Kind::Any => true,
        }
    }
}

/// The kind of every place of a format, lines joined.
pub(crate) fn kinds(format: Format) -> Vec<Kind> {
    let layout = layout::of(format);
    let mut kinds = vec![Kind::Any; layout.len()];
    let mut set = |span: Span, kind| kinds[span.0..span.1].fill(kind);
    for span in [Some(layout.issuing_state), layout.nationality, Some(layout.names), layout.secondary] {
        span.into_iter().for_each(|span| set(span, Kind::Letter));
    }
    for field in [Some(layout.birth), layout.expiry].into_iter().flatten() {
        set(field.span, Kind::DigitOrFiller);
        set(Span(field.digit, field.digit + 1), Kind::DigitOrFiller);
    }
    for at in [Some(layout.number.digit), layout.optional_digit].into_iter().flatten() {
        set(Span(at, at + 1), Kind::DigitOrFiller);
    }
    layout.digits.iter().for_each(|span| set(*span, Kind::Digit));
    layout.composite_digit.into_iter().for_each(|at| set(Span(at, at + 1), Kind::Digit));
    set(Span(layout.sex, layout.sex + 1), Kind::Sex);
    kinds[0] = Kind::OneOf(layout.first_letters);
    kinds[1] = Kind::Letter;
    kinds
}

/// Lines of a format, and characters in one.
pub(crate) fn shape(format: Format) -> (usize, usize) {
    let layout = layout::of(format);
    (layout.lines, layout.width)
}

/// Where the issuing state and the nationality begin.
pub(crate) fn states(format: Format) -> impl Iterator<Item = usize> {
    let layout = layout::of(format);
    [Some(layout.issuing_state), layout.nationality].into_iter().flatten().map(|span| span.0)
}

/// The check digits over these characters of a zone, lines joined.
pub(crate) fn check_digits(format: Format, zone: &[u8]) -> [Check; 5] {
    check_digit::checks(&Zone { format, chars: chars(zone) })
}

/// The places that one check digit covers, its own included.
pub(crate) fn covered(format: Format, zone: &[u8], check: CheckName) -> Vec<usize> {
    let layout: &Layout = layout::of(format);
    let field = |span: Span, digit: usize| span.positions().chain([digit]).collect();
    match check {
        CheckName::DocumentNumber => {
            let parts = number_parts(&chars(zone), layout);
            layout.number.span.positions().chain(parts.rest.positions()).chain([parts.digit]).collect()
        }
        CheckName::BirthDate => field(layout.birth.span, layout.birth.digit),
        CheckName::ExpiryDate => layout.expiry.map(|f| field(f.span, f.digit)).unwrap_or_default(),
        CheckName::OptionalData => {
            layout.optional_digit.map(|digit| field(layout.optional, digit)).unwrap_or_default()
        }
        CheckName::Composite => {
            let spans = layout.composite.iter().flat_map(|span| span.positions());
            layout.composite_digit.into_iter().flat_map(|digit| spans.clone().chain([digit])).collect()
        }
    }
}

fn chars(zone: &[u8]) -> [u8; MAX_CHARS] {
    let mut chars = [b'<'; MAX_CHARS];
    chars.iter_mut().zip(zone).for_each(|(to, from)| *to = *from);
    chars
}

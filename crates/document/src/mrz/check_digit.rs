//! Check digits: weights 7, 3, 1, modulus 10 (9303-3, section 4.9).

use lineward_core::evidence::CheckResult;

use super::fields::number_parts;
use super::layout::{Checked, Layout, Span};
use super::zone::Zone;
use super::{Check, CheckName};

/// All check digits of a zone, in the order of [`CheckName::ALL`].
pub(super) fn checks(zone: &Zone) -> [Check; 5] {
    let (chars, layout) = (&zone.chars, zone.layout());
    let check = |name, result| Check { name, result };
    [
        check(CheckName::DocumentNumber, number(chars, layout)),
        check(CheckName::BirthDate, simple(chars, layout.birth)),
        check(
            CheckName::ExpiryDate,
            layout.expiry.map_or(CheckResult::NotChecked, |expiry| simple(chars, expiry)),
        ),
        check(CheckName::OptionalData, optional(chars, layout)),
        check(CheckName::Composite, composite(chars, layout)),
    ]
}

/// Whether no check digit fails; stops at the first that does.
pub(super) fn all_agree(zone: &Zone) -> bool {
    let (chars, layout) = (&zone.chars, zone.layout());
    number(chars, layout) != CheckResult::Fail
        && optional(chars, layout) != CheckResult::Fail
        && composite(chars, layout) != CheckResult::Fail
        && dates_agree(chars, layout)
}

/// Whether neither date's check digit fails.
pub(super) fn dates_agree(chars: &[u8], layout: &Layout) -> bool {
    simple(chars, layout.birth) != CheckResult::Fail
        && layout.expiry.is_none_or(|expiry| simple(chars, expiry) != CheckResult::Fail)
}

/// The check digit over these characters, as an ASCII digit.
pub(super) fn digit_over<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u8 {
    let mut sum = Sum::default();
    for part in parts {
        sum.add(part);
    }
    sum.digit()
}

/// Over a long number the filler in between does not count (9303-5, section 4.2.4, note). Some issuers count it, among
/// them Belgium, so both ways are accepted; the composite digit still covers every character.
pub(super) fn number(chars: &[u8], layout: &Layout) -> CheckResult {
    let parts = number_parts(chars, layout);
    let (principal, rest, digit) = (layout.number.span, parts.rest.of(chars), chars[parts.digit]);
    let plain = digit_over([principal.of(chars), rest]) == digit;
    let with_filler = Span(principal.0, layout.number.digit + 1).of(chars);
    verdict(plain || (parts.digit != layout.number.digit && digit_over([with_filler, rest]) == digit))
}

fn simple(chars: &[u8], field: Checked) -> CheckResult {
    verdict(digit_over([field.span.of(chars)]) == chars[field.digit])
}

/// Only TD3 has this digit; over an empty field it may be `0` or a filler (9303-4, section 4.2.2.2, note on
/// positions 29 to 42).
pub(super) fn optional(chars: &[u8], layout: &Layout) -> CheckResult {
    let Some(digit) = layout.optional_digit else { return CheckResult::NotChecked };
    let field = layout.optional.of(chars);
    let empty = field.iter().all(|c| *c == b'<');
    verdict((empty && chars[digit] == b'<') || digit_over([field]) == chars[digit])
}

fn composite(chars: &[u8], layout: &Layout) -> CheckResult {
    match layout.composite_digit {
        Some(digit) => verdict(composite_digit(chars, layout.composite) == chars[digit]),
        None => CheckResult::NotChecked,
    }
}

pub(super) fn composite_digit(chars: &[u8], spans: &[Span]) -> u8 {
    digit_over(spans.iter().map(|span| span.of(chars)))
}

fn verdict(agrees: bool) -> CheckResult {
    if agrees { CheckResult::Pass } else { CheckResult::Fail }
}

/// A running weighted sum.
#[derive(Default)]
struct Sum {
    total: u32,
    position: usize,
}

impl Sum {
    fn add(&mut self, chars: &[u8]) {
        const WEIGHTS: [u32; 3] = [7, 3, 1];
        for char in chars {
            self.total += WEIGHTS[self.position] * u32::from(VALUES[usize::from(*char)]);
            self.position = if self.position == 2 { 0 } else { self.position + 1 };
        }
    }

    fn digit(&self) -> u8 {
        // A remainder of ten fits a byte.
        b'0' + (self.total % 10) as u8
    }
}

/// 0-9 count as themselves, A-Z as 10 to 35, the filler as 0.
static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [0; 256];
    let mut c = 0;
    while c < 256 {
        values[c] = match c as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            letter @ b'A'..=b'Z' => letter - b'A' + 10,
            _ => 0,
        };
        c += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_come_out() {
        // 9303-3, appendix A, examples 1 to 3.
        assert_eq!(digit_over([b"520727".as_slice()]), b'3');
        assert_eq!(digit_over([b"AB2134<<<".as_slice()]), b'5');
        assert_eq!(digit_over([b"HA672242<6".as_slice(), b"5802254", b"9601086<<<<<<<<<<<<<<0"]), b'8');
    }
}

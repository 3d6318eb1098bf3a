//! Where each field stands, counted from the first character of the joined lines.

use super::Format;

/// A run of characters: first position and the one after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(pub(super) usize, pub(super) usize);

impl Span {
    pub(super) fn of(self, chars: &[u8]) -> &[u8] {
        &chars[self.0..self.1]
    }

    pub(super) fn positions(self) -> std::ops::Range<usize> {
        self.0..self.1
    }
}

/// A field and the position of its check digit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked {
    pub(super) span: Span,
    pub(super) digit: usize,
}

const fn checked(start: usize, end: usize, digit: usize) -> Checked {
    Checked { span: Span(start, end), digit }
}

/// Everything about a format that is data.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) lines: usize,
    pub(super) width: usize,
    /// Letters a document code may begin with.
    pub(super) first_letters: &'static [u8],
    pub(super) issuing_state: Span,
    pub(super) nationality: Option<Span>,
    /// Both identifiers, or the primary one where `secondary` has a field of its own.
    pub(super) names: Span,
    pub(super) secondary: Option<Span>,
    pub(super) number: Checked,
    /// Whether a number of more than nine characters goes on in the optional field.
    pub(super) long_number: bool,
    pub(super) birth: Checked,
    pub(super) sex: usize,
    pub(super) expiry: Option<Checked>,
    pub(super) optional: Span,
    pub(super) optional_digit: Option<usize>,
    pub(super) optional_2: Option<Span>,
    pub(super) composite: &'static [Span],
    pub(super) composite_digit: Option<usize>,
    /// Where only digits can stand, apart from dates and check digits.
    pub(super) digits: &'static [Span],
}

impl Layout {
    pub(super) fn len(&self) -> usize {
        self.lines * self.width
    }
}

pub(super) fn of(format: Format) -> &'static Layout {
    match format {
        Format::Td1 => &TD1,
        Format::Td2 => &TD2,
        Format::Td3 => &TD3,
        Format::MrvA => &MRV_A,
        Format::MrvB => &MRV_B,
        Format::FrenchId => &FRENCH_ID,
    }
}

/// 9303-5, section 4.2.2; composite over upper line 6-30 and middle line 1-7, 9-15, 19-29 (section 4.2.4).
static TD1: Layout = Layout {
    lines: 3,
    width: 30,
    first_letters: b"ACI",
    issuing_state: Span(2, 5),
    nationality: Some(Span(45, 48)),
    names: Span(60, 90),
    secondary: None,
    number: checked(5, 14, 14),
    long_number: true,
    birth: checked(30, 36, 36),
    sex: 37,
    expiry: Some(checked(38, 44, 44)),
    optional: Span(15, 30),
    optional_digit: None,
    optional_2: Some(Span(48, 59)),
    composite: &[Span(5, 30), Span(30, 37), Span(38, 45), Span(48, 59)],
    composite_digit: Some(59),
    digits: &[],
};

/// 9303-6, section 4.2.2; composite over lower line 1-10, 14-20, 22-35 (section 4.2.4).
static TD2: Layout = Layout {
    lines: 2,
    width: 36,
    first_letters: b"ACI",
    issuing_state: Span(2, 5),
    nationality: Some(Span(46, 49)),
    names: Span(5, 36),
    secondary: None,
    number: checked(36, 45, 45),
    long_number: true,
    birth: checked(49, 55, 55),
    sex: 56,
    expiry: Some(checked(57, 63, 63)),
    optional: Span(64, 71),
    optional_digit: None,
    optional_2: None,
    composite: &[Span(36, 46), Span(49, 56), Span(57, 71)],
    composite_digit: Some(71),
    digits: &[],
};

/// 9303-4, section 4.2.2; composite over lower line 1-10, 14-20, 22-43 (section 4.2.4).
static TD3: Layout = Layout {
    lines: 2,
    width: 44,
    first_letters: b"P",
    issuing_state: Span(2, 5),
    nationality: Some(Span(54, 57)),
    names: Span(5, 44),
    secondary: None,
    number: checked(44, 53, 53),
    long_number: false,
    birth: checked(57, 63, 63),
    sex: 64,
    expiry: Some(checked(65, 71, 71)),
    optional: Span(72, 86),
    optional_digit: Some(86),
    optional_2: None,
    composite: &[Span(44, 54), Span(57, 64), Span(65, 87)],
    composite_digit: Some(87),
    digits: &[],
};

/// 9303-7, section 4: visas have no composite check digit and none over the optional data.
static MRV_A: Layout = Layout {
    lines: 2,
    width: 44,
    first_letters: b"V",
    issuing_state: Span(2, 5),
    nationality: Some(Span(54, 57)),
    names: Span(5, 44),
    secondary: None,
    number: checked(44, 53, 53),
    long_number: false,
    birth: checked(57, 63, 63),
    sex: 64,
    expiry: Some(checked(65, 71, 71)),
    optional: Span(72, 88),
    optional_digit: None,
    optional_2: None,
    composite: &[],
    composite_digit: None,
    digits: &[],
};

/// 9303-7, section 5.
static MRV_B: Layout = Layout {
    lines: 2,
    width: 36,
    first_letters: b"V",
    issuing_state: Span(2, 5),
    nationality: Some(Span(46, 49)),
    names: Span(5, 36),
    secondary: None,
    number: checked(36, 45, 45),
    long_number: false,
    birth: checked(49, 55, 55),
    sex: 56,
    expiry: Some(checked(57, 63, 63)),
    optional: Span(64, 72),
    optional_digit: None,
    optional_2: None,
    composite: &[],
    composite_digit: None,
    digits: &[],
};

/// The card of the French decree 55-1397 as issued from 1988: primary identifier and office code above; number (year
/// and month of issue, office, serial), given names, birth and sex below; the composite covers all before it.
static FRENCH_ID: Layout = Layout {
    lines: 2,
    width: 36,
    first_letters: b"I",
    issuing_state: Span(2, 5),
    nationality: None,
    names: Span(5, 30),
    secondary: Some(Span(49, 63)),
    number: checked(36, 48, 48),
    long_number: false,
    birth: checked(63, 69, 69),
    sex: 70,
    expiry: None,
    optional: Span(30, 36),
    optional_digit: None,
    optional_2: None,
    composite: &[Span(0, 71)],
    composite_digit: Some(71),
    digits: &[Span(36, 40), Span(43, 48)],
};

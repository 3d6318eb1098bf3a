//! From the characters of a zone to its fields, with everything odd about them.

use std::fmt;

use jiff::civil::Date;

use super::layout::{Layout, Span};
use super::zone::Zone;
use super::{Finding, Format};
use crate::dates::{PartialDate, birth_year, expiry_year};
use crate::facts::{DocumentKind, Names, Sex};
use crate::state::StateCode;

/// The fields of a zone, without fillers. What cannot be read as its type is `None` and has a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The one or two characters that the zone begins with.
    pub document_code: DocumentCode,
    /// What they mean.
    pub kind: DocumentKind,
    /// Who issued the document.
    pub issuing_state: StateCode,
    /// The holder's nationality; `None` where the format has no such field.
    pub nationality: Option<StateCode>,
    /// The number, put together from both its places where it is longer than nine characters.
    pub document_number: String,
    /// The holder's names.
    pub names: Names,
    /// The holder's birth date.
    pub birth_date: Option<PartialDate>,
    /// The sex stated.
    pub sex: Option<Sex>,
    /// The last valid day; `None` also where the format has no such field.
    pub expiry_date: Option<PartialDate>,
    /// The optional field, without what a long document number took of it; fillers inside became spaces.
    pub optional_data: String,
    /// The second optional field (middle line of TD1).
    pub optional_data_2: String,
}

/// The one or two characters that a zone begins with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentCode([u8; 2]);

impl DocumentCode {
    /// The code without its filler.
    pub fn as_str(&self) -> &str {
        let end = if self.0[1] == b'<' { 1 } else { 2 };
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    /// 9303-4 to -7, data element 1. `R` in second place is what issuers of residence cards use; 9303 leaves the
    /// second letter to them.
    fn kind(self) -> DocumentKind {
        match self.0 {
            [b'P', _] => DocumentKind::Passport,
            [b'V', _] => DocumentKind::Visa,
            [b'A', b'C'] => DocumentKind::CrewMemberCertificate,
            [b'A' | b'C' | b'I', b'R'] => DocumentKind::ResidencePermit,
            [b'A' | b'C' | b'I', _] => DocumentKind::IdentityCard,
            _ => DocumentKind::Other,
        }
    }
}

impl fmt::Display for DocumentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for DocumentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentCode({})", self.as_str())
    }
}

/// Reads every field and collects every finding.
pub(super) fn read(zone: &Zone, today: Date) -> (Fields, Vec<Finding>) {
    let (chars, layout) = (&zone.chars, zone.layout());
    let mut findings = Vec::new();
    let document_code = code(chars, zone.format, layout, &mut findings);
    let (issuing_state, nationality) = states(chars, layout, &mut findings);
    let (document_number, optional) = number(chars, layout, &mut findings);
    let names = names(chars, layout, &mut findings);
    let (birth_date, sex, expiry_date) = person_and_dates(chars, layout, today, &mut findings);
    let fields = Fields {
        document_code,
        kind: document_code.kind(),
        issuing_state,
        nationality,
        document_number,
        names,
        birth_date,
        sex,
        expiry_date,
        optional_data: words(optional.of(chars)),
        optional_data_2: layout.optional_2.map(|span| words(span.of(chars))).unwrap_or_default(),
    };
    (fields, findings)
}

/// Where the rest of a document number, its check digit and what is left of the optional field stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberParts {
    /// Empty for a number of up to nine characters.
    pub(super) rest: Span,
    pub(super) digit: usize,
    pub(super) optional: Span,
}

/// A filler in place of the check digit says that the number goes on at the beginning of the optional field, followed
/// by the check digit and a filler (9303-5 and 9303-6, section 4.2.2, note j).
pub(super) fn number_parts(chars: &[u8], layout: &Layout) -> NumberParts {
    let Span(start, end) = layout.optional;
    let short =
        NumberParts { rest: Span(start, start), digit: layout.number.digit, optional: layout.optional };
    if !layout.long_number || chars[layout.number.digit] != b'<' {
        return short;
    }
    let stop = (start..end).find(|at| chars[*at] == b'<').unwrap_or(end);
    if stop == start {
        return short;
    }
    NumberParts { rest: Span(start, stop - 1), digit: stop - 1, optional: Span(stop, end) }
}

fn code(chars: &[u8], format: Format, layout: &Layout, findings: &mut Vec<Finding>) -> DocumentCode {
    let code = [chars[0], chars[1]];
    let second_is_letter = code[1] == b'<' || code[1].is_ascii_uppercase();
    // 9303-5 and 9303-6, section 4.2.2, note k.
    let reserved = match format {
        Format::Td1 => code[1] == b'V' || code == *b"AI",
        Format::Td2 => code[1] == b'V' || code == *b"AC",
        Format::FrenchId => code != *b"ID",
        _ => false,
    };
    if !layout.first_letters.contains(&code[0]) || !second_is_letter || reserved {
        findings.push(Finding::DocumentCode);
    }
    DocumentCode(code)
}

fn states(chars: &[u8], layout: &Layout, findings: &mut Vec<Finding>) -> (StateCode, Option<StateCode>) {
    let at = |Span(start, _): Span| StateCode::from_chars([chars[start], chars[start + 1], chars[start + 2]]);
    let issuing_state = at(layout.issuing_state);
    let nationality = layout.nationality.map(at);
    if !issuing_state.is_listed() {
        findings.push(Finding::IssuingStateUnknown);
    }
    if nationality.is_some_and(|state| !state.is_listed()) {
        findings.push(Finding::NationalityUnknown);
    }
    if issuing_state.is_specimen() || nationality.is_some_and(|state| state.is_specimen()) {
        findings.push(Finding::Specimen);
    }
    (issuing_state, nationality)
}

fn number(chars: &[u8], layout: &Layout, findings: &mut Vec<Finding>) -> (String, Span) {
    let parts = number_parts(chars, layout);
    let principal = layout.number.span.of(chars);
    let rest = parts.rest.of(chars);
    let mut number = words(principal);
    if parts.digit != layout.number.digit && (rest.is_empty() || principal.contains(&b'<')) {
        findings.push(Finding::DocumentNumberLongForm);
    }
    if number.is_empty() {
        findings.push(Finding::DocumentNumberMissing);
    }
    number.push_str(std::str::from_utf8(rest).unwrap_or_default());
    (number, parts.optional)
}

fn names(chars: &[u8], layout: &Layout, findings: &mut Vec<Finding>) -> Names {
    let field = layout.names.of(chars);
    let (primary, secondary) = match layout.secondary {
        Some(span) => (field, span.of(chars)),
        None => split_names(field),
    };
    if field
        .iter()
        .chain(layout.secondary.map(|span| span.of(chars)).unwrap_or_default())
        .any(u8::is_ascii_digit)
    {
        findings.push(Finding::NameCharacters);
    }
    let names = Names { primary: words(primary), secondary: words(secondary) };
    match (names.primary.is_empty(), names.secondary.is_empty()) {
        (true, true) => findings.push(Finding::NameMissing),
        (true, false) => findings.push(Finding::NamePrimaryMissing),
        _ => {}
    }
    let filled = secondary.iter().rposition(|c| *c != b'<').map_or(0, |last| last + 1);
    if secondary[..filled].windows(2).any(|pair| pair == b"<<") {
        findings.push(Finding::NameSeparators);
    }
    if field.last() != Some(&b'<') || layout.secondary.is_some_and(|span| chars[span.1 - 1] != b'<') {
        findings.push(Finding::NameMayBeTruncated);
    }
    names
}

/// Two fillers separate the identifiers (9303-3, section 4.6).
fn split_names(field: &[u8]) -> (&[u8], &[u8]) {
    match field.windows(2).position(|pair| pair == b"<<") {
        Some(at) => (&field[..at], &field[at + 2..]),
        None => (field, &[]),
    }
}

fn person_and_dates(
    chars: &[u8],
    layout: &Layout,
    today: Date,
    findings: &mut Vec<Finding>,
) -> (Option<PartialDate>, Option<Sex>, Option<PartialDate>) {
    let field = layout.birth.span.of(chars);
    let century = |year, month, day| birth_year(year, month, day, today);
    let birth = match date(field, century) {
        None if zeros_for_unknown(field).is_some() => {
            findings.push(Finding::BirthDateZeros);
            zeros_for_unknown(field).and_then(|field| date(&field, century))
        }
        birth => birth,
    };
    match birth {
        None => findings.push(Finding::BirthDateInvalid),
        Some(date) if date.exact().is_none() => findings.push(Finding::BirthDatePartial),
        Some(_) => {}
    }
    // In the zone a filler stands for "unspecified" (9303-4, note f); X belongs to the visual zone, but is met.
    let sex = match chars[layout.sex] {
        b'M' => Some(Sex::Male),
        b'F' => Some(Sex::Female),
        b'<' | b'X' => Some(Sex::Unspecified),
        _ => None,
    };
    if sex.is_none() {
        findings.push(Finding::SexInvalid);
    }
    let Some(field) = layout.expiry else { return (birth, sex, None) };
    let expiry = date(field.span.of(chars), |year, _, _| expiry_year(year, today));
    match expiry {
        None => findings.push(Finding::ExpiryDateInvalid),
        Some(date) if date.exact().is_none() => findings.push(Finding::ExpiryDatePartial),
        Some(_) => {}
    }
    if let (Some(born), Some(ends)) = (birth.and_then(|b| b.earliest()), expiry.and_then(|e| e.latest()))
        && ends < born
    {
        findings.push(Finding::ExpiryBeforeBirth);
    }
    (birth, sex, expiry)
}

/// A birth date in which zeros stand for an unknown day, or day and month, with fillers in their place. 9303-3,
/// section 4.8, wants fillers; several states print zeros.
fn zeros_for_unknown(field: &[u8]) -> Option<[u8; 6]> {
    match *field {
        [y1, y2, b'0' | b'<', b'0' | b'<', b'0', b'0'] => Some([y1, y2, b'<', b'<', b'<', b'<']),
        [y1, y2, m1, m2, b'0', b'0'] => Some([y1, y2, m1, m2, b'<', b'<']),
        _ => None,
    }
}

/// YYMMDD, each pair digits or unknown.
fn date(chars: &[u8], century: impl Fn(i16, Option<i8>, Option<i8>) -> i16) -> Option<PartialDate> {
    let year = pair(chars, 0)?;
    let month = pair(chars, 2)?;
    let day = pair(chars, 4)?;
    PartialDate::new(year.map(|year| century(i16::from(year), month, day)), month, day)
}

/// Outer `None`: neither two digits nor two fillers.
fn pair(chars: &[u8], at: usize) -> Option<Option<i8>> {
    match (chars[at], chars[at + 1]) {
        (b'<', b'<') => Some(None),
        (tens @ b'0'..=b'9', units @ b'0'..=b'9') => Some(Some(((tens - b'0') * 10 + units - b'0') as i8)),
        _ => None,
    }
}

/// The components between fillers, separated by one space.
fn words(chars: &[u8]) -> String {
    let Some(last) = chars.iter().rposition(|c| *c != b'<') else { return String::new() };
    let mut words = String::with_capacity(last + 1);
    for word in chars[..=last].split(|c| *c == b'<').filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(std::str::from_utf8(word).unwrap_or_default());
    }
    words
}

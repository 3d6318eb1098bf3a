//! Dates as documents carry them: two-digit years, unknown parts, and whether a document is in date.

use std::fmt;

use jiff::civil::Date;

/// A date of which parts may be unknown (9303-3, section 4.8: fillers stand for what is not known).
///
/// Written as in EDTF level 1: `1974-08-12`, `1974-08-XX`, `XXXX-XX-XX`.
///
/// ```
/// use lineward_document::dates::PartialDate;
/// let date = PartialDate::new(Some(1974), Some(8), None).unwrap();
/// assert_eq!(date.to_string(), "1974-08-XX");
/// assert_eq!(date.exact(), None);
/// assert!(PartialDate::new(Some(2023), Some(2), Some(29)).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// A date from the parts that are known; `None` when no such day can exist.
    pub fn new(year: Option<i16>, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        // 2000 was a leap year: with the year unknown, 29 February is possible.
        let reference = Date::new(year.unwrap_or(2000), month.unwrap_or(1), 1).ok()?;
        if day.is_some_and(|day| day < 1 || day > reference.days_in_month()) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// The year, where known.
    pub fn year(&self) -> Option<i16> {
        self.year
    }

    /// The day, when every part is known.
    pub fn exact(&self) -> Option<Date> {
        Date::new(self.year?, self.month?, self.day?).ok()
    }

    /// Whether both are the same day but for the century of the year.
    pub(crate) fn is_but_for_century(&self, other: &PartialDate) -> bool {
        let short = |date: &PartialDate| (date.year.map(|year| year.rem_euclid(100)), date.month, date.day);
        short(self) == short(other)
    }

    /// The first day this can mean; `None` without a year.
    pub fn earliest(&self) -> Option<Date> {
        Date::new(self.year?, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()
    }

    /// The last day this can mean; `None` without a year.
    pub fn latest(&self) -> Option<Date> {
        let month = Date::new(self.year?, self.month.unwrap_or(12), 1).ok()?;
        Date::new(month.year(), month.month(), self.day.unwrap_or_else(|| month.days_in_month())).ok()
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: Some(date.year()), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}")?,
            None => f.write_str("XXXX")?,
        }
        for part in [self.month, self.day] {
            match part {
                Some(part) => write!(f, "-{part:02}")?,
                None => f.write_str("-XX")?,
            }
        }
        Ok(())
    }
}

/// Whether a document is in date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// The day of expiry has not passed; the day itself is still valid.
    Valid,
    /// The document expired.
    Expired {
        /// Its last valid day.
        on: Date,
    },
    /// The document carries no usable day of expiry.
    NotKnown,
}

/// Whether a document with this day of expiry is in date on `today`.
///
/// In date is not the same as not revoked: only its issuer can say that.
///
/// ```
/// use jiff::civil::date;
/// use lineward_document::dates::{Validity, validity};
/// let expiry = Some(date(2030, 5, 31).into());
/// assert_eq!(validity(expiry, date(2030, 5, 31)), Validity::Valid);
/// assert_eq!(validity(expiry, date(2030, 6, 1)), Validity::Expired { on: date(2030, 5, 31) });
/// assert_eq!(validity(None, date(2030, 6, 1)), Validity::NotKnown);
/// ```
pub fn validity(expiry: Option<PartialDate>, today: Date) -> Validity {
    match expiry.and_then(|expiry| Some((expiry.earliest()?, expiry.latest()?))) {
        Some((earliest, _)) if today <= earliest => Validity::Valid,
        Some((_, latest)) if today > latest => Validity::Expired { on: latest },
        _ => Validity::NotKnown,
    }
}

/// The four-digit year of a birth in the last hundred years: birth is never after `today`.
///
/// Whoever is older than a hundred gets a date a hundred years too late; a two-digit year cannot say more. Data group 11 of
/// a chip can.
pub(crate) fn birth_year(two_digits: i16, month: Option<i8>, day: Option<i8>, today: Date) -> i16 {
    let year = today.year() - today.year() % 100 + two_digits;
    let first_possible = (year, month.unwrap_or(1), day.unwrap_or(1));
    if first_possible > (today.year(), today.month(), today.day()) { year - 100 } else { year }
}

/// The four-digit year of an expiry: the one nearest to `today`, 50 years back to 49 ahead.
///
/// 9303 gives no rule. Documents are valid for ten years as a rule and for thirty at most, so half a century each
/// way leaves room for long expired ones. A card valid "for ever" that prints the year 99 is read as expired.
pub(crate) fn expiry_year(two_digits: i16, today: Date) -> i16 {
    let first = today.year() - 50;
    first + (two_digits - first).rem_euclid(100)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn births_lie_in_the_past_and_expiries_near_today() {
        let today = date(2026, 11, 23);
        assert_eq!(birth_year(26, Some(11), Some(23), today), 2026);
        assert_eq!(birth_year(26, Some(11), Some(24), today), 1926);
        assert_eq!(birth_year(26, None, None, today), 2026);
        assert_eq!(birth_year(74, Some(8), Some(12), today), 1974);
        assert_eq!(expiry_year(12, today), 2012);
        assert_eq!(expiry_year(75, today), 2075);
        assert_eq!(expiry_year(76, today), 1976);
        assert_eq!(expiry_year(99, date(1999, 1, 1)), 1999);
        assert_eq!(expiry_year(4, date(1999, 1, 1)), 2004);
    }

    #[test]
    fn a_partly_known_expiry_is_judged_only_when_every_reading_agrees() {
        let month = PartialDate::new(Some(2030), Some(2), None);
        assert_eq!(validity(month, date(2030, 1, 31)), Validity::Valid);
        assert_eq!(validity(month, date(2030, 2, 14)), Validity::NotKnown);
        assert_eq!(validity(month, date(2030, 3, 1)), Validity::Expired { on: date(2030, 2, 28) });
    }
}

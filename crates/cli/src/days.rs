//! Days and times as people give them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::clock;

/// A day, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// A day, in whatever zone the question is about.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
}

impl At {
    /// Reads `2026-11-23` or `2026-11-23T12:00:00Z`, for clap.
    pub(crate) fn parse(text: &str) -> Result<At, String> {
        let moment = text.parse::<Timestamp>().map(At::Moment);
        // A text with a time but without a zone would also parse as a day; that would drop what was asked.
        let day = text.parse::<Date>().ok().filter(|_| text.len() == "2026-11-23".len()).map(At::Day);
        moment.ok().or(day).ok_or_else(|| "a day as 2026-11-23, or a time as 2026-11-23T12:00:00Z".to_owned())
    }

    /// The day in `zone`.
    pub(crate) fn day(self, zone: &TimeZone) -> Date {
        match self {
            At::Day(day) => day,
            At::Moment(moment) => zone.to_datetime(moment).date(),
        }
    }

    /// The moment: of a day, its beginning in `zone`.
    pub(crate) fn moment(self, zone: &TimeZone) -> Timestamp {
        match self {
            // Days at the very end of the calendar have no beginning in every zone; the edge of time stands for it.
            At::Day(day) => zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX),
            At::Moment(moment) => moment,
        }
    }
}

/// What was asked for, or now.
pub(crate) fn at_or_now(at: Option<At>) -> At {
    at.unwrap_or_else(|| At::Moment(clock::now()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_and_a_moment_are_read_and_nothing_between() {
        assert_eq!(At::parse("2026-11-23"), Ok(At::Day(date(2026, 11, 23))));
        assert!(matches!(At::parse("2026-11-23T12:00:00Z"), Ok(At::Moment(_))));
        for text in ["2026-11-23T12:00", "23.11.2026", "today", ""] {
            assert!(At::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at = At::Day(date(2026, 11, 23));
        assert_eq!(at.moment(&zone).to_string(), "2026-11-22T16:00:00Z");
        assert_eq!(At::Moment(at.moment(&zone)).day(&zone), date(2026, 11, 23));
    }
}

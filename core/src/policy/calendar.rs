//! Days and hours where an event is.

use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit};

use crate::{Error, Result};

/// Days are counted from here.
const FIRST_DAY: Date = date(2000, 1, 1);

/// The calendar of an event's time zone.
#[derive(Debug, Clone)]
pub struct Calendar {
    time_zone: TimeZone,
}

impl Calendar {
    /// The calendar of an IANA time zone.
    ///
    /// # Errors
    /// `invalid_request` for a name that is none.
    pub fn of(time_zone: &str) -> Result<Self> {
        TimeZone::get(time_zone)
            .map(|time_zone| Self { time_zone })
            .map_err(|_| Error::invalid("time_zone must be an IANA time zone such as Europe/Berlin"))
    }

    /// The date and the time of day.
    pub fn local(&self, at: Timestamp) -> (Date, Time) {
        let local = self.time_zone.to_datetime(at);
        (local.date(), local.time())
    }

    /// The day, counted from 2000-01-01.
    pub fn day(&self, at: Timestamp) -> i32 {
        let (day, _) = self.local(at);
        // Of two dates the largest unit is days, and they are less than four million.
        day.since((Unit::Day, FIRST_DAY)).map_or(0, |span| span.get_days())
    }

    /// The first moment of the day after.
    pub fn tomorrow(&self, at: Timestamp) -> Option<Timestamp> {
        let (day, _) = self.local(at);
        self.moment(day.tomorrow().ok()?, Time::midnight())
    }

    /// The moment of a local time. One that the clocks skip is the moment after the gap.
    pub fn moment(&self, day: Date, time: Time) -> Option<Timestamp> {
        self.time_zone.to_timestamp(day.to_datetime(time)).ok()
    }
}

/// A date some days later.
pub(super) fn days_later(day: Date, days: i32) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_where_the_event_is() {
        let berlin = Calendar::of("Europe/Berlin").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(berlin.day(at("1999-12-31T23:30:00Z")), 0);
        assert_eq!(berlin.day(at("1999-12-31T22:30:00Z")), -1);
        assert_eq!(berlin.day(at("2026-07-01T21:59:59Z")), 9678);
        assert_eq!(berlin.day(at("2026-07-01T22:00:00Z")), 9679);
        assert_eq!(berlin.tomorrow(at("2026-07-01T12:00:00Z")), Some(at("2026-07-01T22:00:00Z")));
        // The day on which clocks go forward has 23 hours.
        assert_eq!(berlin.tomorrow(at("2026-03-28T23:00:00Z")), Some(at("2026-03-29T22:00:00Z")));
        assert!(Calendar::of("Atlantis/Capital").is_err());
    }
}

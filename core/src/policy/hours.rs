//! Hours of entry by weekday and ticket type.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use uuid::Uuid;

use super::calendar::{Calendar, days_later};
use crate::message::{requests, words};
use crate::{Error, Result};

/// Time rules that an event can have, at most.
const RULES_MAX: usize = 50;

/// Ticket types that a rule can name, at most.
const TYPES_MAX: usize = 100;

words! {
    /// A day of the week.
    pub enum Weekday {
        /// The first one of the week.
        Monday => "monday",
        /// The second.
        Tuesday => "tuesday",
        /// The third.
        Wednesday => "wednesday",
        /// The fourth.
        Thursday => "thursday",
        /// The fifth.
        Friday => "friday",
        /// The sixth.
        Saturday => "saturday",
        /// The seventh.
        Sunday => "sunday",
    }
}

requests! {
    /// When people may come in, in the event's time zone.
    #[derive(PartialEq)]
    pub struct EntryHours {
        /// For which ticket types; for all tickets and wallets when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ticket_type_ids: Option<Vec<Uuid>>,
        /// On which days the hours begin; on all when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weekdays: Option<Vec<Weekday>>,
        /// From when, such as 18:00.
        pub from: Time,
        /// Until when, which is out; a time that is not later than `from` is the next day's.
        pub until: Time,
    }
}

impl EntryHours {
    fn names(&self, ticket_type_id: Option<Uuid>) -> bool {
        match (&self.ticket_type_ids, ticket_type_id) {
            (None, _) => true,
            (Some(named), Some(own)) => named.contains(&own),
            (Some(_), None) => false,
        }
    }

    /// From when until when the hours of a day are, if it has any.
    fn on(&self, calendar: &Calendar, day: Date) -> Option<(Timestamp, Timestamp)> {
        let weekday = Weekday::ALL.get(usize::try_from(day.weekday().to_monday_zero_offset()).ok()?)?;
        if self.weekdays.as_ref().is_some_and(|days| !days.contains(weekday)) {
            return None;
        }
        let last = if self.until > self.from { day } else { day.tomorrow().ok()? };
        Some((calendar.moment(day, self.from)?, calendar.moment(last, self.until)?))
    }
}

/// Whether the hours let somebody in now; if not, when they will, if within eight days. Where rules name a
/// ticket's type, or all of them, one of those rules has to hold.
///
/// # Errors
/// When they will let it in, if they do.
pub fn within(
    hours: &[EntryHours],
    calendar: &Calendar,
    now: Timestamp,
    ticket_type_id: Option<Uuid>,
) -> std::result::Result<(), Option<Timestamp>> {
    let mut next: Option<Timestamp> = None;
    let mut ruled = false;
    let (today, _) = calendar.local(now);
    for rule in hours.iter().filter(|rule| rule.names(ticket_type_id)) {
        ruled = true;
        // Yesterday's hours may not be over yet.
        for (from, until) in (-1..=8).filter_map(|days| rule.on(calendar, days_later(today, days)?)) {
            if (from..until).contains(&now) {
                return Ok(());
            }
            if from > now && next.is_none_or(|next| from < next) {
                next = Some(from);
            }
        }
    }
    if ruled { Err(next) } else { Ok(()) }
}

/// Refuses too many rules and rules that hold for nobody.
pub(super) fn check(hours: &[EntryHours]) -> Result<()> {
    if hours.len() > RULES_MAX {
        return Err(Error::invalid(format!("hours must have at most {RULES_MAX} rules")));
    }
    for rule in hours {
        if rule.weekdays.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::invalid("hours.weekdays must name a day; leave it out for every day"));
        }
        if rule.ticket_type_ids.as_ref().is_some_and(|types| types.is_empty() || types.len() > TYPES_MAX) {
            return Err(Error::invalid(format!(
                "hours.ticket_type_ids must name 1 to {TYPES_MAX} ticket types; leave it out for all"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rule(json: &str) -> EntryHours {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn hours_past_midnight_belong_to_the_day_before() {
        let berlin = Calendar::of("Europe/Berlin").unwrap();
        let rules = [rule(r#"{"weekdays": ["friday"], "from": "18:00", "until": "02:00"}"#)];
        let inside = |text: &str| within(&rules, &berlin, at(text), None);
        // 2026-07-03 is a Friday; Berlin is two hours ahead of UTC.
        assert_eq!(inside("2026-07-03T15:59:59Z"), Err(Some(at("2026-07-03T16:00:00Z"))));
        assert_eq!(inside("2026-07-03T16:00:00Z"), Ok(()));
        assert_eq!(inside("2026-07-03T23:59:59Z"), Ok(()));
        assert_eq!(inside("2026-07-04T00:00:00Z"), Err(Some(at("2026-07-10T16:00:00Z"))));
    }

    #[test]
    fn a_rule_for_a_type_binds_that_type_only() {
        let utc = Calendar::of("UTC").unwrap();
        let (day, evening) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let rules = [rule(&format!(r#"{{"ticket_type_ids": ["{day}"], "from": "09:00:00", "until": "17:00:00"}}"#))];
        let inside = |time: &str, own| within(&rules, &utc, at(&format!("2026-07-03T{time}Z")), own);
        assert_eq!(inside("20:00:00", Some(evening)), Ok(()));
        assert_eq!(inside("20:00:00", None), Ok(()));
        assert_eq!(inside("20:00:00", Some(day)), Err(Some(at("2026-07-04T09:00:00Z"))));
        assert_eq!(inside("09:00:00", Some(day)), Ok(()));
        assert_eq!(inside("17:00:00", Some(day)), Err(Some(at("2026-07-04T09:00:00Z"))));
    }

    #[test]
    fn hours_follow_the_clocks_when_they_change() {
        let berlin = Calendar::of("Europe/Berlin").unwrap();
        let rules = [rule(r#"{"from": "12:00", "until": "13:00"}"#)];
        assert_eq!(within(&rules, &berlin, at("2026-10-24T10:30:00Z"), None), Ok(()));
        assert_eq!(within(&rules, &berlin, at("2026-10-25T10:30:00Z"), None), Err(Some(at("2026-10-25T11:00:00Z"))));
    }

    #[test]
    fn empty_lists_are_refused() {
        assert!(check(&[rule(r#"{"weekdays": [], "from": "12:00", "until": "13:00"}"#)]).is_err());
        assert!(check(&[rule(r#"{"ticket_type_ids": [], "from": "12:00", "until": "13:00"}"#)]).is_err());
        assert!(check(&vec![rule(r#"{"from": "12:00", "until": "13:00"}"#); 51]).is_err());
        assert!(serde_json::from_str::<EntryHours>(r#"{"from": "25:00", "until": "13:00"}"#).is_err());
    }
}

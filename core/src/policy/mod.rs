//! Policies: the rules of an event's doors. The same code judges by them on the server and at a gate
//! without a network.

mod calendar;
mod hours;
mod template;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::zone::ZoneRules;
use crate::{Error, Result};

pub use calendar::Calendar;
pub use hours::{EntryHours, Weekday, within};
pub use template::PolicyTemplate;

/// Half a period of rotating codes: what an ordinary phone's clock is off.
const ROTATING_TOLERANCE_SECONDS: i32 = 15;
/// A code that lives longer than this is as good as a static one.
const ROTATING_TOLERANCE_SECONDS_MAX: i32 = 300;
/// Minutes of a week.
const WEEK_MINUTES: i32 = 10_080;
/// Hours that a gate may decide without a network, unless the policy says otherwise.
const OFFLINE_HOURS: i32 = 12;
/// A week.
const OFFLINE_HOURS_MAX: i32 = 168;

words! {
    /// The rule that denied a scan: named like the field that sets it.
    pub enum PolicyRule {
        /// The event's start.
        StartsAt => "starts_at",
        /// The event's end.
        EndsAt => "ends_at",
        /// Minutes before the start.
        CheckInOpensMinutes => "check_in_opens_minutes",
        /// Minutes after the start.
        CheckInClosesMinutes => "check_in_closes_minutes",
        /// The ticket type's first moment.
        ValidFrom => "valid_from",
        /// The ticket type's last moment.
        ValidUntil => "valid_until",
        /// Days of a pass.
        PassDays => "pass_days",
        /// Passes only.
        RequiresPass => "requires_pass",
        /// Hours of entry.
        Hours => "hours",
        /// Zones.
        Zones => "zones",
        /// Time in which a second scan is a duplicate.
        DuplicateWindowMs => "duplicate_window_ms",
        /// Exits are scanned.
        ExitScans => "exit_scans",
        /// Whether anybody comes back.
        Reentry => "reentry",
        /// Entries at most.
        EntriesMax => "entries_max",
        /// Time between two entries.
        CooldownSeconds => "cooldown_seconds",
        /// Entries a day at most.
        EntriesPerDayMax => "entries_per_day_max",
        /// Rotating codes only.
        RotatingCodes => "rotating_codes",
        /// How far a phone's clock may be off.
        RotatingToleranceSeconds => "rotating_tolerance_seconds",
        /// How many people may be inside.
        Capacity => "capacity",
    }
}

requests! {
    /// Whether and how people come back in.
    #[derive(PartialEq)]
    pub struct PolicyReentry {
        /// Whether somebody who was admitted before may come in again.
        pub allowed: bool,
        /// Entries at most, the first among them, 1 to 1,000; no limit when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub entries_max: Option<i32>,
        /// Seconds from one admission to the next, 1 to 86,400; none when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cooldown_seconds: Option<i32>,
    }

    /// The rules of an event's doors. An absent one has its default, or stays as the event has it
    /// where it is one of the event's own.
    #[derive(Default, PartialEq)]
    pub struct Policy {
        /// Whether tickets admit with a rotating code only; `false` when absent. Printed and static
        /// codes are denied then, a wallet's own token is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rotating_codes: Option<bool>,
        /// How far a phone's clock may be off, in seconds, 0 to 300; 15 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rotating_tolerance_seconds: Option<i32>,
        /// A second entry scan within this time is a duplicate, 0 to 86,400,000; the event's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub duplicate_window_ms: Option<i64>,
        /// Whether exits are scanned: then entering while inside is refused; the event's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub exit_scans: Option<bool>,
        /// Whether and how people come back in; the event's own.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::message::object")]
        pub reentry: Option<PolicyReentry>,
        /// Entries on one day at most, 1 to 1,000; no limit when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub entries_per_day_max: Option<i32>,
        /// Minutes before the event's start at which entry opens, 0 to 10,080; 0 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub check_in_opens_minutes: Option<i32>,
        /// Minutes after the event's start at which nobody comes in for the first time any more, 1 to 10,080;
        /// the event's end when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub check_in_closes_minutes: Option<i32>,
        /// What a ticket's zones open.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::message::object")]
        pub zones: Option<ZoneRules>,
        /// Hours of entry, at most 50 rules; any hour when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hours: Option<Vec<EntryHours>>,
        /// Hours after its last download that a gate decides without a network, 0 to 168; 12 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub offline_hours: Option<i32>,
        /// What a gate without a network may charge a wallet in all until it reads balances again, in minor units, at
        /// most 1,000,000; nothing when absent. It holds for each gate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub offline_limit_cents: Option<i64>,
    }

    /// Replaces the policy of an event: by a template, by rules, or by a template of which rules differ.
    pub struct PolicySet {
        /// The event.
        pub event_id: Uuid,
        /// standard, festival, concert, conference or vip.
        pub template: Option<PolicyTemplate>,
        /// Its rules; with a template those that differ from it.
        #[serde(default, deserialize_with = "crate::message::object")]
        pub policy: Option<Policy>,
    }

    /// Reads the policy of an event.
    pub struct PolicyGet {
        /// The event.
        pub event_id: Uuid,
    }

    /// Lists ready-made policies.
    pub struct PolicyTemplateList {}
}

answers! {
    /// The policy of an event.
    pub struct PolicyView {
        /// The event.
        pub event_id: Uuid,
        /// Its rules.
        pub policy: Policy,
    }

    /// A ready-made policy.
    pub struct PolicyTemplateView {
        /// Its name.
        pub template: String,
        /// What it is for.
        pub summary: String,
        /// Its rules.
        pub policy: Policy,
    }

    /// All ready-made policies.
    pub struct PolicyTemplatePage {
        /// In the order of their names' usual use.
        pub items: Vec<PolicyTemplateView>,
    }
}

impl Policy {
    /// The rules, with those of `differing` in place of their own.
    #[must_use]
    pub fn overridden_by(self, differing: Self) -> Self {
        Self {
            rotating_codes: differing.rotating_codes.or(self.rotating_codes),
            rotating_tolerance_seconds: differing.rotating_tolerance_seconds.or(self.rotating_tolerance_seconds),
            duplicate_window_ms: differing.duplicate_window_ms.or(self.duplicate_window_ms),
            exit_scans: differing.exit_scans.or(self.exit_scans),
            reentry: differing.reentry.or(self.reentry),
            entries_per_day_max: differing.entries_per_day_max.or(self.entries_per_day_max),
            check_in_opens_minutes: differing.check_in_opens_minutes.or(self.check_in_opens_minutes),
            check_in_closes_minutes: differing.check_in_closes_minutes.or(self.check_in_closes_minutes),
            zones: differing.zones.or(self.zones),
            hours: differing.hours.or(self.hours),
            offline_hours: differing.offline_hours.or(self.offline_hours),
            offline_limit_cents: differing.offline_limit_cents.or(self.offline_limit_cents),
        }
    }

    /// The rules as they are stored; refuses those that make no sense.
    ///
    /// # Errors
    /// `invalid_request` says which rule and what it may be.
    pub fn checked(mut self) -> Result<Self> {
        let bounds: [(&str, Option<i64>, i64, i64); 9] = [
            (
                "rotating_tolerance_seconds",
                self.rotating_tolerance_seconds.map(i64::from),
                0,
                i64::from(ROTATING_TOLERANCE_SECONDS_MAX),
            ),
            ("duplicate_window_ms", self.duplicate_window_ms, 0, 86_400_000),
            ("entries_per_day_max", self.entries_per_day_max.map(i64::from), 1, 1_000),
            ("check_in_opens_minutes", self.check_in_opens_minutes.map(i64::from), 0, i64::from(WEEK_MINUTES)),
            ("check_in_closes_minutes", self.check_in_closes_minutes.map(i64::from), 1, i64::from(WEEK_MINUTES)),
            ("offline_hours", self.offline_hours.map(i64::from), 0, i64::from(OFFLINE_HOURS_MAX)),
            ("offline_limit_cents", self.offline_limit_cents, 0, 1_000_000),
            ("reentry.entries_max", self.reentry_entries_max().map(i64::from), 1, 1_000),
            ("reentry.cooldown_seconds", self.cooldown_seconds().map(i64::from), 1, 86_400),
        ];
        for (rule, value, least, most) in bounds {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                return Err(Error::invalid(format!("{rule} must be between {least} and {most}")));
            }
        }
        if let Some(PolicyReentry { allowed: false, entries_max, cooldown_seconds }) = &self.reentry
            && (entries_max.is_some_and(|most| most > 1) || cooldown_seconds.is_some())
        {
            return Err(Error::invalid(
                "reentry.entries_max and reentry.cooldown_seconds make no sense while reentry.allowed is false",
            ));
        }
        hours::check(self.hours.as_deref().unwrap_or_default())?;
        self.zones = self.zones.map(ZoneRules::checked).transpose()?;
        Ok(self)
    }

    /// Whether tickets admit with a rotating code only.
    pub fn requires_rotating_codes(&self) -> bool {
        self.rotating_codes == Some(true)
    }

    /// How far a phone's clock may be off, in seconds.
    pub fn tolerance_seconds(&self) -> u64 {
        let seconds = self.rotating_tolerance_seconds.unwrap_or(ROTATING_TOLERANCE_SECONDS);
        u64::try_from(seconds).unwrap_or_default()
    }

    /// When entry opens at an event.
    pub fn opens_at(&self, starts_at: Timestamp) -> Timestamp {
        let minutes = SignedDuration::from_mins(i64::from(self.check_in_opens_minutes.unwrap_or_default()));
        starts_at.checked_sub(minutes).unwrap_or(starts_at)
    }

    /// When nobody comes in for the first time any more, if that is before the event's end.
    pub fn closes_at(&self, starts_at: Timestamp) -> Option<Timestamp> {
        let minutes = SignedDuration::from_mins(i64::from(self.check_in_closes_minutes?));
        starts_at.checked_add(minutes).ok()
    }

    /// Seconds from one admission to the next.
    pub fn cooldown_seconds(&self) -> Option<i32> {
        self.reentry.as_ref().and_then(|reentry| reentry.cooldown_seconds)
    }

    /// For how long after its last download a gate decides without a network.
    pub fn offline_time(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.offline_hours.unwrap_or(OFFLINE_HOURS)))
    }

    fn reentry_entries_max(&self) -> Option<i32> {
        self.reentry.as_ref().and_then(|reentry| reentry.entries_max)
    }
}

#[cfg(test)]
mod tests;

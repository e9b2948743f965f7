//! The rules of an event's doors: its times, its policy, and what they say of one scan.

use jiff::{SignedDuration, Timestamp};

use super::ticket::{TicketFacts, days_used_up};
use super::{Reason, ScanKind, Situation};
use crate::event::EventStatus;
use crate::policy::{PolicyRule, within};
use crate::ticket::TicketState;
use crate::venue::Status;

/// Why a scan is denied, by which rule, and when the rule would let it pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// By which rule, where a rule of the event denied it.
    pub rule: Option<PolicyRule>,
    /// When this rule lets it pass, where time alone makes the difference.
    pub passes_at: Option<Timestamp>,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, rule: None, passes_at: None }
    }
}

impl Reason {
    /// Denied by a rule.
    pub(super) fn by(self, rule: PolicyRule) -> Refusal {
        Refusal { reason: self, rule: Some(rule), passes_at: None }
    }
}

impl Refusal {
    /// Denied until a moment.
    pub(super) fn until(self, passes_at: impl Into<Option<Timestamp>>) -> Self {
        Self { passes_at: passes_at.into(), ..self }
    }
}

/// A gate, venue or event that is not in use now. People may leave after the end, and when it is called off.
pub(super) fn closed(situation: &Situation<'_>) -> Option<Refusal> {
    let config = situation.config;
    let leaves = situation.input.kind == ScanKind::Exit;
    if config.gate_status != Status::Active || config.venue_status != Status::Active {
        return Some(Reason::GateClosed.into());
    }
    match config.event_status {
        EventStatus::Active => {}
        EventStatus::Cancelled => return (!leaves).then(|| Reason::EventCancelled.into()),
        EventStatus::Inactive | EventStatus::Archived => return Some(Reason::EventInactive.into()),
    }
    let opens_at = config.policy.opens_at(config.starts_at);
    if situation.now < opens_at {
        let rule = if opens_at < config.starts_at { PolicyRule::CheckInOpensMinutes } else { PolicyRule::StartsAt };
        return Some(Reason::EventNotStarted.by(rule).until(opens_at));
    }
    (situation.now > config.ends_at && !leaves).then(|| Reason::EventEnded.by(PolicyRule::EndsAt))
}

/// Check-in, hours, zones, the duplicate window, re-entry and exits.
pub(super) fn refused_by_policy(situation: &Situation<'_>) -> Option<Refusal> {
    match situation.input.kind {
        ScanKind::Exit => (!situation.presence.inside).then(|| Reason::NotInside.by(PolicyRule::ExitScans)),
        ScanKind::Entry => times(situation)
            .or_else(|| zones(situation))
            .or_else(|| repeated(situation))
            .or_else(|| used_up(situation))
            .or_else(|| reentry(situation))
            .or_else(|| without_pass(situation)),
        _ => None,
    }
}

/// What speaks against one entry more, where nothing else does: the entries before it.
pub(super) fn refused_as_repetition(situation: &Situation<'_>) -> Option<Refusal> {
    let used_up_days = || situation.ticket.and_then(|ticket| days_used_up(situation, ticket));
    repeated(situation).or_else(|| used_up(situation)).or_else(|| reentry(situation)).or_else(used_up_days)
}

/// The check-in window, which is for the first entry, and the hours of entry.
fn times(situation: &Situation<'_>) -> Option<Refusal> {
    let config = situation.config;
    let closed = config.policy.closes_at(config.starts_at).is_some_and(|closes_at| situation.now > closes_at);
    if closed && situation.presence.counted() == 0 {
        return Some(Reason::CheckInClosed.by(PolicyRule::CheckInClosesMinutes));
    }
    let hours = config.policy.hours.as_deref()?;
    let ticket_type_id = situation.ticket.map(|ticket| ticket.ticket_type_id);
    match within(hours, &config.calendar, situation.now, ticket_type_id) {
        Ok(()) => None,
        Err(opens_at) => {
            let opens_at = opens_at.filter(|opens_at| *opens_at <= config.ends_at);
            Some(Reason::OutsideHours.by(PolicyRule::Hours).until(opens_at))
        }
    }
}

fn zones(situation: &Situation<'_>) -> Option<Refusal> {
    let guarded = &situation.device?.zones;
    let own = situation.ticket.map(|ticket| &ticket.zones[..]).unwrap_or_default();
    let opens = match &situation.config.policy.zones {
        Some(rules) => rules.opens(own, guarded),
        None => guarded.is_empty() || crate::zone::ZoneRules::default().opens(own, guarded),
    };
    (!opens).then(|| Reason::ZoneDenied.by(PolicyRule::Zones))
}

/// Whoever is inside already.
fn repeated(situation: &Situation<'_>) -> Option<Refusal> {
    let (config, presence) = (situation.config, situation.presence);
    // Who did not leave through a gate yesterday may come back today.
    if !presence.inside || situation.is_new_pass_day() {
        return None;
    }
    let ends_at = ends_at(presence.admitted_at, SignedDuration::from_millis(config.duplicate_window_ms));
    // A call that waited for the wallet may have begun before the admission it waited for.
    if config.duplicate_window_ms > 0 && ends_at.is_some_and(|ends_at| situation.now < ends_at) {
        // Where exits are scanned, time alone makes no difference.
        let passes_at = ends_at.filter(|_| !config.exit_scans && comes_back(situation));
        return Some(Reason::Duplicate.by(PolicyRule::DuplicateWindowMs).until(passes_at));
    }
    config.exit_scans.then(|| Reason::AlreadyInside.by(PolicyRule::ExitScans))
}

/// When a time after an admission is over.
fn ends_at(admitted_at: Option<Timestamp>, time: SignedDuration) -> Option<Timestamp> {
    admitted_at.and_then(|admitted_at| admitted_at.checked_add(time).ok())
}

/// Whether the event lets people back in, and this one as well.
fn comes_back(situation: &Situation<'_>) -> bool {
    situation.config.reentry_allowed && used_up(situation).is_none()
}

/// All uses are consumed.
fn used_up(situation: &Situation<'_>) -> Option<Refusal> {
    let used = |rule| Some(Reason::TicketUsed.by(rule));
    let entries_max = situation.config.entries_max;
    if situation.ticket.is_some_and(|ticket| ticket.state == TicketState::Used) {
        return used(if situation.config.reentry_allowed { PolicyRule::EntriesMax } else { PolicyRule::Reentry });
    }
    let exhausted = entries_max.is_some_and(|most| situation.presence.counted() >= most);
    exhausted.then(|| Reason::EntriesExhausted.by(PolicyRule::EntriesMax))
}

/// Whether and when somebody who was admitted before comes in again.
fn reentry(situation: &Situation<'_>) -> Option<Refusal> {
    let (config, presence) = (situation.config, situation.presence);
    if presence.counted() == 0 {
        return None;
    }
    let new_pass_day = situation.is_new_pass_day();
    if !config.reentry_allowed && !new_pass_day {
        let reason = if situation.ticket.is_some() { Reason::TicketUsed } else { Reason::ReentryDenied };
        return Some(reason.by(PolicyRule::Reentry));
    }
    let today = presence.last_day == Some(situation.today);
    if config.policy.entries_per_day_max.is_some_and(|most| today && presence.day_entries >= most) {
        let tomorrow = config.calendar.tomorrow(situation.now).filter(|tomorrow| *tomorrow <= config.ends_at);
        return Some(Reason::DayLimitReached.by(PolicyRule::EntriesPerDayMax).until(tomorrow));
    }
    let cooldown = SignedDuration::from_secs(i64::from(config.policy.cooldown_seconds().filter(|_| !new_pass_day)?));
    let passes_at = ends_at(presence.admitted_at, cooldown).filter(|passes_at| situation.now < *passes_at)?;
    Some(Reason::ReentryTooSoon.by(PolicyRule::CooldownSeconds).until(passes_at))
}

fn without_pass(situation: &Situation<'_>) -> Option<Refusal> {
    let missing = situation.config.requires_pass && situation.ticket.is_none();
    missing.then(|| Reason::PassRequired.by(PolicyRule::RequiresPass))
}

impl Situation<'_> {
    /// Whether a pass has not admitted today yet.
    pub(super) fn is_new_pass_day(&self) -> bool {
        self.ticket.is_some_and(TicketFacts::is_pass) && self.presence.last_day != Some(self.today)
    }
}

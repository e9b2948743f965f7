//! A scan that arrives after later ones of the same ticket or wallet: what was before it speaks for or against it, and
//! it against what came after. The end is the same as if all had come in the order of their times, as far as verdicts
//! that were given may stay, and one scan takes the place of one.

use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;
use crate::fee::{Charge, Legs};
use crate::scan::decide::{Decision, Presence, Situation, WalletFacts, decide, deny};
use crate::scan::rules::{Refusal, refused_as_repetition};
use crate::scan::{Outcome, ScanKind, TicketFacts};
use crate::ticket::TicketState;

/// An admission that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// Its journal entry.
    pub scan_id: Uuid,
    /// When it happened.
    pub admitted_at: Timestamp,
    /// Its day where the event is, counted from 2000-01-01.
    pub day: i32,
    /// Where it happened.
    pub gate_id: Option<Uuid>,
    /// Which of the holder's entries it was.
    pub number: i32,
    /// The step of the rotating code that was shown.
    pub code_step: Option<i64>,
    /// Whether staff let somebody in whatever the rules say: nobody else's scan takes its place.
    pub is_override: bool,
}

/// What a ticket's or wallet's holder did at an event.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The admissions that count, in the order of their times.
    pub admissions: &'a [Admission],
    /// When the holder left, in any order.
    pub exits: &'a [Timestamp],
}

/// What a late scan comes to.
pub(super) struct Among {
    /// The decision; denied by what was before it.
    pub decision: Decision,
    /// The admission that it collides with: the one that denies it, or the later one that it takes the place of.
    pub other_scan_id: Option<Uuid>,
}

/// What one entry more means for those after it.
enum Later {
    /// All of them stand.
    Stand,
    /// This one is one too many.
    Displaced(Uuid),
    /// More than one would be: a whole day of a pass, say. Then this scan itself is the one too many.
    Stay(Uuid, Refusal),
}

impl Past<'_> {
    /// Decides a scan among the admissions before and after it.
    pub(super) fn decide(&self, situation: &Situation<'_>) -> Result<Among> {
        let (before, after) =
            self.admissions.split_at(self.admissions.partition_point(|known| known.admitted_at <= situation.now));
        let inside = before.last().is_some_and(|last| !self.left_between(last.admitted_at, situation.now));
        let payer = situation.wallet.ok().flatten();
        // Whether it has to be paid for shows when it is known whether its use was paid for already.
        let rich = payer.map(|wallet| WalletFacts { balance_cents: i64::MAX, ..wallet.clone() });
        let entry = situation.input.kind == ScanKind::Entry;
        let mut decision = then(situation, before, inside, rich.as_ref())?;
        let mut displaced = None;
        if decision.outcome == Outcome::Admitted && entry {
            match self.later(situation, before, after) {
                Later::Stand => {}
                Later::Displaced(scan_id) => displaced = Some(scan_id),
                Later::Stay(scan_id, refusal) => {
                    let decision = deny(situation, decision.action, refusal);
                    return Ok(Among { decision, other_scan_id: Some(scan_id) });
                }
            }
        }
        decision = match displaced {
            Some(_) => paid_for(decision, payer),
            // Of two entries one is the first that is paid for: the one that was booked as such.
            None if entry && situation.config.reentry_allowed && before.is_empty() && paid_entry(after) => {
                then_with(situation, before, Presence { entries: 1, ..Presence::default() }, payer)?
            }
            None => then(situation, before, inside, payer)?,
        };
        let stored = situation.presence;
        let admitted = decision.outcome == Outcome::Admitted && entry;
        let presence = if admitted { self.presence_with(situation, displaced) } else { stored };
        if let (Some(used), Some(ticket)) = (&mut decision.ticket, situation.ticket) {
            used.last_step = used.last_step.max(ticket.last_step);
            (used.days_used, used.state) = (ticket.days_used, ticket.state);
            if admitted {
                used.days_used = days_of(&self.with(situation, displaced));
                used.state = state_of(situation, used.days_used);
            }
        }
        if let (Some(prior), Some(last)) = (&mut decision.prior, before.last()) {
            prior.entry_number = last.number;
        }
        // Whoever is inside stays so, and who has left stays out.
        let decision = Decision { presence, occupancy: 0, was_inside: stored.inside, ..decision };
        let denied_by = before.last().filter(|_| decision.outcome == Outcome::Denied).map(|last| last.scan_id);
        Ok(Among { decision, other_scan_id: displaced.or(denied_by) })
    }

    fn left_between(&self, from: Timestamp, to: Timestamp) -> bool {
        self.exits.iter().any(|left| from < *left && *left < to)
    }

    /// Which of the later admissions is one too many, now that this one comes before it.
    fn later(&self, situation: &Situation<'_>, before: &[Admission], after: &[Admission]) -> Later {
        let mut known = [before, &[here(situation)]].concat();
        let mut displaced = None;
        for (index, later) in after.iter().enumerate() {
            // That those after the first one left before they came again was judged when they were stored.
            let inside = index == 0 && !self.left_between(situation.now, later.admitted_at);
            let ticket = situation.ticket.map(|ticket| unused_since(ticket, &known));
            let refused = refused_as_repetition(&Situation {
                now: later.admitted_at,
                today: later.day,
                ticket: ticket.as_ref(),
                presence: presence_of(&known, inside),
                ..*situation
            });
            match (refused, displaced) {
                (None, _) => known.push(*later),
                (Some(_), _) if later.is_override => known.push(*later),
                (Some(_), None) => displaced = Some(later.scan_id),
                (Some(refusal), Some(first)) => return Later::Stay(first, refusal),
            }
        }
        let step = step_of(situation);
        let copied = || after.iter().find(|later| step.is_some() && later.code_step == step);
        displaced.or_else(|| copied().map(|later| later.scan_id)).map_or(Later::Stand, Later::Displaced)
    }

    /// All admissions with this one, and without the one that it displaces.
    fn with(&self, situation: &Situation<'_>, displaced: Option<Uuid>) -> Vec<Admission> {
        let left = self.admissions.iter().filter(|known| Some(known.scan_id) != displaced);
        let mut all: Vec<Admission> = left.copied().chain([here(situation)]).collect();
        all.sort_by_key(|known| known.admitted_at);
        all
    }

    fn presence_with(&self, situation: &Situation<'_>, displaced: Option<Uuid>) -> Presence {
        let stored = situation.presence;
        Presence {
            entries: stored.entries.saturating_add(1),
            annulled: stored.annulled.saturating_add(i32::from(displaced.is_some())),
            ..presence_of(&self.with(situation, displaced), stored.inside)
        }
    }
}

/// The decision as it was at the time of the scan, after the admissions given.
fn then(
    situation: &Situation<'_>,
    before: &[Admission],
    inside: bool,
    payer: Option<&WalletFacts>,
) -> Result<Decision> {
    then_with(situation, before, presence_of(before, inside), payer)
}

fn then_with(
    situation: &Situation<'_>,
    before: &[Admission],
    presence: Presence,
    payer: Option<&WalletFacts>,
) -> Result<Decision> {
    let ticket = situation.ticket.map(|ticket| unused_since(ticket, before));
    decide(&Situation { wallet: situation.wallet.map(|_| payer), ticket: ticket.as_ref(), presence, ..*situation })
}

/// A ticket as it was after the admissions given.
fn unused_since(ticket: &TicketFacts, admissions: &[Admission]) -> TicketFacts {
    let state = if ticket.state == TicketState::Used { TicketState::Active } else { ticket.state };
    let last_step = admissions.iter().filter_map(|known| known.code_step).max();
    TicketFacts { state, last_step, days_used: days_of(admissions), ..ticket.clone() }
}

/// The step of the rotating code that is shown, as it is stored.
fn step_of(situation: &Situation<'_>) -> Option<i64> {
    situation.ticket?.presented.step.and_then(|step| i64::try_from(step.0).ok())
}

/// The state of a ticket that was admitted on so many days.
fn state_of(situation: &Situation<'_>, days_used: i32) -> TicketState {
    let stored = situation.ticket.map_or(TicketState::Active, |ticket| ticket.state);
    if situation.config.reentry_allowed || !matches!(stored, TicketState::Active | TicketState::Used) {
        return stored;
    }
    let days = situation.ticket.and_then(|ticket| ticket.pass_days);
    if days.is_none_or(|days| days_used >= days) { TicketState::Used } else { TicketState::Active }
}

/// The use was paid for by the admission that is displaced.
fn paid_for(decision: Decision, payer: Option<&WalletFacts>) -> Decision {
    Decision {
        charge: Charge::default(),
        charged_cents: 0,
        legs: Legs::new(),
        balance_cents: payer.map(|wallet| wallet.balance_cents),
        ..decision
    }
}

/// Whether the first entry was booked as one already; what staff let in for nothing is none.
fn paid_entry(after: &[Admission]) -> bool {
    after.first().is_some_and(|first| !first.is_override)
}

/// The scan as an admission; its journal entry is none yet.
fn here(situation: &Situation<'_>) -> Admission {
    Admission {
        scan_id: Uuid::nil(),
        admitted_at: situation.now,
        day: situation.today,
        gate_id: Some(situation.config.gate_id),
        number: situation.presence.entries.saturating_add(1),
        code_step: step_of(situation),
        is_override: false,
    }
}

fn presence_of(admissions: &[Admission], inside: bool) -> Presence {
    let Some(last) = admissions.last() else { return Presence::default() };
    let count = |counted: usize| i32::try_from(counted).unwrap_or(i32::MAX);
    Presence {
        entries: count(admissions.len()),
        inside,
        admitted_at: Some(last.admitted_at),
        gate_id: last.gate_id,
        last_day: Some(last.day),
        day_entries: count(admissions.iter().filter(|known| known.day == last.day).count()),
        annulled: 0,
    }
}

fn days_of(admissions: &[Admission]) -> i32 {
    let changes = admissions.windows(2).filter(|pair| matches!(pair, [one, next] if one.day != next.day)).count();
    i32::try_from(changes).unwrap_or(i32::MAX).saturating_add(i32::from(!admissions.is_empty()))
}

//! Whether what a device decided stands.

use jiff::Timestamp;
use uuid::Uuid;

use super::{ScanTime, Verdict};
use crate::Result;
use crate::fee::{Charge, Legs};
use crate::policy::PolicyRule;
use crate::scan::decide::{Decision, Presence, Situation, WalletFacts, decide, deny};
use crate::scan::rules::Refusal;
use crate::scan::{Outcome, Reason, ScanKind};
use crate::ticket::TicketState;

/// What becomes of an uploaded scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// In one word.
    pub verdict: Verdict,
    /// What is stored: an admission changes ticket or wallet, anything else nothing.
    pub decision: Decision,
    /// Whether it takes the place of the admission that was stored before it.
    pub displaces: bool,
}

impl Judgement {
    fn stands(decision: Decision) -> Self {
        Self { verdict: Verdict::Success, decision, displaces: false }
    }

    fn refused(situation: &Situation<'_>, verdict: Verdict, refusal: Refusal) -> Self {
        let action = situation.input.kind.action(situation.presence.counted() > 0);
        Self { verdict, decision: deny(situation, action, refusal), displaces: false }
    }
}

/// A scan that the device denied: it is recorded, and changes nothing.
pub fn denied_offline(situation: &Situation<'_>, reason: Reason) -> Judgement {
    Judgement::refused(situation, Verdict::Success, reason.into())
}

/// What an upload knows of the other scans of the same ticket or wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The last admission of this upload before the scan.
    pub admitted_before: Option<Timestamp>,
    /// Whether the holder left between the scan and the admission that it is compared with.
    pub left_since: bool,
    /// The admissions of the scan's day, where that is before the day of the last admission that is stored.
    pub that_day: Option<DayPast>,
}

/// What is stored of an earlier day of a ticket or wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPast {
    /// Its last admission.
    pub admitted_at: Timestamp,
    /// How many there were, without those that were annulled.
    pub entries: i32,
    /// The gate of the last one.
    pub gate_id: Option<Uuid>,
}

/// Judges a scan that the device admitted. `situation.now` is when it read the token, as far as that is known.
///
/// # Errors
/// `invalid_amount` when the charge is larger than a charge may be.
pub fn judge(situation: &Situation<'_>, time: ScanTime, neighbours: Neighbours) -> Result<Judgement> {
    if time.too_late {
        return Ok(Judgement::refused(situation, Verdict::Conflict, Reason::ScanTooLate.into()));
    }
    let kind = situation.input.kind;
    if situation.device.is_some_and(|device| !device.offline_allowed || !device.scan_kinds.contains(&kind)) {
        return Ok(Judgement::refused(situation, Verdict::Conflict, Reason::OfflineUnavailable.into()));
    }
    match neighbours.that_day {
        Some(day) => on_its_day(situation, time, neighbours, day),
        None => against_the_last(situation, time, neighbours),
    }
}

/// A scan of an earlier day on which the holder was admitted, too: it is judged by what that day was, and changes
/// nothing of the later ones.
fn on_its_day(situation: &Situation<'_>, time: ScanTime, neighbours: Neighbours, day: DayPast) -> Result<Judgement> {
    let stored = situation.presence;
    let then = Presence {
        inside: situation.now < day.admitted_at || !neighbours.left_since,
        admitted_at: Some(day.admitted_at),
        gate_id: day.gate_id,
        last_day: Some(situation.today),
        day_entries: day.entries,
        ..stored
    };
    let judgement = against_the_last(&Situation { presence: then, ..*situation }, time, neighbours)?;
    let Presence { entries, annulled, .. } = judgement.decision.presence;
    let decision = Decision { presence: Presence { entries, annulled, ..stored }, occupancy: 0, ..judgement.decision };
    Ok(Judgement { decision, ..judgement })
}

/// Judges a scan by the last admission in `situation.presence`.
fn against_the_last(situation: &Situation<'_>, time: ScanTime, neighbours: Neighbours) -> Result<Judgement> {
    let decision = decide(situation)?;
    let Some(refusal) = decision.refusal else { return Ok(Judgement::stands(behind(situation, decision))) };
    if is_unknown(refusal.reason) {
        return Ok(Judgement { verdict: Verdict::Error, decision, displaces: false });
    }
    if !refusal.reason.is_repetition() {
        return Ok(Judgement { verdict: Verdict::Conflict, decision, displaces: false });
    }
    if came_first(situation) && situation.input.kind == ScanKind::Entry && !time.suspect {
        return before_the_last(situation, decision, neighbours);
    }
    Ok(Judgement { verdict: Verdict::Duplicate, decision, displaces: false })
}

/// A passage that happened before the admission that is stored: it counts, and does not move anybody back in time.
fn behind(situation: &Situation<'_>, decision: Decision) -> Decision {
    let stored = situation.presence;
    if !came_first(situation) || situation.input.kind.is_sale() {
        return decision;
    }
    let same_day = stored.last_day == Some(situation.today);
    let entered = i32::from(situation.input.kind == ScanKind::Entry);
    let presence = Presence {
        entries: stored.entries.saturating_add(entered),
        day_entries: stored.day_entries.saturating_add(if same_day { entered } else { 0 }),
        ..stored
    };
    Decision { presence, occupancy: 0, ..decision }
}

/// An admission for which no place was left: its use counts, and nobody is counted as inside.
#[must_use]
pub fn over_capacity(judgement: Judgement) -> Judgement {
    let refusal = Reason::CapacityReached.by(PolicyRule::Capacity);
    let presence = Presence { inside: false, ..judgement.decision.presence };
    let decision = Decision { refusal: Some(refusal), presence, occupancy: 0, ..judgement.decision };
    Judgement { verdict: Verdict::Conflict, decision, ..judgement }
}

/// Whether the token names nothing.
fn is_unknown(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TokenMalformed
            | Reason::TokenForged
            | Reason::TokenForeign
            | Reason::TicketUnknown
            | Reason::KeyRevoked
    )
}

/// Whether the admission that is stored happened after this scan.
fn came_first(situation: &Situation<'_>) -> bool {
    situation.presence.admitted_at.is_some_and(|stored| situation.now < stored)
}

/// An entry that happened before the one that is stored: both stand where the rules let both pass, otherwise it
/// takes the other's place. The first scan wins.
fn before_the_last(situation: &Situation<'_>, refused: Decision, neighbours: Neighbours) -> Result<Judgement> {
    let stored = situation.presence;
    let earlier = |annulled: i32| Presence {
        inside: false,
        admitted_at: None,
        annulled: stored.annulled.saturating_add(annulled),
        day_entries: stored.day_entries.saturating_sub(annulled),
        last_day: stored.last_day.filter(|_| stored.day_entries > annulled),
        ..stored
    };
    if leaves_room(situation, neighbours) {
        let both = at_its_time(situation, situation.wallet.ok().flatten(), earlier(0))?;
        if both.outcome == Outcome::Admitted {
            return Ok(Judgement::stands(behind(situation, both)));
        }
    }
    // The use was paid for by the admission that it displaces.
    let payer = situation.wallet.ok().flatten().map(|wallet| WalletFacts { balance_cents: i64::MAX, ..wallet.clone() });
    let instead = at_its_time(situation, payer.as_ref(), earlier(1))?;
    if instead.outcome == Outcome::Denied {
        return Ok(Judgement { verdict: Verdict::Duplicate, decision: refused, displaces: false });
    }
    let decision = Decision {
        charge: Charge::default(),
        charged_cents: 0,
        legs: Legs::new(),
        balance_cents: refused.balance_cents,
        // Whoever is inside stays so, and who has left stays out.
        presence: Presence { inside: stored.inside, ..instead.presence },
        occupancy: 0,
        was_inside: stored.inside,
        ..instead
    };
    Ok(Judgement { verdict: Verdict::Success, decision, displaces: true })
}

/// Whether two admissions at these times can both be right.
fn leaves_room(situation: &Situation<'_>, neighbours: Neighbours) -> bool {
    let config = situation.config;
    let cooldown_ms = i64::from(config.policy.cooldown_seconds().unwrap_or_default()).saturating_mul(1_000);
    let least_ms = i128::from(config.duplicate_window_ms.max(cooldown_ms));
    let far = |from: Timestamp, to: Timestamp| to.duration_since(from).as_millis() >= least_ms;
    let from_stored = situation.presence.admitted_at.is_some_and(|stored| far(situation.now, stored));
    let from_before = neighbours.admitted_before.is_none_or(|before| far(before, situation.now));
    config.reentry_allowed && (!config.exit_scans || neighbours.left_since) && from_stored && from_before
}

/// The decision as it would have been with the wallet and presence given and no later use of the ticket.
fn at_its_time(situation: &Situation<'_>, wallet: Option<&WalletFacts>, presence: Presence) -> Result<Decision> {
    // The only use of its day is taken away.
    let vacated = presence.last_day != situation.presence.last_day;
    let ticket = situation.ticket.cloned().map(|mut ticket| {
        if ticket.state == TicketState::Used {
            ticket.state = TicketState::Active;
        }
        ticket.days_used = ticket.days_used.saturating_sub(i32::from(vacated));
        ticket.last_step = None;
        ticket
    });
    let wallet = situation.wallet.map(|_| wallet);
    let mut decision = decide(&Situation { wallet, ticket: ticket.as_ref(), presence, ..*situation })?;
    if let (Some(used), Some(stored)) = (&mut decision.ticket, situation.ticket) {
        used.last_step = used.last_step.max(stored.last_step);
    }
    Ok(decision)
}

//! Whether what a device decided stands.

use super::Verdict;
use crate::Result;
use crate::policy::PolicyRule;
use crate::scan::decide::{Decision, Presence, Situation, decide, deny};
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

/// Judges a scan that the device admitted. `situation.now` is when it read the token, as far as that is known;
/// `suspect` says that it is not.
///
/// # Errors
/// `invalid_amount` when the charge is larger than a charge may be.
pub fn judge(situation: &Situation<'_>, suspect: bool, too_late: bool) -> Result<Judgement> {
    if too_late {
        return Ok(Judgement::refused(situation, Verdict::Conflict, Reason::ScanTooLate.into()));
    }
    let kind = situation.input.kind;
    if situation.device.is_some_and(|device| !device.offline_allowed || !device.scan_kinds.contains(&kind)) {
        return Ok(Judgement::refused(situation, Verdict::Conflict, Reason::OfflineUnavailable.into()));
    }
    let decision = decide(situation)?;
    let Some(refusal) = decision.refusal else { return Ok(Judgement::stands(decision)) };
    if is_unknown(refusal.reason) {
        return Ok(Judgement { verdict: Verdict::Error, decision, displaces: false });
    }
    if !refusal.reason.is_repetition() {
        return Ok(Judgement { verdict: Verdict::Conflict, decision, displaces: false });
    }
    if came_first(situation) && !suspect {
        return before_the_last(situation, decision);
    }
    Ok(Judgement { verdict: Verdict::Duplicate, decision, displaces: false })
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

/// Whether the admission that is stored happened after this one.
fn came_first(situation: &Situation<'_>) -> bool {
    let stored = situation.presence.admitted_at;
    situation.input.kind == ScanKind::Entry && stored.is_some_and(|stored| situation.now < stored)
}

/// An entry that happened before the one that is stored: both stand where the rules let both pass, otherwise it
/// takes the other's place. The first scan wins.
fn before_the_last(situation: &Situation<'_>, refused: Decision) -> Result<Judgement> {
    let stored = situation.presence;
    let earlier = |presence: Presence, annulled: i32| Presence {
        inside: false,
        admitted_at: None,
        annulled: presence.annulled.saturating_add(annulled),
        day_entries: presence.day_entries.saturating_sub(annulled),
        ..presence
    };
    if leaves_room(situation) {
        let both = at_its_time(situation, earlier(stored, 0))?;
        if both.outcome == Outcome::Admitted {
            let same_day = stored.last_day == both.presence.last_day;
            let presence = Presence {
                entries: both.presence.entries,
                day_entries: if same_day { both.presence.day_entries } else { stored.day_entries },
                ..stored
            };
            let occupancy = 0;
            return Ok(Judgement::stands(Decision { presence, occupancy, ..both }));
        }
    }
    let instead = at_its_time(situation, earlier(stored, 1))?;
    if instead.outcome == Outcome::Denied {
        return Ok(Judgement { verdict: Verdict::Duplicate, decision: refused, displaces: false });
    }
    // Whoever is inside keeps the place.
    let occupancy = i32::from(instead.presence.inside) - i32::from(stored.inside);
    Ok(Judgement { verdict: Verdict::Success, decision: Decision { occupancy, ..instead }, displaces: true })
}

/// Whether two admissions at these times can both be right.
fn leaves_room(situation: &Situation<'_>) -> bool {
    let config = situation.config;
    let Some(stored) = situation.presence.admitted_at else { return false };
    let gap = stored.duration_since(situation.now);
    let cooldown_seconds = config.policy.cooldown_seconds().unwrap_or_default();
    config.reentry_allowed
        && !config.exit_scans
        && gap.as_millis() >= i128::from(config.duplicate_window_ms)
        && gap.as_secs() >= i64::from(cooldown_seconds)
}

/// The decision as it would have been with the presence given and no later use of the ticket.
fn at_its_time(situation: &Situation<'_>, presence: Presence) -> Result<Decision> {
    let ticket = situation.ticket.cloned().map(|mut ticket| {
        if ticket.state == TicketState::Used {
            ticket.state = TicketState::Active;
        }
        ticket.last_step = None;
        ticket
    });
    let mut decision = decide(&Situation {
        now: situation.now,
        today: situation.today,
        input: situation.input,
        config: situation.config,
        device: situation.device,
        wallet: situation.wallet,
        ticket: ticket.as_ref(),
        presence,
    })?;
    if let (Some(used), Some(stored)) = (&mut decision.ticket, situation.ticket) {
        used.last_step = used.last_step.max(stored.last_step);
        used.days_used = used.days_used.max(stored.days_used);
    }
    Ok(decision)
}

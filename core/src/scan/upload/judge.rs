//! Whether what a device decided stands.

use uuid::Uuid;

use super::past::{Among, Past};
use super::{ScanTime, Verdict};
use crate::Result;
use crate::policy::PolicyRule;
use crate::scan::decide::{Decision, Presence, Situation, decide, deny};
use crate::scan::rules::Refusal;
use crate::scan::{Reason, ScanKind};

/// What becomes of an uploaded scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// In one word.
    pub verdict: Verdict,
    /// What is stored: an admission changes ticket or wallet, anything else nothing.
    pub decision: Decision,
    /// The scan that it collides with, where that is known from the holder's past.
    pub other_scan_id: Option<Uuid>,
    /// Whether it takes that one's place.
    pub displaces: bool,
}

impl Judgement {
    fn refused(situation: &Situation<'_>, verdict: Verdict, refusal: Refusal) -> Self {
        let action = situation.input.kind.action(situation.presence.counted() > 0);
        Self { verdict, decision: deny(situation, action, refusal), other_scan_id: None, displaces: false }
    }
}

/// A scan that the device denied: it is recorded, and changes nothing.
pub fn denied_offline(situation: &Situation<'_>, reason: Reason) -> Judgement {
    Judgement::refused(situation, Verdict::Success, reason.into())
}

/// Judges a scan that the device admitted. `situation.now` is when it read the token, as far as that is known; `past`
/// is there for passages before the admission that `situation.presence` tells of.
///
/// # Errors
/// `invalid_amount` when the charge is larger than a charge may be.
pub fn judge(situation: &Situation<'_>, time: ScanTime, past: Option<Past<'_>>) -> Result<Judgement> {
    if time.too_late {
        return Ok(Judgement::refused(situation, Verdict::Conflict, Reason::ScanTooLate.into()));
    }
    let kind = situation.input.kind;
    if situation.device.is_some_and(|device| !device.offline_allowed || !device.scan_kinds.contains(&kind)) {
        return Ok(Judgement::refused(situation, Verdict::Conflict, Reason::OfflineUnavailable.into()));
    }
    // A clock that proves nothing takes nobody's place.
    let Some(past) = past.filter(|_| !time.suspect) else {
        let decision = decide(situation)?;
        let decision = if decision.refusal.is_none() { behind(situation, decision) } else { decision };
        return Ok(Judgement { verdict: verdict_of(&decision), decision, other_scan_id: None, displaces: false });
    };
    let Among { decision, other_scan_id } = past.decide(situation)?;
    let verdict = verdict_of(&decision);
    let other_scan_id = other_scan_id.filter(|_| matches!(verdict, Verdict::Success | Verdict::Duplicate));
    Ok(Judgement {
        verdict,
        decision,
        other_scan_id,
        displaces: verdict == Verdict::Success && other_scan_id.is_some(),
    })
}

fn verdict_of(decision: &Decision) -> Verdict {
    match decision.reason() {
        None => Verdict::Success,
        Some(reason) if is_unknown(reason) => Verdict::Error,
        Some(reason) if reason.is_repetition() => Verdict::Duplicate,
        Some(_) => Verdict::Conflict,
    }
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

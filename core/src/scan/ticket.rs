//! Tickets at the door: what speaks against one, and what an admission makes of it.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::rules::Refusal;
use super::{Reason, ScanKind, Situation};
use crate::message::words;
use crate::policy::PolicyRule;
use crate::ticket::TicketState;
use crate::ticket::token::{TokenError, in_time};
use crate::totp::Step;

words! {
    /// In which form a ticket came to the gate.
    pub enum TokenForm {
        /// 26 symbols.
        Code => "code",
        /// `AH1`, under a key of the server.
        Short => "short",
        /// `AT1` or its JWS.
        Signed => "signed",
        /// `AT1` with a rotating code.
        Rotating => "rotating",
        /// The wallet's own token: the ticket is its pass.
        Wallet => "wallet",
    }
}

/// What was shown for a ticket, proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// In which form.
    pub form: TokenForm,
    /// Which of the ticket's tokens it says it is; none where only the current one is found.
    pub generation: Option<i32>,
    /// The step of its rotating code.
    pub step: Option<Step>,
}

/// A ticket, locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFacts {
    /// Its id.
    pub ticket_id: Uuid,
    /// Its type.
    pub ticket_type_id: Uuid,
    /// Its event.
    pub event_id: Uuid,
    /// Where it is.
    pub state: TicketState,
    /// From when its type admits.
    pub valid_from: Option<Timestamp>,
    /// Until when its type admits.
    pub valid_until: Option<Timestamp>,
    /// On how many days it admits, for a pass.
    pub pass_days: Option<i32>,
    /// On how many days it has admitted.
    pub days_used: i32,
    /// The zones that its type names.
    pub zones: Arc<[String]>,
    /// Which of its tokens is good.
    pub generation: i32,
    /// The step of the last rotating code that admitted.
    pub last_step: Option<i64>,
    /// What was shown for it.
    pub presented: Presented,
}

/// A ticket after a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketUse {
    /// Its id.
    pub ticket_id: Uuid,
    /// Its type.
    pub ticket_type_id: Uuid,
    /// Where it is.
    pub state: TicketState,
    /// On how many days it has admitted.
    pub days_used: i32,
    /// The day of this use, for a pass.
    pub pass_day: Option<i32>,
    /// The step of the last rotating code that admitted.
    pub last_step: Option<i64>,
    /// The step of the rotating code that was shown.
    pub code_step: Option<i64>,
    /// In which form it came.
    pub form: TokenForm,
}

impl TicketFacts {
    /// Whether it is a pass: good on several days.
    pub fn is_pass(&self) -> bool {
        self.pass_days.is_some()
    }

    /// The ticket as it was.
    pub fn unused(&self) -> TicketUse {
        TicketUse {
            ticket_id: self.ticket_id,
            ticket_type_id: self.ticket_type_id,
            state: self.state,
            days_used: self.days_used,
            pass_day: None,
            last_step: self.last_step,
            code_step: self.step(),
            form: self.presented.form,
        }
    }

    /// The step of the rotating code that was shown, as it is stored.
    fn step(&self) -> Option<i64> {
        self.presented.step.and_then(|step| i64::try_from(step.0).ok())
    }

    /// The ticket after an admission: an entry counts its day, and uses the ticket up when nobody is
    /// let back in and no day is left.
    pub fn used(&self, situation: &Situation<'_>) -> TicketUse {
        let mut after = self.unused();
        after.last_step = after.last_step.max(self.step());
        if situation.input.kind != ScanKind::Entry {
            return after;
        }
        after.pass_day = self.pass_days.map(|_| situation.today);
        after.days_used += i32::from(situation.presence.last_day != Some(situation.today));
        let no_day_left = self.pass_days.is_none_or(|days| after.days_used >= days);
        if no_day_left && !situation.config.reentry_allowed && self.state == TicketState::Active {
            after.state = TicketState::Used;
        }
        after
    }
}

/// What speaks against a ticket itself. The instants at which its validity begins and ends are in;
/// leaving is always possible.
pub(super) fn refused(situation: &Situation<'_>, ticket: &TicketFacts) -> Option<Refusal> {
    if situation.input.kind.is_sale() {
        return Some(Reason::TicketCannotPay.into());
    }
    if ticket.event_id != situation.config.event_id {
        return Some(Reason::WrongEvent.into());
    }
    if let Some(refusal) = outdated(situation, ticket) {
        return Some(refusal);
    }
    if situation.input.kind == ScanKind::Exit {
        return None;
    }
    if matches!(ticket.state, TicketState::Refunded | TicketState::Cancelled) {
        return Some(Reason::TicketVoid.into());
    }
    if ticket.state == TicketState::Expired || ticket.valid_until.is_some_and(|until| situation.now > until) {
        return Some(Reason::TicketExpired.by(PolicyRule::ValidUntil));
    }
    if let Some(from) = ticket.valid_from.filter(|from| situation.now < *from) {
        return Some(Reason::TicketNotYetValid.by(PolicyRule::ValidFrom).until(from));
    }
    days_used_up(situation, ticket)
}

/// A pass on a day more than it is good for.
pub(super) fn days_used_up(situation: &Situation<'_>, ticket: &TicketFacts) -> Option<Refusal> {
    let exhausted = ticket.pass_days.is_some_and(|days| situation.is_new_pass_day() && ticket.days_used >= days);
    exhausted.then(|| Reason::PassDaysUsed.by(PolicyRule::PassDays))
}

/// A token that was good once, or a code that is not good now. It holds for exits, too: whoever shows a
/// copy at the way out would let its holder in twice.
fn outdated(situation: &Situation<'_>, ticket: &TicketFacts) -> Option<Refusal> {
    let policy = &situation.config.policy;
    let presented = ticket.presented;
    if presented.generation.is_some_and(|generation| generation != ticket.generation) {
        return Some(Reason::TicketSuperseded.into());
    }
    let Some(step) = presented.step else {
        let rotates = policy.requires_rotating_codes() && presented.form != TokenForm::Wallet;
        return rotates.then(|| Reason::RotatingCodeRequired.by(PolicyRule::RotatingCodes));
    };
    let now_seconds = u64::try_from(situation.now.as_second()).unwrap_or_default();
    let tolerance_seconds = policy.tolerance_seconds();
    match in_time(step, now_seconds, tolerance_seconds) {
        Err(TokenError::CodeEarly) => {
            let begins = step.begins_at_seconds().saturating_sub(tolerance_seconds);
            let passes_at = i64::try_from(begins).ok().and_then(|begins| Timestamp::from_second(begins).ok());
            return Some(Reason::CodeEarly.by(PolicyRule::RotatingToleranceSeconds).until(passes_at));
        }
        Err(_) => return Some(Reason::CodeExpired.by(PolicyRule::RotatingToleranceSeconds)),
        Ok(()) => {}
    }
    let used = ticket.last_step.is_some_and(|last| match situation.input.kind {
        ScanKind::Exit => ticket.step() < Some(last),
        _ => ticket.step() <= Some(last),
    });
    used.then(|| Reason::CodeReplayed.into())
}

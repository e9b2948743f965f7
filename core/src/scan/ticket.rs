//! Tickets at the door: what speaks against one, and what an admission makes of it.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Reason, ScanKind, Situation};
use crate::ticket::TicketState;

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
    /// The last of these days, counted from 2000-01-01.
    pub last_day: Option<i32>,
    /// Today in the event's time zone, counted alike.
    pub today: i32,
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
    /// The last of these days.
    pub last_day: Option<i32>,
    /// The day of this use, for a pass.
    pub pass_day: Option<i32>,
}

impl TicketFacts {
    /// Whether a pass has not admitted today yet.
    pub fn is_new_day(&self) -> bool {
        self.pass_days.is_some() && self.last_day != Some(self.today)
    }

    /// The ticket as it was.
    pub fn unused(&self) -> TicketUse {
        TicketUse {
            ticket_id: self.ticket_id,
            ticket_type_id: self.ticket_type_id,
            state: self.state,
            days_used: self.days_used,
            last_day: self.last_day,
            pass_day: None,
        }
    }

    /// The ticket after an admission: an entry counts its day, and uses the ticket up when nobody is
    /// let back in and no day is left.
    pub fn used(&self, situation: &Situation<'_>) -> TicketUse {
        let mut after = self.unused();
        if situation.input.kind != ScanKind::Entry {
            return after;
        }
        after.pass_day = self.pass_days.map(|_| self.today);
        after.days_used += i32::from(self.last_day != Some(self.today));
        after.last_day = Some(self.today);
        let no_day_left = self.pass_days.is_none_or(|days| after.days_used >= days);
        if no_day_left && !situation.config.reentry_allowed && self.state == TicketState::Active {
            after.state = TicketState::Used;
        }
        after
    }
}

/// What speaks against a ticket itself. The instants at which its validity begins and ends are in;
/// leaving is always possible.
pub(super) fn refused(situation: &Situation<'_>, ticket: &TicketFacts) -> Option<Reason> {
    if situation.input.kind.is_sale() {
        return Some(Reason::TicketCannotPay);
    }
    if ticket.event_id != situation.config.event_id {
        return Some(Reason::WrongEvent);
    }
    if situation.input.kind == ScanKind::Exit {
        return None;
    }
    if matches!(ticket.state, TicketState::Refunded | TicketState::Cancelled) {
        return Some(Reason::TicketVoid);
    }
    if ticket.state == TicketState::Expired || ticket.valid_until.is_some_and(|until| situation.now > until) {
        return Some(Reason::TicketExpired);
    }
    if ticket.valid_from.is_some_and(|from| situation.now < from) {
        return Some(Reason::TicketNotYetValid);
    }
    let exhausted = ticket.pass_days.is_some_and(|days| ticket.is_new_day() && ticket.days_used >= days);
    exhausted.then_some(Reason::PassDaysUsed)
}

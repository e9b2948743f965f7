//! A ticket's life as one table, which also draws the diagram in the documentation.

use crate::message::words;
use crate::{Error, ErrorCode, Result};

words! {
    /// Where a ticket is.
    pub enum TicketState {
        /// Issued and good for entry.
        Active => "active",
        /// All its uses are consumed and its holder has left, or the event lets nobody back in.
        Used => "used",
        /// Paid back.
        Refunded => "refunded",
        /// Taken back without a refund, or its event was called off.
        Cancelled => "cancelled",
        /// Its event ended a day ago.
        Expired => "expired",
    }

    /// What can happen to a ticket.
    pub enum TicketStep {
        /// Admission at a gate.
        Admit => "admit",
        /// The last use was consumed.
        UseUp => "use_up",
        /// Its last admission is taken back.
        Annul => "annul",
        /// Its money goes back.
        Refund => "refund",
        /// Staff takes it back.
        Cancel => "cancel",
        /// Its time is over.
        Expire => "expire",
    }
}

/// One permitted step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Before.
    pub from: TicketState,
    /// What happens.
    pub step: TicketStep,
    /// Afterwards.
    pub to: TicketState,
    /// The command whose permission it needs; none for what admit does by itself.
    pub command: Option<&'static str>,
}

const fn transition(from: TicketState, step: TicketStep, to: TicketState, command: Option<&'static str>) -> Transition {
    Transition { from, step, to, command }
}

/// Every permitted step; nothing else is.
pub const TRANSITIONS: &[Transition] = &[
    transition(TicketState::Active, TicketStep::Admit, TicketState::Active, Some("scan.record")),
    transition(TicketState::Active, TicketStep::UseUp, TicketState::Used, Some("scan.record")),
    transition(TicketState::Expired, TicketStep::UseUp, TicketState::Used, Some("scan.upload")),
    transition(TicketState::Used, TicketStep::Annul, TicketState::Active, Some("scan.annul")),
    transition(TicketState::Active, TicketStep::Refund, TicketState::Refunded, Some("order.refund")),
    transition(TicketState::Used, TicketStep::Refund, TicketState::Refunded, Some("order.refund")),
    transition(TicketState::Expired, TicketStep::Refund, TicketState::Refunded, Some("order.refund")),
    transition(TicketState::Cancelled, TicketStep::Refund, TicketState::Refunded, Some("order.refund")),
    transition(TicketState::Active, TicketStep::Cancel, TicketState::Cancelled, Some("ticket.cancel")),
    transition(TicketState::Active, TicketStep::Expire, TicketState::Expired, None),
];

/// The state after a step.
///
/// # Errors
/// `conflict` when the table does not permit it.
pub fn next_state(from: TicketState, step: TicketStep) -> Result<TicketState> {
    let permitted = |known: &&Transition| known.from == from && known.step == step;
    TRANSITIONS.iter().find(permitted).map(|known| known.to).ok_or_else(|| {
        let (state, step) = (from.as_str(), step.as_str());
        Error::new(ErrorCode::Conflict, format!("the ticket is {state}: {step} is not possible any more"))
    })
}

/// The table as a Mermaid state diagram.
pub fn diagram() -> String {
    let mut text = String::from("stateDiagram-v2\n    [*] --> active: issue (order.pay)\n");
    for known in TRANSITIONS {
        let command = known.command.map_or_else(String::new, |command| format!(" ({command})"));
        let (from, step, to) = (known.from.as_str(), known.step.as_str(), known.to.as_str());
        text.push_str(&format!("    {from} --> {to}: {step}{command}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_has_one_end() {
        for (index, known) in TRANSITIONS.iter().enumerate() {
            let same = |other: &Transition| other.from == known.from && other.step == known.step;
            assert!(!TRANSITIONS[index + 1..].iter().any(same), "{known:?}");
        }
    }

    #[test]
    fn what_is_paid_back_stays_so() {
        for step in TicketStep::ALL {
            assert!(next_state(TicketState::Refunded, *step).is_err());
        }
        assert_eq!(next_state(TicketState::Active, TicketStep::Expire), Ok(TicketState::Expired));
    }

    #[test]
    fn every_command_is_known() {
        for known in TRANSITIONS {
            assert!(known.command.is_none_or(|name| crate::registry::command(name).is_some()), "{known:?}");
        }
    }
}

//! The disputes of a payment, independent of its refunds: a refunded charge can be disputed, too.

use super::super::notice::Dispute;
use super::{Decision, PaymentFacts, Step};
use crate::message::words;

words! {
    /// Where a dispute is. It only moves down this list: should a provider report a dispute as
    /// both lost and won, the money is taken to have come back in the end.
    pub enum DisputeState {
        /// The payer disputes the payment.
        Opened => "opened",
        /// It was decided for the payer.
        Lost => "lost",
        /// It was decided for the receiver, or dropped.
        Won => "won",
    }
}

/// What is known of a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeFact {
    /// The dispute, as it was last reported.
    pub dispute: Dispute,
    /// Where it is.
    pub state: DisputeState,
}

/// A dispute was opened or closed. Its amount may be any, in any currency: that is between the
/// payer's bank and the provider.
pub(super) fn reported(facts: &PaymentFacts, told: &Dispute, state: DisputeState) -> Decision {
    let known = facts.disputes.iter().find(|fact| fact.dispute.reference == told.reference);
    if known.is_some_and(|fact| fact.state as u8 >= state as u8) {
        return Decision::Nothing;
    }
    Decision::Book(Step::Dispute(DisputeFact { dispute: told.clone(), state }))
}

impl DisputeFact {
    /// Stores the step among the disputes that it was decided for.
    pub(super) fn store(self, disputes: &mut Vec<Self>) {
        match disputes.iter_mut().find(|fact| fact.dispute.reference == self.dispute.reference) {
            Some(fact) => *fact = self,
            None => disputes.push(self),
        }
    }
}

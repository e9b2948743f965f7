//! The disputes of a payment, independent of its refunds: a refunded charge can be disputed, too.

use super::super::notice::{Dispute, Subject};
use super::{Decision, PaymentFacts, Step};
use crate::message::words;
use crate::money::Currency;

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
    /// The currency of its amount, if it is one that is known here.
    pub currency: Option<Currency>,
    /// Where it is.
    pub state: DisputeState,
}

impl PaymentFacts {
    /// How much the provider keeps back for disputes that are open or lost, in minor units: together
    /// with what was refunded never more than the payment. Inquiries take nothing, and nothing is
    /// guessed of an amount in another currency.
    pub fn disputed_cents(&self) -> i64 {
        let claimed = self.claimed_cents(|state| state != DisputeState::Won);
        claimed.min(self.amount_cents.saturating_sub(self.refunded_cents())).max(0)
    }

    /// Whether refunds and lost disputes have taken all of the payment.
    pub fn is_gone(&self) -> bool {
        let lost = self.claimed_cents(|state| state == DisputeState::Lost);
        self.refunded_cents().saturating_add(lost) >= self.amount_cents
    }

    /// The sum of the disputes in some states, in minor units of the payment's currency.
    fn claimed_cents(&self, counts: impl Fn(DisputeState) -> bool) -> i64 {
        let claims = self
            .disputes
            .iter()
            .filter(|fact| counts(fact.state) && !fact.dispute.inquiry && fact.currency == Some(self.currency));
        claims.fold(0, |sum: i64, fact| sum.saturating_add(fact.dispute.amount_cents.max(0)))
    }
}

/// A dispute was opened or closed. Its amount may be any, in any currency: that is between the
/// payer's bank and the provider.
pub(super) fn reported(facts: &PaymentFacts, subject: &Subject, told: &Dispute, state: DisputeState) -> Decision {
    let known = facts.disputes.iter().find(|fact| fact.dispute.reference == told.reference);
    // An inquiry may become a dispute, never the other way round.
    let rank = |state: DisputeState, dispute: &Dispute| (state as u8, !dispute.inquiry);
    if known.is_some_and(|fact| rank(fact.state, &fact.dispute) >= rank(state, told)) {
        return Decision::Nothing;
    }
    let currency = subject.currency.as_deref().and_then(|code| code.to_ascii_uppercase().parse().ok());
    Decision::Book(Step::Dispute(DisputeFact { dispute: told.clone(), currency, state }))
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

//! The refunds of a payment: each on its own, and their sum as the provider tells it.

use uuid::Uuid;

use super::super::notice::{Refund, Refunds, Subject};
use super::{Decision, PaymentFacts, Step};
use crate::message::words;

words! {
    /// Where a refund is. It only moves down this list.
    pub enum RefundState {
        /// Asked for here; the provider has not reported it yet.
        Pending => "pending",
        /// The provider reported it.
        Succeeded => "succeeded",
        /// It did not reach its receiver, perhaps after it had been reported, or was refused.
        Failed => "failed",
    }
}

/// What is known of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundFact {
    /// Its id here, or the one that its metadata names.
    pub own_id: Option<Uuid>,
    /// The refund at the provider, once it is known.
    pub reference: Option<String>,
    /// How much, in minor units.
    pub amount_cents: i64,
    /// Where it is.
    pub state: RefundState,
}

/// What a report of refunds changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundStep {
    /// The refunds that are new or have changed, as they are now.
    pub refunds: Vec<RefundFact>,
    /// The largest sum that the provider reported, in minor units.
    pub refunded_in_all_cents: i64,
    /// By how much the refunded amount rises, in minor units: money that goes back besides what
    /// is booked already. Negative when a refund that is booked has failed.
    pub change_cents: i64,
}

impl PaymentFacts {
    /// How much is refunded, in minor units. The provider's sum counts refunds that were not
    /// told one by one, and the refunds known here those that are not in the sum yet; one that
    /// failed is in both and counts no longer. Where refunds are told by sums and failures only,
    /// the amount is too low until each is told.
    pub fn refunded_cents(&self) -> i64 {
        let failed = self.sum_cents(|fact| fact.state == RefundState::Failed);
        self.sum_cents(|_| true).max(self.refunded_in_all_cents).saturating_sub(failed).max(0)
    }

    /// The sum of some refunds, in minor units, without those that were refused.
    fn sum_cents(&self, counts: impl Fn(&RefundFact) -> bool) -> i64 {
        let counted = self.refunds.iter().filter(|fact| !fact.is_refused() && counts(fact));
        counted.fold(0, |sum: i64, fact| sum.saturating_add(fact.amount_cents))
    }

    /// Adds a refund that is asked for now. The provider's sum cannot have counted it yet: where
    /// that sum holds refunds that were not told one by one, it is going to grow by this one.
    pub fn ask(&mut self, refund_id: Uuid, amount_cents: i64) {
        if self.refunded_in_all_cents > self.sum_cents(|_| true) {
            self.refunded_in_all_cents = self.refunded_in_all_cents.saturating_add(amount_cents);
        }
        let state = RefundState::Pending;
        self.refunds.push(RefundFact { own_id: Some(refund_id), reference: None, amount_cents, state });
    }
}

impl RefundFact {
    /// Whether the provider refused to make it: it was never in the provider's sum.
    pub fn is_refused(&self) -> bool {
        self.state == RefundState::Failed && self.reference.is_none()
    }
}

/// Money went back.
pub(super) fn refunded(facts: &PaymentFacts, subject: &Subject, refunds: &Refunds) -> Decision {
    let mut changed = facts.clone();
    match refunds {
        Refunds::InAll(sum_cents) => changed.refunded_in_all_cents = changed.refunded_in_all_cents.max(*sum_cents),
        Refunds::Single(refunds) => {
            for refund in refunds {
                if let Err(detail) = note(&mut changed.refunds, refund, RefundState::Succeeded) {
                    return Decision::Refuse(detail);
                }
            }
        }
    }
    step(facts, subject, changed)
}

/// A refund failed, perhaps one that nobody has heard of before.
pub(super) fn failed(facts: &PaymentFacts, subject: &Subject, refund: &Refund) -> Decision {
    let mut changed = facts.clone();
    match note(&mut changed.refunds, refund, RefundState::Failed) {
        Ok(()) => step(facts, subject, changed),
        Err(detail) => Decision::Refuse(detail),
    }
}

/// Moves a refund forward, or adds it.
fn note(refunds: &mut Vec<RefundFact>, told: &Refund, state: RefundState) -> Result<(), String> {
    if told.amount_cents <= 0 {
        return Err("it reports a refund of nothing".to_owned());
    }
    let same = |fact: &RefundFact| {
        fact.reference.as_deref() == Some(&told.reference) || (told.own_id.is_some() && fact.own_id == told.own_id)
    };
    let mut known = refunds.iter_mut().filter(|fact| same(fact));
    let Some(fact) = known.next() else {
        let reference = Some(told.reference.clone());
        refunds.push(RefundFact { own_id: told.own_id, reference, amount_cents: told.amount_cents, state });
        return Ok(());
    };
    if known.next().is_some() || fact.reference.as_ref().is_some_and(|reference| *reference != told.reference) {
        return Err("its metadata names one refund, its id belongs to another".to_owned());
    }
    if fact.amount_cents != told.amount_cents {
        let (amount, known) = (told.amount_cents, fact.amount_cents);
        return Err(format!("it reports a refund of {amount}, but it is known as one of {known}, in minor units"));
    }
    // The provider has made what was taken for refused: then that is what counts.
    if fact.is_refused() || state as u8 > fact.state as u8 {
        fact.state = state;
    }
    fact.reference = Some(told.reference.clone());
    fact.own_id = fact.own_id.or(told.own_id);
    Ok(())
}

/// The step from what was known to what is known now.
fn step(before: &PaymentFacts, subject: &Subject, after: PaymentFacts) -> Decision {
    let currency = before.currency.as_str();
    if !subject.currency.as_deref().is_some_and(|told| told.eq_ignore_ascii_case(currency)) {
        return Decision::Refuse(format!("it does not report a refund in {currency}"));
    }
    let amount = before.amount_cents;
    let too_much = after.refunds.iter().map(|fact| fact.amount_cents).max().is_some_and(|largest| largest > amount);
    if too_much || after.refunded_in_all_cents > amount {
        return Decision::Refuse(format!("it reports more refunded than the payment's {amount} minor units"));
    }
    difference(before, after)
}

fn difference(before: &PaymentFacts, after: PaymentFacts) -> Decision {
    if after == *before {
        return Decision::Nothing;
    }
    let refunded = after.refunded_cents();
    if refunded > before.amount_cents {
        // One of the refunds must have failed, which is not reported yet.
        return Decision::Park;
    }
    Decision::Book(Step::Refund(RefundStep {
        change_cents: refunded - before.refunded_cents(),
        refunded_in_all_cents: after.refunded_in_all_cents,
        refunds: after.refunds.into_iter().filter(|fact| !before.refunds.contains(fact)).collect(),
    }))
}

/// What the provider's own answer to a refund that was asked for changes: it made the refund
/// `reference`, which is in this state now, or it refused, without a reference.
pub fn answered(facts: &PaymentFacts, refund_id: Uuid, reference: Option<&str>, state: RefundState) -> Decision {
    let mut changed = facts.clone();
    let Some(fact) = changed.refunds.iter_mut().find(|fact| fact.own_id == Some(refund_id)) else {
        return Decision::Refuse("the refund is not one of the payment".to_owned());
    };
    match (reference, &fact.reference) {
        (None, Some(known)) => {
            return Decision::Refuse(format!("the provider refuses what it has made already, {known}"));
        }
        (Some(told), Some(known)) if told != known => {
            return Decision::Refuse(format!("the provider made {told}, but {known} before"));
        }
        _ => {}
    }
    let told_before = |other: &RefundFact| reference.is_some() && other.reference.as_deref() == reference;
    if facts.refunds.iter().any(|other| other.own_id != Some(refund_id) && told_before(other)) {
        return Decision::Refuse("the provider's refund is known as another one".to_owned());
    }
    if (reference.is_some() && fact.is_refused()) || state as u8 > fact.state as u8 {
        fact.state = state;
    }
    fact.reference = fact.reference.take().or_else(|| reference.map(str::to_owned));
    difference(facts, changed)
}

impl RefundStep {
    /// Stores the step in the facts that it was decided for.
    pub(super) fn store(self, facts: &mut PaymentFacts) {
        facts.refunded_in_all_cents = self.refunded_in_all_cents;
        for refund in self.refunds {
            let same = |fact: &&mut RefundFact| {
                (refund.reference.is_some() && fact.reference == refund.reference)
                    || (refund.own_id.is_some() && fact.own_id == refund.own_id)
            };
            match facts.refunds.iter_mut().find(same) {
                Some(fact) => *fact = refund,
                None => facts.refunds.push(refund),
            }
        }
    }
}

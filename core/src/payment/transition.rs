//! What a report changes of a payment: a state machine that only moves forward, so that any
//! order and any repetition of reports comes to the same end.
//!
//! | report                        | pending | failed  | cancelled | succeeded      |
//! |-------------------------------|---------|---------|-----------|----------------|
//! | succeeded                     | credit  | credit  | credit    | nothing        |
//! | failed, checkout failed       | fail    | attach  | nothing   | nothing        |
//! | cancelled, checkout expired   | cancel  | cancel  | nothing   | nothing        |
//! | charged, once                 | charge  | charge  | charge    | charge         |
//! | checkout completed, once      | attach  | attach  | attach    | attach         |
//! | refunded, refund failed, once | park    | park    | park      | refund         |
//! | dispute opened, lost, won     | park    | park    | park      | dispute        |
//!
//! Money that arrived is a fact, whatever was said before: nothing comes after success. Refunds
//! and disputes are facets of a payment that succeeded, each of which moves forward on its own.
//! One report after success is for people: that the very transaction that paid was undone.

mod dispute;
mod refund;

pub use dispute::{DisputeFact, DisputeState};
pub use refund::{RefundFact, RefundState, RefundStep, answered};

use super::PaymentState;
use super::notice::{Report, Subject};
use crate::money::Currency;

/// What is known of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFacts {
    /// Where it is.
    pub state: PaymentState,
    /// How much was announced, in minor units.
    pub amount_cents: i64,
    /// In which currency.
    pub currency: Currency,
    /// The provider's payment object, once it is known.
    pub provider_reference: Option<String>,
    /// The provider's charge, once it is known.
    pub charge_reference: Option<String>,
    /// Every refund that was asked for here or reported, also those that failed.
    pub refunds: Vec<RefundFact>,
    /// The largest sum of refunds that the provider reported, in minor units.
    pub refunded_in_all_cents: i64,
    /// Every dispute that was reported.
    pub disputes: Vec<DisputeFact>,
}

/// What becomes of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It changes this.
    Book(Step),
    /// It was booked before, or a later report has overtaken it, or it says nothing to book.
    Nothing,
    /// It contradicts what is known, for this reason.
    Refuse(String),
    /// It came before what it builds upon; to be tried again.
    Park,
}

/// A step forward of a payment. Each also makes the report's object the payment's, if the
/// payment has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The money arrived: credit all of it.
    Credit,
    /// An attempt failed.
    Fail,
    /// It was cancelled or expired.
    Cancel,
    /// Note the provider's charge.
    Charge(String),
    /// Only note the provider's payment object.
    Attach,
    /// Money went back, or came back after a refund failed.
    Refund(RefundStep),
    /// A dispute was opened or closed.
    Dispute(DisputeFact),
}

/// What a report changes of a payment.
pub fn decide(facts: &PaymentFacts, subject: &Subject) -> Decision {
    if let Some(detail) = other_object(facts.provider_reference.as_deref(), subject) {
        return Decision::Refuse(detail);
    }
    match (&subject.report, facts.state) {
        (Report::Succeeded, state) => {
            match (contradiction(subject, facts.amount_cents, facts.currency.as_str()), state) {
                (Some(detail), _) => Decision::Refuse(detail),
                (None, PaymentState::Succeeded) => Decision::Nothing,
                (None, _) => Decision::Book(Step::Credit),
            }
        }
        (Report::Failed | Report::CheckoutFailed, PaymentState::Pending) => Decision::Book(Step::Fail),
        // Stripe declines a saved card in the answer that makes the object: the payment has failed then,
        // and the report tells which object it was.
        (Report::Failed, PaymentState::Failed) if facts.provider_reference.is_none() && subject.reference.is_some() => {
            Decision::Book(Step::Attach)
        }
        (Report::Cancelled | Report::CheckoutExpired, PaymentState::Pending | PaymentState::Failed) => {
            Decision::Book(Step::Cancel)
        }
        (Report::Failed | Report::Cancelled, PaymentState::Succeeded) if undone(facts, subject) => Decision::Refuse(
            "the transaction that paid was undone at the provider: see what has to be taken back".to_owned(),
        ),
        (Report::Failed | Report::CheckoutFailed | Report::Cancelled | Report::CheckoutExpired, _) => Decision::Nothing,
        (Report::Charged, _) => charge(facts, subject),
        (Report::CheckoutCompleted(_), _) => match (&facts.provider_reference, &subject.reference) {
            (None, Some(_)) => Decision::Book(Step::Attach),
            _ => Decision::Nothing,
        },
        (Report::Refunded(refunds), PaymentState::Succeeded) => refund::refunded(facts, subject, refunds),
        (Report::RefundFailed(refund), PaymentState::Succeeded) => refund::failed(facts, subject, refund),
        (Report::DisputeOpened(told), PaymentState::Succeeded) => {
            dispute::reported(facts, subject, told, DisputeState::Opened)
        }
        (Report::DisputeLost(told), PaymentState::Succeeded) => {
            dispute::reported(facts, subject, told, DisputeState::Lost)
        }
        (Report::DisputeWon(told), PaymentState::Succeeded) => {
            dispute::reported(facts, subject, told, DisputeState::Won)
        }
        (Report::Refunded(_) | Report::RefundFailed(_), _) => Decision::Park,
        (Report::DisputeOpened(_) | Report::DisputeLost(_) | Report::DisputeWon(_), _) => Decision::Park,
        (Report::Pending | Report::AccountUpdated(_) | Report::PaidOut | Report::PayoutFailed, _) => Decision::Nothing,
        (Report::Setup(_) | Report::MethodKept { .. } | Report::MethodDetached { .. } | Report::CustomerDeleted, _) => {
            Decision::Nothing
        }
    }
}

/// Whether a report of the end of one attempt is about the attempt that paid. Such reports leave
/// out the payment's object; it is Midtrans that cancels a card's capture before it settles.
fn undone(facts: &PaymentFacts, subject: &Subject) -> bool {
    subject.reference.is_none() && facts.provider_reference.as_ref() == Some(&subject.object_id)
}

fn charge(facts: &PaymentFacts, subject: &Subject) -> Decision {
    match &facts.charge_reference {
        None => Decision::Book(Step::Charge(subject.object_id.clone())),
        Some(known) if *known == subject.object_id => Decision::Nothing,
        Some(known) => Decision::Refuse(format!("the payment has another charge, {known}")),
    }
}

/// How a report contradicts the provider's object that is known already.
pub fn other_object(known: Option<&str>, subject: &Subject) -> Option<String> {
    match (known, subject.reference.as_deref()) {
        (Some(known), Some(reported)) if known != reported => {
            Some(format!("its metadata names what belongs to another object of the provider, {known}"))
        }
        _ => None,
    }
}

/// How what arrived differs from what was announced, `amount_cents` in minor units.
pub fn contradiction(subject: &Subject, amount_cents: i64, currency: &str) -> Option<String> {
    let (Some(amount), Some(reported)) = (subject.amount_cents, subject.currency.as_deref()) else {
        return Some("it does not say which amount arrived in which currency".to_owned());
    };
    if amount == amount_cents && reported.eq_ignore_ascii_case(currency) {
        return None;
    }
    // The provider's word is shown, but not at any length.
    let reported: String = reported.chars().filter(|symbol| symbol.is_ascii_alphanumeric()).take(5).collect();
    Some(format!("it reports {amount} {reported}, but {amount_cents} {currency} was announced, in minor units"))
}

impl PaymentFacts {
    /// The facts after a step that [`decide`] gave for them and the subject.
    #[must_use]
    pub fn after(mut self, subject: &Subject, step: Step) -> Self {
        self.provider_reference = self.provider_reference.or_else(|| subject.reference.clone());
        self.stepped(step)
    }

    /// The facts after a step that tells nothing of the payment's object.
    #[must_use]
    pub fn stepped(mut self, step: Step) -> Self {
        match step {
            Step::Credit => self.state = PaymentState::Succeeded,
            Step::Fail => self.state = PaymentState::Failed,
            Step::Cancel => self.state = PaymentState::Cancelled,
            Step::Charge(reference) => self.charge_reference = Some(reference),
            Step::Attach => {}
            Step::Refund(step) => step.store(&mut self),
            Step::Dispute(fact) => fact.store(&mut self.disputes),
        }
        self
    }
}

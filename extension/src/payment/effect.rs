//! Carrying out what a notice changes: a step of the payment's state machine with its entry in
//! the journal.

use admit_core::ledger::AccountKind;
use admit_core::payment::notice::{Notice, Refunds, Report, Subject};
use admit_core::payment::transition::{Decision, Step, decide};
use admit_core::payment::{DeliveryState, PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::alert;
use super::locked::Payment;
use super::method;
use super::reported::{self, Origin};
use crate::call::{Call, new_id};
use crate::database::{Argument, Database, arguments};
use crate::journal::{self, Fact, append};
use crate::ledger::tenant_account;
use crate::order::Sale;

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its state.
    pub state: DeliveryState,
    /// Why, where there is something to say.
    pub detail: Option<String>,
}

impl Outcome {
    /// Its effect is booked.
    pub fn applied() -> Self {
        Self { state: DeliveryState::Applied, detail: None }
    }

    /// Its effect was booked before, or a later state has overtaken it.
    pub fn duplicate() -> Self {
        Self { state: DeliveryState::Duplicate, detail: None }
    }

    /// admit does not act on its type.
    pub fn ignored() -> Self {
        Self { state: DeliveryState::Ignored, detail: None }
    }

    /// What it is about is not known yet.
    pub fn parked() -> Self {
        Self { state: DeliveryState::Parked, detail: Some("no payment or payout is known for it yet".to_owned()) }
    }

    /// It contradicts what is known.
    pub fn refused(detail: impl Into<String>) -> Self {
        Self { state: DeliveryState::Refused, detail: Some(detail.into()) }
    }
}

/// Whether a notice reports something that is carried out here; all else is stored and ignored.
pub fn carries_out(notice: &Notice) -> bool {
    notice.subject.as_ref().is_some_and(|subject| subject.report != Report::Pending)
}

/// What a provider reported, and by which delivery.
pub struct Told<'a> {
    /// The delivery, which is locked.
    pub delivery_id: Uuid,
    /// The provider.
    pub provider: Provider,
    /// What it reports.
    pub subject: &'a Subject,
    /// When the provider says that it happened.
    pub created_at: Option<Timestamp>,
}

/// Books what a delivery reports.
pub fn apply(database: &mut Database<'_, '_>, call: &Call, told: &Told<'_>) -> Result<Outcome> {
    let subject = told.subject;
    if matches!(subject.report, Report::PaidOut | Report::PayoutFailed) {
        return crate::payout::report(database, call, told.delivery_id, subject);
    }
    match &subject.report {
        Report::AccountUpdated(status) => return super::account::updated(database, call, told, status),
        Report::Setup(_) => return method::setup(database, call, told),
        Report::MethodKept { kept, added } => return method::kept(database, call, told, kept, *added),
        Report::MethodDetached { customer_reference } => {
            return method::detached(database, call, told, customer_reference.as_deref());
        }
        Report::CustomerDeleted => return method::customer_deleted(database, call, told),
        _ => {}
    }
    let rows = database.point(
        include_str!("../../../sql/statements/payment_of_event.sql"),
        arguments![call.tenant_id, told.provider.as_str(), subject.own_id, subject.reference.clone()],
    )?;
    let mut found = rows.collect(Payment::of_row)?;
    let Some(mut payment) = found.pop() else { return Ok(Outcome::parked()) };
    if !found.is_empty() {
        return Ok(Outcome::refused("its metadata names one payment, its id belongs to another"));
    }
    payment.load(database, call)?;
    let decision = if names_foreign_refund(database, call, &payment, subject)? {
        Decision::Refuse("its metadata names a refund of another payment".to_owned())
    } else {
        decide(&payment.facts, subject)
    };
    match decision {
        Decision::Book(step) => book(database, call, told, &mut payment, step),
        Decision::Nothing => Ok(Outcome::duplicate()),
        Decision::Park if payment.facts.state != PaymentState::Succeeded => Ok(Outcome::parked()),
        Decision::Park => {
            let detail = "more would be refunded than was paid: it waits until one of the refunds fails";
            alert::not_booked(database, call, told, &payment, detail)?;
            Ok(Outcome { state: DeliveryState::Parked, detail: Some(detail.to_owned()) })
        }
        Decision::Refuse(detail) => {
            alert::not_booked(database, call, told, &payment, &detail)?;
            Ok(Outcome::refused(detail))
        }
    }
}

/// Whether a told refund carries the id of one that belongs to another payment.
fn names_foreign_refund(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment: &Payment,
    subject: &Subject,
) -> Result<bool> {
    let told = match &subject.report {
        Report::Refunded(Refunds::Single(refunds)) => refunds.as_slice(),
        Report::RefundFailed(refund) => std::slice::from_ref(refund),
        _ => return Ok(false),
    };
    let ids: Vec<Uuid> = told.iter().filter_map(|refund| refund.own_id).collect();
    if ids.is_empty() {
        return Ok(false);
    }
    let foreign = database.point(
        "SELECT 1 FROM admit.refund WHERE tenant_id = $1 AND refund_id = ANY ($2) AND payment_id <> $3",
        arguments![call.tenant_id, ids, payment.payment_id],
    )?;
    Ok(!foreign.is_empty())
}

/// Stores a step with its journal entry, in one statement where the entry tells of the step alone.
fn book(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    payment: &mut Payment,
    step: Step,
) -> Result<Outcome> {
    let before = payment.facts.state;
    payment.facts = payment.facts.clone().after(told.subject, step.clone());
    let fact = match &step {
        Step::Credit if payment.order_id.is_some() => Some(note(told, payment, "payment.succeeded")),
        Step::Credit => Some(fund(database, call, told, payment)?),
        Step::Fail => Some(note(told, payment, "payment.failed")),
        Step::Cancel => Some(note(told, payment, "payment.cancelled")),
        Step::Charge(_) => Some(note(told, payment, "payment.charged")),
        Step::Attach => Some(note(told, payment, "payment.attached")),
        Step::Refund(_) | Step::Dispute(_) => None,
    };
    advance(database, call, payment, before, fact)?;
    match (step, payment.order_id) {
        (Step::Credit, Some(order_id)) => sell(database, call, told.provider, payment, order_id)?,
        (Step::Refund(step), _) => {
            let origin = Origin { delivery_id: Some(told.delivery_id), ..Origin::default() };
            reported::refund(database, call, &origin, payment, step)?;
        }
        (Step::Dispute(fact), _) => reported::dispute(database, call, told, payment, &fact)?,
        _ => {}
    }
    Ok(Outcome::applied())
}

/// Writes what is known of a payment now, with the entry that tells of it.
fn advance(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment: &Payment,
    before: PaymentState,
    fact: Option<Fact<serde_json::Value>>,
) -> Result<()> {
    let facts = &payment.facts;
    let succeeds = before != PaymentState::Succeeded && facts.state == PaymentState::Succeeded;
    let (text, mut arguments) = match fact {
        Some(fact) => (
            include_str!("../../../sql/statements/payment_advance_entry.sql"),
            journal::prepare(call, fact).map(|(_, arguments)| arguments)?,
        ),
        None => (include_str!("../../../sql/statements/payment_advance.sql"), vec![call.tenant_id.datum()]),
    };
    arguments.extend([
        payment.payment_id.datum(),
        facts.state.as_str().datum(),
        succeeds.then_some(call.now).datum(),
        facts.provider_reference.clone().datum(),
        facts.charge_reference.clone().datum(),
    ]);
    database.point(text, &arguments)?;
    Ok(())
}

/// What the journal keeps of a report.
fn body(told: &Told<'_>, payment: &Payment) -> serde_json::Value {
    let charge = matches!(told.subject.report, Report::Charged).then_some(&payment.facts.charge_reference);
    json!({
        "charge_reference": charge, "delivery_id": told.delivery_id, "provider": told.provider,
        "provider_reference": payment.facts.provider_reference,
    })
}

/// A report that moves no money.
fn note(told: &Told<'_>, payment: &Payment, action: &'static str) -> Fact<serde_json::Value> {
    payment.fact(action, body(told, payment))
}

/// The money of a funding arrived: the wallet is credited, even a frozen one.
fn fund(
    database: &mut Database<'_, '_>,
    call: &Call,
    told: &Told<'_>,
    payment: &Payment,
) -> Result<Fact<serde_json::Value>> {
    let (amount_cents, currency) = (payment.facts.amount_cents, payment.facts.currency);
    let wallet = database.point(
        "UPDATE admit.wallet SET balance_cents = balance_cents + $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, payment.wallet_id, amount_cents],
    )?;
    if wallet.is_empty() {
        return Err(Error::new(ErrorCode::Internal, "the payment's wallet is missing"));
    }
    let source = tenant_account(call.tenant_id, AccountKind::Provider, currency);
    let mut fact = note(told, payment, "payment.funded");
    fact.money = Some((currency, vec![(source, -amount_cents), (payment.wallet_id, amount_cents)]));
    Ok(fact)
}

/// Sells the order that the payment is for; the money of one that cannot be sold any more goes back.
fn sell(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    payment: &mut Payment,
    order_id: Uuid,
) -> Result<()> {
    let reason = match crate::order::paid_by_provider(database, call, provider, payment.payment_id, order_id)? {
        Sale::Sold => return Ok(()),
        Sale::TooLate(reason) => reason,
    };
    let (refund_id, amount_cents) = (new_id(call.now)?, payment.facts.amount_cents);
    payment.ask(database, call, refund_id, amount_cents, reason, None)?;
    // Nobody ever had this money: what comes in goes back, and no account has moved.
    payment.move_money(database, call, amount_cents)?;
    append(database, call, payment.fact("payment.returned", json!({"reason": reason, "refund_id": refund_id})))?;
    Ok(())
}

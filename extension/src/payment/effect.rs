//! Carrying out what a notice changes: a step of the payment's state machine with its entry in
//! the journal.

use admit_core::ledger::AccountKind;
use admit_core::payment::notice::{Notice, Report, Subject};
use admit_core::payment::transition::{Decision, PaymentFacts, Step, decide};
use admit_core::payment::{DeliveryState, PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::fact;
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::ledger::tenant_account;
use crate::order::Sale;
use crate::venue::without_nulls;

/// What becomes of a delivery.
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
    let report = notice.subject.as_ref().map(|subject| &subject.report);
    matches!(
        report,
        Some(Report::Succeeded | Report::Failed | Report::Charged | Report::PaidOut | Report::PayoutFailed)
    )
}

/// Books what a delivery reports. The delivery is locked.
pub fn apply(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
    subject: &Subject,
) -> Result<Outcome> {
    if matches!(subject.report, Report::PaidOut | Report::PayoutFailed) {
        return crate::payout::report(database, call, delivery_id, subject);
    }
    let rows = database.point(
        include_str!("../../../sql/statements/payment_of_event.sql"),
        arguments![call.tenant_id, provider.as_str(), subject.own_id, subject.reference.clone()],
    )?;
    let found = rows.collect(payment_of)?;
    let payment = match &found[..] {
        [] => return Ok(Outcome::parked()),
        [payment] => payment,
        [..] => return Ok(Outcome::refused("its metadata names one payment, its id belongs to another")),
    };
    match decide(&payment.facts, subject) {
        Decision::Book(step) => book(database, call, provider, delivery_id, subject, payment, &step),
        Decision::Park => Ok(Outcome::parked()),
        Decision::Nothing => Ok(Outcome::duplicate()),
        Decision::Refuse(detail) => Ok(Outcome::refused(detail)),
    }
}

/// The payment that an event is about, locked.
struct Payment {
    payment_id: Uuid,
    wallet_id: Uuid,
    order_id: Option<Uuid>,
    facts: PaymentFacts,
}

fn payment_of(row: &Rows<'_>) -> Result<Payment> {
    let facts = PaymentFacts {
        provider_reference: row.optional(3)?,
        charge_reference: row.optional(4)?,
        amount_cents: row.get(5)?,
        currency: row.get::<String>(6)?.parse()?,
        state: PaymentState::from_word(&row.get::<String>(7)?)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a payment"))?,
        // Reports of refunds and disputes are not carried out, so none is known.
        refunds: Vec::new(),
        refunded_in_all_cents: 0,
        disputes: Vec::new(),
    };
    Ok(Payment { payment_id: row.get(1)?, wallet_id: row.get(2)?, order_id: row.optional(8)?, facts })
}

/// Stores a step with its journal entry.
fn book(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
    subject: &Subject,
    payment: &Payment,
    step: &Step,
) -> Result<Outcome> {
    let facts = &payment.facts;
    let (action, state, charge) = match step {
        Step::Credit if payment.order_id.is_some() => ("payment.succeeded", PaymentState::Succeeded, None),
        Step::Credit => ("payment.funded", PaymentState::Succeeded, None),
        Step::Fail => ("payment.failed", PaymentState::Failed, None),
        Step::Charge(charge) => ("payment.charged", facts.state, Some(charge.clone())),
        Step::Cancel | Step::Attach | Step::Refund(_) | Step::Dispute(_) => return Ok(Outcome::ignored()),
    };
    let credits = matches!(step, Step::Credit);
    database.point(
        include_str!("../../../sql/statements/payment_advance.sql"),
        arguments![
            call.tenant_id,
            payment.payment_id,
            state.as_str(),
            credits.then_some(call.now),
            subject.reference.clone(),
            charge.clone(),
        ],
    )?;
    let body = json!({
        "charge_reference": charge, "delivery_id": delivery_id, "payment_id": payment.payment_id, "provider": provider,
        "provider_reference": subject.reference.as_deref().or(facts.provider_reference.as_deref()),
    });
    let mut fact = fact(action, payment.wallet_id, without_nulls(body));
    if let (true, Some(order_id)) = (credits, payment.order_id) {
        append(database, call, fact)?;
        sell(database, call, provider, payment, order_id)?;
        return Ok(Outcome::applied());
    }
    if credits {
        credit(database, call, payment)?;
        let source = tenant_account(call.tenant_id, AccountKind::Provider, facts.currency);
        let legs = vec![(source, -facts.amount_cents), (payment.wallet_id, facts.amount_cents)];
        fact.money = Some((facts.currency, legs));
    }
    append(database, call, fact)?;
    Ok(Outcome::applied())
}

/// Sells the order that the payment is for; the money of one that cannot be sold any more goes back.
fn sell(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    payment: &Payment,
    order_id: Uuid,
) -> Result<()> {
    let reason = match crate::order::paid_by_provider(database, call, provider, payment.payment_id, order_id)? {
        Sale::Sold => return Ok(()),
        Sale::TooLate(reason) => reason,
    };
    let refund_id = new_id(call.now)?;
    super::request_refund(database, call, payment.payment_id, refund_id, payment.facts.amount_cents, reason)?;
    let body = json!({
        "order_id": order_id, "payment_id": payment.payment_id, "reason": reason, "refund_id": refund_id,
    });
    append(database, call, super::fact("payment.returned", payment.wallet_id, body))?;
    Ok(())
}

/// Adds the payment to its wallet; a frozen wallet receives money as well.
fn credit(database: &mut Database<'_, '_>, call: &Call, payment: &Payment) -> Result<()> {
    let wallet = database.point(
        "UPDATE admit.wallet SET balance_cents = balance_cents + $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, payment.wallet_id, payment.facts.amount_cents],
    )?;
    if wallet.is_empty() {
        return Err(Error::new(ErrorCode::Internal, "the payment's wallet is missing"));
    }
    Ok(())
}

//! What an event changes: a monotone state machine, so that any order and any repetition of
//! deliveries comes to the same end.

use admit_core::ledger::AccountKind;
use admit_core::money::Currency;
use admit_core::payment::{DeliveryState, PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::event::{Report, Subject};
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
    match decide(payment, subject) {
        Decision::Book(step) => {
            book(database, call, provider, delivery_id, subject, payment, step)?;
            Ok(Outcome::applied())
        }
        Decision::Nothing => Ok(Outcome::duplicate()),
        Decision::Refuse(detail) => Ok(Outcome::refused(detail)),
    }
}

/// The payment that an event is about, locked.
struct Payment {
    payment_id: Uuid,
    wallet_id: Uuid,
    provider_reference: Option<String>,
    charge_reference: Option<String>,
    amount_cents: i64,
    currency: Currency,
    state: PaymentState,
    order_id: Option<Uuid>,
}

fn payment_of(row: &Rows<'_>) -> Result<Payment> {
    Ok(Payment {
        payment_id: row.get(1)?,
        wallet_id: row.get(2)?,
        provider_reference: row.optional(3)?,
        charge_reference: row.optional(4)?,
        amount_cents: row.get(5)?,
        currency: row.get::<String>(6)?.parse()?,
        state: PaymentState::from_word(&row.get::<String>(7)?)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a payment"))?,
        order_id: row.optional(8)?,
    })
}

/// A step forward of a payment.
enum Step {
    Credit,
    Fail,
    Charge,
}

enum Decision {
    Book(Step),
    Nothing,
    Refuse(String),
}

fn decide(payment: &Payment, subject: &Subject) -> Decision {
    if let Some(detail) = other_object(payment.provider_reference.as_deref(), subject) {
        return Decision::Refuse(detail);
    }
    match (subject.report, payment.state) {
        (Report::Succeeded, state) => {
            match (contradiction(subject, payment.amount_cents, payment.currency.as_str()), state) {
                (Some(detail), _) => Decision::Refuse(detail),
                (None, PaymentState::Succeeded) => Decision::Nothing,
                (None, PaymentState::Pending | PaymentState::Failed) => Decision::Book(Step::Credit),
            }
        }
        (Report::Failed, PaymentState::Pending) => Decision::Book(Step::Fail),
        (Report::Charged, _) => match &payment.charge_reference {
            None => Decision::Book(Step::Charge),
            Some(known) if *known == subject.object_id => Decision::Nothing,
            Some(known) => Decision::Refuse(format!("the payment has another charge, {known}")),
        },
        (Report::Failed | Report::PaidOut | Report::PayoutFailed, _) => Decision::Nothing,
    }
}

/// How an event contradicts the provider's object that is known already.
pub fn other_object(known: Option<&str>, subject: &Subject) -> Option<String> {
    match (known, subject.reference.as_deref()) {
        (Some(known), Some(reported)) if known != reported => {
            Some(format!("its metadata names what belongs to another object of the provider, {known}"))
        }
        _ => None,
    }
}

/// How what arrived differs from what was announced.
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

/// Stores a step with its journal entry.
fn book(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    delivery_id: Uuid,
    subject: &Subject,
    payment: &Payment,
    step: Step,
) -> Result<()> {
    let (action, state) = match step {
        Step::Credit if payment.order_id.is_some() => ("payment.succeeded", PaymentState::Succeeded),
        Step::Credit => ("payment.funded", PaymentState::Succeeded),
        Step::Fail => ("payment.failed", PaymentState::Failed),
        Step::Charge => ("payment.charged", payment.state),
    };
    let credits = matches!(step, Step::Credit);
    let charge = matches!(step, Step::Charge).then(|| subject.object_id.clone());
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
        "provider_reference": subject.reference.as_deref().or(payment.provider_reference.as_deref()),
    });
    let mut fact = fact(action, payment.wallet_id, without_nulls(body));
    if let (true, Some(order_id)) = (credits, payment.order_id) {
        append(database, call, fact)?;
        return sell(database, call, provider, payment, order_id);
    }
    if credits {
        credit(database, call, payment)?;
        let source = tenant_account(call.tenant_id, AccountKind::Provider, payment.currency);
        let legs = vec![(source, -payment.amount_cents), (payment.wallet_id, payment.amount_cents)];
        fact.money = Some((payment.currency, legs));
    }
    append(database, call, fact)?;
    Ok(())
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
    super::request_refund(database, call, payment.payment_id, refund_id, payment.amount_cents, reason)?;
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
        arguments![call.tenant_id, payment.wallet_id, payment.amount_cents],
    )?;
    if wallet.is_empty() {
        return Err(Error::new(ErrorCode::Internal, "the payment's wallet is missing"));
    }
    Ok(())
}

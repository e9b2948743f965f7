//! Refunds that failed: noted by staff where no webhook tells it, and asked for again.

use admit_core::payment::transition::RefundState;
use admit_core::payment::{RefundFail, RefundGet, RefundRetry, RefundView};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::super::locked::{Payment, lock};
use super::super::outgoing;
use super::super::reported::{self, Origin};
use super::{list, refund_funding, refundable};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::journal::append;

/// `refund.retry`
pub fn retry(database: &mut Database<'_, '_>, call: &Call, request: RefundRetry) -> Result<RefundView> {
    let reason = required_text("reason", &request.reason, 500)?;
    let mut payment = lock_of_refund(database, call, request.refund_id)?;
    let amount_cents = failed_amount(database, call, &payment, request.refund_id)?;
    crate::approval::require(database, call, payment.position.refunded_cents + amount_cents)?;
    let refund_id = match payment.order_id {
        Some(_) => ask_again(database, call, &mut payment, amount_cents, &reason, request.refund_id)?,
        None => {
            refundable(&payment, Some(amount_cents))?;
            let retry_of = Some(request.refund_id);
            refund_funding(database, call, &mut payment, amount_cents, &reason, retry_of)?.refund_id
        }
    };
    list::get(database, call, RefundGet { refund_id })
}

/// Locks the payment of a refund that the caller may touch.
fn lock_of_refund(database: &mut Database<'_, '_>, call: &Call, refund_id: Uuid) -> Result<Payment> {
    let mut rows = database.point(
        "SELECT payment_id FROM admit.refund WHERE tenant_id = $1 AND refund_id = $2",
        arguments![call.tenant_id, refund_id],
    )?;
    rows.only("refund")?;
    lock(database, call, rows.get(1)?).map_err(|error| match error.code {
        ErrorCode::NotFound => Error::not_found("refund"),
        _ => error,
    })
}

/// The amount of a refund that failed and was not asked for again.
fn failed_amount(database: &mut Database<'_, '_>, call: &Call, payment: &Payment, refund_id: Uuid) -> Result<i64> {
    let fact = payment.facts.refunds.iter().find(|fact| fact.own_id == Some(refund_id));
    let fact = fact.ok_or_else(|| Error::not_found("refund"))?;
    if fact.state != RefundState::Failed {
        let state = fact.state.as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the refund is {state}: only one that failed can be asked for again"),
        ));
    }
    let retried = database.point(
        "SELECT 1 FROM admit.refund WHERE tenant_id = $1 AND retry_of = $2",
        arguments![call.tenant_id, refund_id],
    )?;
    if !retried.is_empty() {
        return Err(Error::new(ErrorCode::Conflict, "the refund was asked for again already: see refund.list"));
    }
    Ok(fact.amount_cents)
}

/// Asks for what an order's payer is still owed: the shares were taken back when it was first asked for.
fn ask_again(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment: &mut Payment,
    amount_cents: i64,
    reason: &str,
    retry_of: Uuid,
) -> Result<Uuid> {
    let owed = payment.position.refund_due_cents().min(payment.left_cents());
    if amount_cents > owed {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("only {owed} minor units are owed to the payer: the rest went back or is disputed"),
        ));
    }
    let refund_id = new_id(call.now)?;
    payment.ask(database, call, refund_id, amount_cents, reason, Some(retry_of))?;
    let legs = payment.move_money(database, call, payment.position.taken_back_cents)?;
    let body = json!({"provider": payment.provider, "reason": reason, "refund_id": refund_id, "retry_of": retry_of});
    let mut fact = payment.fact("payment.refunded", body);
    fact.money = Some((payment.facts.currency, legs));
    append(database, call, fact)?;
    Ok(refund_id)
}

/// `refund.fail`
pub fn fail(database: &mut Database<'_, '_>, call: &Call, request: RefundFail) -> Result<RefundView> {
    let reason = required_text("reason", &request.reason, 500)?;
    let mut payment = lock_of_refund(database, call, request.refund_id)?;
    if outgoing::asks_for_refund(database, call, request.refund_id)? {
        return Err(Error::new(
            ErrorCode::Conflict,
            "admit asks the provider for the refund itself: wait for the provider's answer",
        ));
    }
    let origin = Origin { reason: Some(&reason), ..Origin::default() };
    let refused = (None, RefundState::Failed);
    if let Some(detail) = reported::answer(database, call, &origin, &mut payment, request.refund_id, refused)? {
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    list::get(database, call, RefundGet { refund_id: request.refund_id })
}

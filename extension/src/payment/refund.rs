//! Refunds: the wallet is debited here, and the provider is asked once, by its idempotency key.

mod list;
mod retry;

pub use list::{get, list};
pub use retry::{fail, retry};

use admit_core::money::positive_amount;
use admit_core::payment::{PaymentRefund, PaymentState, RefundRequested};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::locked::{Payment, lock, provider_idempotency_key};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::journal::append;

/// `payment.refund`
pub fn refund(database: &mut Database<'_, '_>, call: &Call, request: PaymentRefund) -> Result<RefundRequested> {
    let reason = required_text("reason", &request.reason, 500)?;
    let asked = request.amount_cents.map(|amount| positive_amount("amount_cents", amount)).transpose()?;
    let mut payment = lock(database, call, request.payment_id)?;
    if payment.order_id.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "the payment is an order's: refund its tickets with order.refund"));
    }
    let amount_cents = refundable(&payment, asked)?;
    crate::approval::require(database, call, payment.position.refunded_cents + amount_cents)?;
    refund_funding(database, call, &mut payment, amount_cents, &reason, None)
}

/// Debits the wallet of a locked funding and asks the provider to give the money back.
fn refund_funding(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment: &mut Payment,
    amount_cents: i64,
    reason: &str,
    retry_of: Option<Uuid>,
) -> Result<RefundRequested> {
    let balance_cents = debit(database, call, payment.wallet_id, amount_cents)?;
    let refund_id = new_id(call.now)?;
    payment.ask(database, call, refund_id, amount_cents, reason, retry_of)?;
    let mut legs = payment.move_money(database, call, payment.position.taken_back_cents + amount_cents)?;
    legs.insert(0, (payment.wallet_id, -amount_cents));
    let body = json!({"provider": payment.provider, "reason": reason, "refund_id": refund_id, "retry_of": retry_of});
    let mut fact = payment.fact("payment.refunded", body);
    fact.money = Some((payment.facts.currency, legs));
    append(database, call, fact)?;
    Ok(RefundRequested {
        refund_id,
        payment_id: payment.payment_id,
        amount_cents,
        currency: payment.facts.currency.to_string(),
        provider_idempotency_key: provider_idempotency_key(refund_id),
        balance_cents,
    })
}

/// How much is refunded: what was asked for, or all that is left.
fn refundable(payment: &Payment, asked: Option<i64>) -> Result<i64> {
    if payment.facts.state != PaymentState::Succeeded {
        let state = payment.facts.state.as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the payment is {state}: only a payment that succeeded can be refunded"),
        ));
    }
    let not_taken_back = payment.facts.amount_cents - payment.position.taken_back_cents;
    let left = payment.left_cents().min(not_taken_back);
    if left == 0 && payment.position.disputed_cents > 0 {
        return Err(Error::new(
            ErrorCode::Conflict,
            "the payer disputes the payment, so the provider keeps its money back: nothing is left to refund",
        ));
    }
    if left == 0 {
        return Err(Error::new(ErrorCode::Conflict, "the payment is refunded in full already"));
    }
    let amount_cents = asked.unwrap_or(left);
    if amount_cents > left {
        return Err(Error::new(
            ErrorCode::InvalidAmount,
            format!("only {left} minor units of the payment are left: refund at most that"),
        ));
    }
    Ok(amount_cents)
}

/// Locks the wallet, then debits it; gives the balance afterwards.
fn debit(database: &mut Database<'_, '_>, call: &Call, wallet_id: Uuid, amount_cents: i64) -> Result<i64> {
    let mut rows = database.point(
        "SELECT balance_cents, frozen FROM admit.wallet WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, wallet_id],
    )?;
    rows.only("wallet")?;
    let (balance, frozen): (i64, bool) = (rows.get(1)?, rows.get(2)?);
    if frozen {
        return Err(Error::new(
            ErrorCode::WalletFrozen,
            "the wallet is frozen, so nothing can be debited: unfreeze it first with wallet.unfreeze",
        ));
    }
    if balance < amount_cents {
        return Err(Error::new(
            ErrorCode::InsufficientFunds,
            format!("the wallet holds {balance} minor units: refund at most that"),
        ));
    }
    database.point(
        "UPDATE admit.wallet SET balance_cents = balance_cents - $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, wallet_id, amount_cents],
    )?;
    Ok(balance - amount_cents)
}

//! Refunds: the wallet is debited here, and the provider is asked once, by its idempotency key.

use admit_core::ledger::AccountKind;
use admit_core::money::positive_amount;
use admit_core::payment::{PaymentRefund, PaymentState, RefundView};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{Locked, fact, lock};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::ledger::tenant_account;

/// `payment.refund`
pub fn refund(database: &mut Database<'_, '_>, call: &Call, request: PaymentRefund) -> Result<RefundView> {
    let reason = required_text("reason", &request.reason, 500)?;
    let asked = request.amount_cents.map(|amount| positive_amount("amount_cents", amount)).transpose()?;
    let payment = lock(database, call, request.payment_id)?;
    if payment.order_id.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "the payment is an order's: refund its tickets with order.refund"));
    }
    let amount_cents = refundable(&payment, asked)?;
    crate::approval::require(database, call, payment.refunded_cents + amount_cents)?;
    let balance_cents = debit(database, call, &payment, amount_cents)?;
    let refund_id = new_id(call.now)?;
    let provider_idempotency_key = format!("admit-refund-{refund_id}");
    database.write(
        "UPDATE admit.payment SET refunded_cents = refunded_cents + $3 WHERE tenant_id = $1 AND payment_id = $2",
        arguments![call.tenant_id, payment.payment_id, amount_cents],
    )?;
    database.write(
        include_str!("../../../sql/statements/payment_refund.sql"),
        arguments![
            call.tenant_id,
            refund_id,
            payment.payment_id,
            amount_cents,
            reason.as_str(),
            provider_idempotency_key.as_str(),
            call.now,
        ],
    )?;
    super::outgoing::create_refund(database, call, payment.payment_id, refund_id, amount_cents)?;
    let account = tenant_account(call.tenant_id, AccountKind::Provider, payment.currency);
    let body = json!({"payment_id": payment.payment_id, "provider": payment.provider, "reason": reason, "refund_id": refund_id});
    let mut fact = fact("payment.refunded", payment.wallet_id, body);
    fact.money = Some((payment.currency, vec![(payment.wallet_id, -amount_cents), (account, amount_cents)]));
    append(database, call, fact)?;
    Ok(RefundView {
        refund_id,
        payment_id: payment.payment_id,
        amount_cents,
        currency: payment.currency.to_string(),
        provider_idempotency_key,
        balance_cents,
    })
}

/// How much is refunded: what was asked for, or all that is left.
fn refundable(payment: &Locked, asked: Option<i64>) -> Result<i64> {
    if payment.state != PaymentState::Succeeded.as_str() {
        let state = &payment.state;
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the payment is {state}: only a payment that succeeded can be refunded"),
        ));
    }
    let left = payment.amount_cents - payment.refunded_cents;
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
fn debit(database: &mut Database<'_, '_>, call: &Call, payment: &Locked, amount_cents: i64) -> Result<i64> {
    let wallet_id: Uuid = payment.wallet_id;
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

/// Asks the provider to give back part of an order's payment; the order has booked it.
pub fn request_refund(
    database: &mut Database<'_, '_>,
    call: &Call,
    payment_id: Uuid,
    refund_id: Uuid,
    amount_cents: i64,
    reason: &str,
) -> Result<()> {
    let rows = database.write(
        "UPDATE admit.payment SET refunded_cents = refunded_cents + $3 \
         WHERE tenant_id = $1 AND payment_id = $2 AND refunded_cents + $3 <= amount_cents",
        arguments![call.tenant_id, payment_id, amount_cents],
    )?;
    if rows.is_empty() {
        return Err(Error::new(ErrorCode::InvalidAmount, "the payment has less left than is to be refunded"));
    }
    database.write(
        include_str!("../../../sql/statements/payment_refund.sql"),
        arguments![
            call.tenant_id,
            refund_id,
            payment_id,
            amount_cents,
            reason,
            format!("admit-refund-{refund_id}"),
            call.now,
        ],
    )?;
    super::outgoing::create_refund(database, call, payment_id, refund_id, amount_cents)
}

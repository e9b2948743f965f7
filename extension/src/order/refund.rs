//! Paying tickets back: they go out of use, their places are free again, and every share of their
//! money goes the way it came.

use admit_core::fee::Legs;
use admit_core::order::{OrderRefund, OrderRefunded, OrderState, PayWith};
use admit_core::ticket::{TicketStep, next_state};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use super::void::{Taken, Unit, lock_units, void};
use super::{Order, require_own, store};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::payment::{Payment, lock_of_order};

/// Tickets of one refund at most.
const TICKETS_MAX: usize = 2_000;

/// `order.refund`
pub fn refund(database: &mut Database<'_, '_>, call: &Call, request: OrderRefund) -> Result<OrderRefunded> {
    let reason = required_text("reason", &request.reason, 500)?;
    let (mut order, payment) = lock_paid(database, call, request.order_id)?;
    require_own(database, call, &order)?;
    if !is_refundable(&order) {
        let state = order.state_at(call.now).as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the order is {state}: only a paid order can be refunded"),
        ));
    }
    lock_purse(database, call, &order)?;
    let units = named_units(database, call, &order, request.ticket_ids)?;
    let taken = Taken::of(&order, units, false);
    carry_out(database, call, &mut order, payment, &taken, &reason)
}

/// Pays an order of a cancelled event back, whole; none when somebody has done so already. A second
/// person has agreed to the cancellation where that is needed.
pub fn refund_cancelled(
    database: &mut Database<'_, '_>,
    call: &Call,
    order_id: Uuid,
    reason: &str,
    keep_fees: bool,
) -> Result<Option<OrderRefunded>> {
    let (mut order, payment) = lock_paid(database, call, order_id)?;
    if !is_refundable(&order) {
        return Ok(None);
    }
    lock_purse(database, call, &order)?;
    let units = named_units(database, call, &order, None)?;
    let taken = Taken::of(&order, units, keep_fees);
    let approved = Call { approved: true, ..call.clone() };
    carry_out(database, &approved, &mut order, payment, &taken, reason).map(Some)
}

/// Locks an order after the provider's payment that has paid it, as when the provider reports it.
fn lock_paid(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<(Order, Option<Payment>)> {
    let mut rows = database.point(
        "SELECT payment_id FROM admit.\"order\" WHERE tenant_id = $1 AND order_id = $2",
        arguments![call.tenant_id, order_id],
    )?;
    rows.only("order")?;
    let payment = rows.optional(1)?.map(|payment_id| lock_of_order(database, call, payment_id)).transpose()?;
    let order = store::lock(database, call, order_id)?;
    if payment.as_ref().map(|payment| payment.payment_id) != order.payment_id {
        return Err(Error::new(ErrorCode::Conflict, "the order was paid at this moment: try again"));
    }
    let payment = payment.filter(|_| order.by_provider());
    Ok((order, payment))
}

/// Whether there is something to pay back.
pub fn is_refundable(order: &Order) -> bool {
    matches!(order.state, OrderState::Paid | OrderState::PartiallyRefunded)
}

/// Locks the wallet that the money goes back to.
fn lock_purse(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<()> {
    if order.paid_with.as_deref() == Some(PayWith::Wallet.as_str()) {
        super::pay::lock_wallet(database, call, order.wallet_id)?;
    }
    Ok(())
}

/// Books the refund of locked tickets.
fn carry_out(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    payment: Option<Payment>,
    taken: &Taken,
    reason: &str,
) -> Result<OrderRefunded> {
    let refund_id = new_id(call.now)?;
    let legs = match payment {
        Some(mut payment) => give_by_provider(database, call, order, &mut payment, taken, refund_id, reason)?,
        None => give_to_wallet(database, call, order, taken)?,
    };
    void(database, call, order, taken, legs, refund_id, reason)?;
    Ok(OrderRefunded {
        refund_id,
        order_id: order.order_id,
        state: order.state.as_str().to_owned(),
        ticket_ids: taken.ticket_ids(),
        amount_cents: taken.amount_cents,
        currency: order.currency.to_string(),
    })
}

/// Locks the tickets that are to be paid back: those named, or all that are not paid back yet.
pub fn named_units(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    asked: Option<Vec<Uuid>>,
) -> Result<Vec<Unit>> {
    if asked.as_ref().is_some_and(|asked| asked.is_empty() || asked.len() > TICKETS_MAX) {
        return Err(Error::invalid(format!("ticket_ids must have 1 to {TICKETS_MAX} tickets; leave it out for all")));
    }
    let mut units = lock_units(database, call, order)?;
    match asked {
        None => units.retain(|unit| next_state(unit.state, TicketStep::Refund).is_ok()),
        Some(mut wanted) => {
            units.retain(|unit| match wanted.iter().position(|id| *id == unit.ticket_id) {
                Some(position) => {
                    wanted.swap_remove(position);
                    true
                }
                None => false,
            });
            if !wanted.is_empty() {
                return Err(Error::not_found("ticket of this order, or it is named twice"));
            }
            units.iter().try_for_each(|unit| next_state(unit.state, TicketStep::Refund).map(|_| ()))?;
        }
    }
    if units.is_empty() {
        return Err(Error::new(ErrorCode::Conflict, "no ticket of the order is left to be refunded"));
    }
    Ok(units)
}

/// Asks the provider to give back what it has not given back yet; gives the payer's legs.
fn give_by_provider(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    payment: &mut Payment,
    taken: &Taken,
    refund_id: Uuid,
    reason: &str,
) -> Result<Legs> {
    let taken_back_cents = payment.position.taken_back_cents + taken.amount_cents;
    let ask_cents = payment.position.to_ask_cents(taken.amount_cents);
    // With what went back before: nobody gets past the limit ticket by ticket.
    crate::approval::require(database, call, taken_back_cents.max(payment.position.refunded_cents + ask_cents))?;
    let left = payment.left_cents();
    if ask_cents > left {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the payer disputes the payment: only {left} minor units of it are left to refund"),
        ));
    }
    if ask_cents > 0 {
        payment.ask(database, call, refund_id, ask_cents, reason, None)?;
    }
    let legs = payment.move_money(database, call, taken_back_cents)?;
    order.refunded_cents = payment.position.refunded_cents.max(taken_back_cents);
    Ok(legs)
}

/// Gives the money to the wallet at once; gives its leg.
fn give_to_wallet(database: &mut Database<'_, '_>, call: &Call, order: &mut Order, taken: &Taken) -> Result<Legs> {
    let amount_cents = taken.amount_cents;
    crate::approval::require(database, call, order.refunded_cents + amount_cents)?;
    if amount_cents == 0 {
        return Ok(Legs::new());
    }
    database.point(
        "UPDATE admit.wallet SET balance_cents = balance_cents + $3 WHERE tenant_id = $1 AND wallet_id = $2",
        arguments![call.tenant_id, order.wallet_id, amount_cents],
    )?;
    order.refunded_cents += amount_cents;
    Ok(vec![(order.wallet_id, amount_cents)])
}

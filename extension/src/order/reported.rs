//! What a provider's refunds and disputes mean for the order that the payment has paid.

use admit_core::Result;
use admit_core::order::OrderState;
use admit_core::ticket::{TicketState, TicketStep, next_state};
use serde_json::json;

use super::void::{Taken, Unit, lock_units, take_out_of_use, void};
use super::{Order, store};
use crate::call::{Call, new_id};
use crate::database::Database;
use crate::journal::append;
use crate::payment::Payment;

/// Why tickets are taken back when the provider alone has given their money back.
const WENT_BACK: &str = "the whole payment went back at the provider";
/// Why tickets are cancelled.
const LOST: &str = "the payment was lost in a dispute";

/// Follows a locked payment whose money has moved. When all of it went back its tickets go out of
/// use and the shares are taken back, as by order.refund; when the rest was lost in disputes the
/// tickets that nobody used are cancelled. Of which tickets a part went back is for people to say.
pub fn money_moved(database: &mut Database<'_, '_>, call: &Call, payment: &mut Payment) -> Result<()> {
    let Some(order_id) = payment.order_id else { return Ok(()) };
    let mut order = store::lock(database, call, order_id)?;
    if order.payment_id != Some(payment.payment_id) || !order.by_provider() {
        return Ok(());
    }
    let mut units = lock_units(database, call, &order)?;
    let refunded = units.iter().filter(|unit| unit.state == TicketState::Refunded).count();
    let went_back = payment.position.refunded_cents >= payment.facts.amount_cents;
    order.refunded_cents = payment.position.refunded_cents.max(payment.position.taken_back_cents);
    if went_back && refunded < units.len() {
        units.retain(|unit| next_state(unit.state, TicketStep::Refund).is_ok());
        return take_back(database, call, &mut order, payment, units);
    }
    order.state = if refunded == units.len() {
        OrderState::Refunded
    } else if refunded > 0 || order.refunded_cents > 0 {
        OrderState::PartiallyRefunded
    } else {
        OrderState::Paid
    };
    store::update(database, call.tenant_id, &order)?;
    if payment.facts.is_gone() {
        units.retain(|unit| next_state(unit.state, TicketStep::Cancel).is_ok());
        cancel(database, call, &order, &units)?;
    }
    Ok(())
}

/// Takes all tickets that are left back: their money went back already.
fn take_back(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    payment: &mut Payment,
    units: Vec<Unit>,
) -> Result<()> {
    let taken = Taken::of(order, units, false);
    let legs = payment.move_money(database, call, payment.position.taken_back_cents + taken.amount_cents)?;
    order.refunded_cents = payment.position.refunded_cents.max(payment.position.taken_back_cents);
    void(database, call, order, &taken, legs, new_id(call.now)?, WENT_BACK)
}

/// Cancels tickets that nobody paid for in the end.
fn cancel(database: &mut Database<'_, '_>, call: &Call, order: &Order, units: &[Unit]) -> Result<()> {
    if units.is_empty() {
        return Ok(());
    }
    take_out_of_use(database, call, order, units, TicketState::Cancelled)?;
    let tickets: Vec<_> = units.iter().map(|unit| unit.ticket_id).collect();
    let body = json!({"order_id": order.order_id, "reason": LOST, "tickets": tickets});
    append(database, call, order.fact("order.tickets_cancelled", body)).map(|_| ())
}

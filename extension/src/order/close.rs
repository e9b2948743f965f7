//! Orders that are not paid: given up by their buyer, or over by time.

use admit_core::inventory::HoldState;
use admit_core::inventory::bucket as places;
use admit_core::journal::ActorKind;
use admit_core::order::{OrderCancel, OrderState, OrderView};
use admit_core::venue::optional_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{Order, list, require_own, store};
use crate::call::{Actor, Call};
use crate::database::{Database, arguments};
use crate::inventory::bucket::{self, Target, move_held};
use crate::inventory::hold::{self, Hold};
use crate::journal::append;

/// Holds that one round ends at most.
const EXPIRED_MAX: i64 = 500;

/// `order.cancel`
pub fn cancel(database: &mut Database<'_, '_>, call: &Call, request: OrderCancel) -> Result<OrderView> {
    let reason = optional_text("reason", request.reason.as_deref(), 500)?;
    let mut order = store::lock(database, call, request.order_id)?;
    require_own(database, call, &order)?;
    match order.state {
        OrderState::Created | OrderState::PendingPayment => {}
        // Given up twice, or by time in between: the buyer has what was wanted.
        OrderState::Cancelled | OrderState::Expired => return list::view_with_tickets(database, call, &order),
        OrderState::Paid | OrderState::PartiallyRefunded | OrderState::Refunded => {
            return Err(Error::new(ErrorCode::Conflict, "the order is paid: refund it with order.refund"));
        }
    }
    close(database, call, &mut order, OrderState::Cancelled)?;
    let body = json!({"order_id": order.order_id, "reason": reason});
    append(database, call, order.fact("order.cancelled", body))?;
    list::view_with_tickets(database, call, &order)
}

/// Ends a locked order that is not paid; its places are free again.
pub fn close(database: &mut Database<'_, '_>, call: &Call, order: &mut Order, state: OrderState) -> Result<()> {
    let hold = hold::lock(database, call, order.hold_id)?;
    if hold.state == HoldState::Ordered {
        let ended = if state == OrderState::Expired { HoldState::Expired } else { HoldState::Released };
        hold::set_state(database, call.tenant_id, hold.hold_id, ended)?;
        move_held(database, call.tenant_id, &hold.allocations, Target::Available)?;
        hold::give_seats_and_quotas(database, call.tenant_id, std::slice::from_ref(&hold))?;
    }
    order.state = state;
    store::update(database, call.tenant_id, order)
}

/// Ends holds and orders whose time is over: background work that waits for nobody. Whoever needs
/// the places takes them without it.
pub fn expire(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let rows = database.write(
        include_str!("../../../sql/statements/tick_expired_holds.sql"),
        arguments![call.tenant_id, call.now, EXPIRED_MAX],
    )?;
    let listed = rows.collect(Hold::of_listed)?;
    let ended = end_holds(database, call, listed, None)?;
    give_places(database, call, &ended)
}

/// Ends live holds of an event that was called off, and cancels the orders that took them over.
pub fn end_cancelled(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    reason: &str,
    most: i64,
) -> Result<()> {
    let rows = database.write(
        include_str!("../../../sql/statements/cancellation_holds.sql"),
        arguments![call.tenant_id, event_id, most],
    )?;
    let listed = rows.collect(Hold::of_listed)?;
    let ended = end_holds(database, call, listed, Some(reason))?;
    give_places(database, call, &ended)
}

/// Gives the places of ended holds back.
fn give_places(database: &mut Database<'_, '_>, call: &Call, ended: &[Hold]) -> Result<()> {
    let mut pools: Vec<Uuid> = ended.iter().flat_map(|hold| &hold.allocations).map(|part| part.pool_id).collect();
    pools.sort_unstable();
    pools.dedup();
    if pools.is_empty() {
        return Ok(());
    }
    let (before, _) = bucket::lock(database, call.tenant_id, &pools)?;
    let mut buckets = before.clone();
    for hold in ended {
        places::release(&mut buckets, &hold.allocations);
    }
    bucket::store(database, call.tenant_id, &before, &buckets)?;
    hold::give_seats_and_quotas(database, call.tenant_id, ended)
}

/// Ends holds of an event whose time is over, the buyer's own first. Their places are still held in
/// the buckets: the caller gives them back. Time ends their orders, not the caller.
pub fn end_expired(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    wallet_id: Uuid,
    most: i64,
) -> Result<Vec<Hold>> {
    let rows = database.point(
        include_str!("../../../sql/statements/hold_expired.sql"),
        arguments![call.tenant_id, event_id, call.now, wallet_id, most],
    )?;
    let listed = rows.collect(Hold::of_listed)?;
    let time = Call { actor: Actor::new(ActorKind::System, None), request: None, ..call.clone() };
    end_holds(database, &time, listed, None)
}

/// Ends locked holds with the orders that took them over: by time, or for a reason. An order that
/// somebody pays right now is locked, and its hold is left alone.
fn end_holds(
    database: &mut Database<'_, '_>,
    call: &Call,
    holds: Vec<Hold>,
    cancelled: Option<&str>,
) -> Result<Vec<Hold>> {
    let (order_state, hold_state, action) = match cancelled {
        None => (OrderState::Expired, HoldState::Expired, "order.expired"),
        Some(_) => (OrderState::Cancelled, HoldState::Released, "order.cancelled"),
    };
    let mut ended = Vec::with_capacity(holds.len());
    for hold in holds {
        if let Some(order_id) = hold.order_id {
            let Some(mut order) = lock_idle(database, call, order_id)? else { continue };
            order.state = order_state;
            store::update(database, call.tenant_id, &order)?;
            append(database, call, order.fact(action, json!({"order_id": order_id, "reason": cancelled})))?;
        }
        hold::set_state(database, call.tenant_id, hold.hold_id, hold_state)?;
        ended.push(hold);
    }
    Ok(ended)
}

/// Locks an unpaid order that nobody works on.
fn lock_idle(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<Option<Order>> {
    let mut rows = database
        .point(include_str!("../../../sql/statements/order_lock_idle.sql"), arguments![call.tenant_id, order_id])?;
    if rows.next() { store::order_of(&rows).map(Some) } else { Ok(None) }
}

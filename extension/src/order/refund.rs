//! Paying tickets back: they go out of use, their places are free again, and every share of their
//! money goes the way it came.

use std::collections::BTreeMap;

use admit_core::inventory::bucket as places;
use admit_core::ledger::AccountKind;
use admit_core::order::{OrderRefund, OrderRefunded, OrderState, PayWith, order_legs};
use admit_core::payment::Provider;
use admit_core::ticket::{TicketState, TicketStep, next_state};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{Order, require_own, store};
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::inventory::bucket;
use crate::journal::append;
use crate::ledger::tenant_account;

/// Tickets of one refund at most.
const TICKETS_MAX: usize = 2_000;

/// A ticket that is paid back.
struct Unit {
    ticket_id: Uuid,
    ticket_type_id: Uuid,
    item: usize,
    /// Whether its place is still taken.
    live: bool,
}

/// `order.refund`
pub fn refund(database: &mut Database<'_, '_>, call: &Call, request: OrderRefund) -> Result<OrderRefunded> {
    let reason = required_text("reason", &request.reason, 500)?;
    let mut order = lock_paid(database, call, request.order_id)?;
    require_own(database, call, &order)?;
    if !is_refundable(&order) {
        let state = order.state_at(call.now).as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the order is {state}: only a paid order can be refunded"),
        ));
    }
    lock_purse(database, call, &order)?;
    let units = lock_units(database, call, &order, request.ticket_ids)?;
    carry_out(database, call, &mut order, &units, &reason, false)
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
    let mut order = lock_paid(database, call, order_id)?;
    if !is_refundable(&order) {
        return Ok(None);
    }
    lock_purse(database, call, &order)?;
    let units = lock_units(database, call, &order, None)?;
    let approved = Call { approved: true, ..call.clone() };
    carry_out(database, &approved, &mut order, &units, reason, keep_fees).map(Some)
}

/// Locks an order after its payment.
fn lock_paid(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<Order> {
    // The payment before the order, as when the provider reports it.
    database
        .point(include_str!("../../../sql/statements/order_lock_payment.sql"), arguments![call.tenant_id, order_id])?;
    store::lock(database, call, order_id)
}

fn is_refundable(order: &Order) -> bool {
    matches!(order.state, OrderState::Paid | OrderState::PartiallyRefunded)
}

/// Locks the wallet that the money goes back to.
fn lock_purse(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<()> {
    if order.paid_with.as_deref() == Some(PayWith::Wallet.as_str()) {
        super::pay::lock_wallet(database, call, order.wallet_id)?;
    }
    Ok(())
}

/// Books the refund of locked tickets, with or without their fees.
fn carry_out(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    units: &[Unit],
    reason: &str,
    keep_fees: bool,
) -> Result<OrderRefunded> {
    let mut counts: BTreeMap<usize, i64> = BTreeMap::new();
    for unit in units {
        *counts.entry(unit.item).or_default() += 1;
    }
    let parts: Vec<_> = counts
        .iter()
        .map(|(item, count)| (&order.items[*item], order.items[*item].returned(keep_fees), *count))
        .collect();
    let shares = parts.iter().map(|(_, (_, shares), count)| (shares.as_slice(), *count));
    let payer = match order.paid_with.as_deref().and_then(Provider::from_word) {
        Some(_) => tenant_account(call.tenant_id, AccountKind::Provider, order.currency),
        None => order.wallet_id,
    };
    // The sale's legs, turned round.
    let legs: Vec<(Uuid, i64)> =
        order_legs(payer, shares).into_iter().map(|(account, amount)| (account, -amount)).collect();
    let amount_cents = legs.iter().filter(|leg| leg.0 == payer).map(|leg| leg.1).sum::<i64>();
    // With what went back before: nobody gets past the limit ticket by ticket.
    crate::approval::require(database, call, order.refunded_cents + amount_cents)?;
    let refund_id = new_id(call.now)?;
    give_money(database, call, order, refund_id, amount_cents, reason)?;
    let ticket_ids: Vec<Uuid> = units.iter().map(|unit| unit.ticket_id).collect();
    database.point(
        "UPDATE admit.ticket SET state = $3 WHERE tenant_id = $1 AND ticket_id = ANY ($2)",
        arguments![call.tenant_id, ticket_ids.clone(), TicketState::Refunded.as_str()],
    )?;
    give_places(database, call, order, units)?;
    database.point(
        "INSERT INTO admit.order_refund \
             (tenant_id, refund_id, order_id, amount_cents, reason, ticket_ids, created_at, fees_kept) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        arguments![
            call.tenant_id,
            refund_id,
            order.order_id,
            amount_cents,
            reason,
            ticket_ids.clone(),
            call.now,
            keep_fees
        ],
    )?;
    order.refunded_cents += amount_cents;
    order.state = if none_left(database, call, order)? { OrderState::Refunded } else { OrderState::PartiallyRefunded };
    store::update(database, call.tenant_id, order)?;
    let items: serde_json::Value =
        parts.iter().map(|(item, (charges, _), count)| json!([item.ticket_type_id, count, charges])).collect();
    let body = json!({
        "items": items, "order_id": order.order_id, "reason": reason, "refund_id": refund_id, "tickets": ticket_ids,
    });
    let mut fact = order.fact("order.refunded", body);
    fact.money = Some((order.currency, legs));
    append(database, call, fact)?;
    Ok(OrderRefunded {
        refund_id,
        order_id: order.order_id,
        state: order.state.as_str().to_owned(),
        ticket_ids,
        amount_cents,
        currency: order.currency.to_string(),
    })
}

/// Locks the tickets that are to be paid back: those named, or all that are not paid back yet.
fn lock_units(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    asked: Option<Vec<Uuid>>,
) -> Result<Vec<Unit>> {
    if asked.as_ref().is_some_and(|asked| asked.is_empty() || asked.len() > TICKETS_MAX) {
        return Err(Error::invalid(format!("ticket_ids must have 1 to {TICKETS_MAX} tickets; leave it out for all")));
    }
    let rows = database.point(
        include_str!("../../../sql/statements/order_tickets_lock.sql"),
        arguments![call.tenant_id, order.order_id],
    )?;
    let mut units = Vec::new();
    let mut wanted = asked.clone();
    let all = rows.collect(|row| {
        let state = TicketState::from_word(&row.get::<String>(4)?)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a ticket"))?;
        let item = usize::try_from(row.get::<i16>(3)?).unwrap_or_default();
        Ok((row.get::<Uuid>(1)?, row.get::<Uuid>(2)?, item, state))
    })?;
    for (ticket_id, ticket_type_id, item, state) in all {
        match &mut wanted {
            Some(wanted) => match wanted.iter().position(|id| *id == ticket_id) {
                Some(position) => {
                    wanted.swap_remove(position);
                    next_state(state, TicketStep::Refund)?;
                }
                None => continue,
            },
            None if next_state(state, TicketStep::Refund).is_err() => continue,
            None => {}
        }
        let live = matches!(state, TicketState::Active | TicketState::Used | TicketState::Expired);
        units.push(Unit { ticket_id, ticket_type_id, item, live });
    }
    if wanted.is_some_and(|left| !left.is_empty()) {
        return Err(Error::not_found("ticket of this order, or it is named twice"));
    }
    if units.is_empty() {
        return Err(Error::new(ErrorCode::Conflict, "no ticket of the order is left to be refunded"));
    }
    Ok(units)
}

/// Gives the money to the wallet at once, or asks the provider to.
fn give_money(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    refund_id: Uuid,
    amount_cents: i64,
    reason: &str,
) -> Result<()> {
    if amount_cents == 0 {
        return Ok(());
    }
    match order.payment_id.filter(|_| order.paid_with.as_deref().and_then(Provider::from_word).is_some()) {
        Some(payment_id) => crate::payment::request_refund(database, call, payment_id, refund_id, amount_cents, reason),
        None => {
            database.point(
                "UPDATE admit.wallet SET balance_cents = balance_cents + $3 WHERE tenant_id = $1 AND wallet_id = $2",
                arguments![call.tenant_id, order.wallet_id, amount_cents],
            )?;
            Ok(())
        }
    }
}

/// Gives the places of tickets back to the pools of their types.
fn give_places(database: &mut Database<'_, '_>, call: &Call, order: &Order, units: &[Unit]) -> Result<()> {
    let mut counts: BTreeMap<Uuid, i64> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.live) {
        *counts.entry(unit.ticket_type_id).or_default() += 1;
    }
    return_places(database, call, order.wallet_id, &counts)
}

/// Makes sold places of ticket types free again, by type and number.
pub fn return_places(
    database: &mut Database<'_, '_>,
    call: &Call,
    wallet_id: Uuid,
    counts: &BTreeMap<Uuid, i64>,
) -> Result<()> {
    let types: Vec<Uuid> = counts.keys().copied().collect();
    let links = database
        .point(
            "SELECT ticket_type_id, pool_id FROM admit.ticket_type_pool \
             WHERE tenant_id = $1 AND ticket_type_id = ANY ($2) ORDER BY pool_id",
            arguments![call.tenant_id, types],
        )?
        .collect(|row| Ok((row.get::<Uuid>(1)?, row.get::<Uuid>(2)?)))?;
    let mut pools: Vec<Uuid> = links.iter().map(|link| link.1).collect();
    pools.dedup();
    let (before, _) = bucket::lock(database, call.tenant_id, &pools)?;
    let mut buckets = before.clone();
    for (ticket_type_id, pool_id) in links {
        places::take_back(&mut buckets, pool_id, counts.get(&ticket_type_id).copied().unwrap_or_default());
    }
    bucket::store(database, call.tenant_id, &before, &buckets)?;
    for (ticket_type_id, count) in counts {
        database.point(
            include_str!("../../../sql/statements/wallet_quota_give.sql"),
            arguments![call.tenant_id, *ticket_type_id, wallet_id, i32::try_from(*count).unwrap_or_default()],
        )?;
    }
    Ok(())
}

fn none_left(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<bool> {
    let left = database.point(
        "SELECT 1 FROM admit.ticket WHERE tenant_id = $1 AND order_id = $2 AND state <> 'refunded' LIMIT 1",
        arguments![call.tenant_id, order.order_id],
    )?;
    Ok(left.is_empty())
}

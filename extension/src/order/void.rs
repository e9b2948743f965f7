//! Tickets that go out of use: paid back, or cancelled.

use std::collections::BTreeMap;

use admit_core::fee::Legs;
use admit_core::inventory::bucket as places;
use admit_core::order::{OrderState, order_legs};
use admit_core::scan::RecordedCharge;
use admit_core::ticket::TicketState;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{Order, store};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::{bucket, seat};
use crate::journal::append;

/// A locked ticket of an order.
pub struct Unit {
    /// The ticket.
    pub ticket_id: Uuid,
    /// Its type.
    pub ticket_type_id: Uuid,
    /// Position of its type among the order's items.
    pub item: usize,
    /// Where it is.
    pub state: TicketState,
    /// Its seat among those of the event, if it has one.
    seat: Option<i32>,
}

impl Unit {
    /// Whether its place is still taken.
    fn has_place(&self) -> bool {
        matches!(self.state, TicketState::Active | TicketState::Used | TicketState::Expired)
    }
}

/// Locks all tickets of a locked order.
pub fn lock_units(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<Vec<Unit>> {
    let rows = database.point(
        include_str!("../../../sql/statements/order_tickets_lock.sql"),
        arguments![call.tenant_id, order.order_id],
    )?;
    rows.collect(|row| {
        Ok(Unit {
            ticket_id: row.get(1)?,
            ticket_type_id: row.get(2)?,
            item: usize::try_from(row.get::<i16>(3)?).unwrap_or_default(),
            state: TicketState::from_word(&row.get::<String>(4)?)
                .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a ticket"))?,
            seat: row.optional(5)?,
        })
    })
}

/// What is taken back for some tickets of an order.
pub struct Taken {
    units: Vec<Unit>,
    /// By item of the order: how many tickets, and what goes back for one.
    parts: Vec<(usize, i64, Vec<RecordedCharge>)>,
    /// What goes back in all, in minor units.
    pub amount_cents: i64,
    /// The legs that take the shares back from those who got them.
    shares: Legs,
    fees_kept: bool,
}

impl Taken {
    /// What is taken back for tickets of an order, with or without their fees.
    pub fn of(order: &Order, units: Vec<Unit>, fees_kept: bool) -> Self {
        let mut counts: BTreeMap<usize, i64> = BTreeMap::new();
        for unit in &units {
            *counts.entry(unit.item).or_default() += 1;
        }
        let returned: Vec<_> =
            counts.into_iter().map(|(item, count)| (item, count, order.items[item].returned(fees_kept))).collect();
        let shares = returned.iter().map(|(_, count, (_, shares))| (shares.as_slice(), *count));
        // The sale's legs, turned round, without the payer's.
        let legs = order_legs(Uuid::nil(), shares).into_iter().filter(|leg| !leg.0.is_nil());
        let shares: Legs = legs.map(|(account, amount)| (account, -amount)).collect();
        let amount_cents = -shares.iter().map(|leg| leg.1).sum::<i64>();
        let parts = returned.into_iter().map(|(item, count, (charges, _))| (item, count, charges)).collect();
        Self { units, parts, amount_cents, shares, fees_kept }
    }

    /// The tickets.
    pub fn ticket_ids(&self) -> Vec<Uuid> {
        self.units.iter().map(|unit| unit.ticket_id).collect()
    }
}

/// Books the refund of locked tickets: they go out of use, their places are free, the shares are
/// taken back. `payer` has the legs of whom the money goes to.
pub fn void(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    taken: &Taken,
    payer: Legs,
    refund_id: Uuid,
    reason: &str,
) -> Result<()> {
    take_out_of_use(database, call, order, &taken.units, TicketState::Refunded)?;
    let ticket_ids = taken.ticket_ids();
    database.point(
        "INSERT INTO admit.order_refund \
             (tenant_id, refund_id, order_id, amount_cents, reason, ticket_ids, created_at, fees_kept) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        arguments![
            call.tenant_id,
            refund_id,
            order.order_id,
            taken.amount_cents,
            reason,
            ticket_ids.clone(),
            call.now,
            taken.fees_kept,
        ],
    )?;
    order.state = if none_left(database, call, order)? { OrderState::Refunded } else { OrderState::PartiallyRefunded };
    store::update(database, call.tenant_id, order)?;
    let items: serde_json::Value = taken
        .parts
        .iter()
        .map(|(item, count, charges)| json!([order.items[*item].ticket_type_id, count, charges]))
        .collect();
    let body = json!({
        "items": items, "order_id": order.order_id, "payment_id": order.payment_id.filter(|_| order.by_provider()),
        "reason": reason, "refund_id": refund_id, "tickets": ticket_ids,
    });
    let mut fact = order.fact("order.refunded", body);
    fact.money = Some((order.currency, taken.shares.iter().copied().chain(payer).collect()));
    append(database, call, fact)?;
    super::refund_request::settle(database, call, order, refund_id, taken.ticket_ids())
}

/// Sets the state of locked tickets and gives their places back to the pools of their types.
pub fn take_out_of_use(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    units: &[Unit],
    state: TicketState,
) -> Result<()> {
    let ticket_ids: Vec<Uuid> = units.iter().map(|unit| unit.ticket_id).collect();
    database.point(
        "UPDATE admit.ticket SET state = $3, seat_freed = seat IS NOT NULL WHERE tenant_id = $1 AND ticket_id = ANY ($2)",
        arguments![call.tenant_id, ticket_ids, state.as_str()],
    )?;
    let mut counts: BTreeMap<Uuid, i64> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.has_place()) {
        *counts.entry(unit.ticket_type_id).or_default() += 1;
    }
    let seats: Vec<i32> = units.iter().filter(|unit| unit.has_place()).filter_map(|unit| unit.seat).collect();
    return_places(database, call, (order.wallet_id, order.event_id), &counts, &seats)
}

/// Makes sold places of ticket types free again, by type and number, with their seats.
pub fn return_places(
    database: &mut Database<'_, '_>,
    call: &Call,
    (wallet_id, event_id): (Uuid, Uuid),
    counts: &BTreeMap<Uuid, i64>,
    seats: &[i32],
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
    seat::free_sold(database, call.tenant_id, event_id, seats)?;
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

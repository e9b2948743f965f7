//! The sale itself: places become sold, tickets are issued, money moves to those who share it.

use admit_core::inventory::HoldState;
use admit_core::inventory::bucket::Allocation;
use admit_core::order::{OrderState, order_legs};
use admit_core::ticket::TicketKey;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::Order;
use crate::call::{Call, new_id};
use crate::database::{Argument, Database};
use crate::inventory::bucket::{Target, move_held};
use crate::inventory::config::SaleConfig;
use crate::inventory::hold::Hold;
use crate::inventory::seat;
use crate::journal;
use crate::key::{self, KeyMaterial};

/// Where an order's money comes from.
pub struct Payer {
    /// The wallet, or the provider's account.
    pub account_id: Uuid,
    /// wallet, nothing or the provider's name.
    pub paid_with: &'static str,
}

/// Sells a locked order whose hold is locked and still has its places: hold, places, tickets, entry and order
/// are written in one statement.
pub fn settle(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    hold: &Hold,
    config: &SaleConfig,
    payer: &Payer,
) -> Result<()> {
    let bucket = only_bucket(hold);
    if bucket.is_none() {
        move_held(database, call.tenant_id, &hold.allocations, Target::Sold)?;
        seat::sell(database, call.tenant_id, hold)?;
    }
    let tickets = tickets(database, call, order, config)?;
    let body = json!({
        "items": recorded_items(order), "order_id": order.order_id, "order_number": order.order_number,
        "paid_with": payer.paid_with, "payment_id": order.payment_id, "receipt_key": config.receipt_key,
    });
    let mut fact = order.fact("order.paid", body);
    let items = order.items.iter().map(|item| (item.shares.as_slice(), i64::from(item.quantity)));
    fact.money = Some((order.currency, order_legs(payer.account_id, items)));
    let (entry, mut arguments) = journal::prepare(call, fact)?;
    order.state = OrderState::Paid;
    order.paid_with = Some(payer.paid_with.to_owned());
    order.receipt_entry_id = Some(entry.entry_id);
    order.paid_at = Some(call.now);
    arguments.extend([
        order.order_id.datum(),
        hold.hold_id.datum(),
        HoldState::Sold.as_str().datum(),
        bucket.map(|bucket| bucket.pool_id).datum(),
        bucket.map(|bucket| bucket.number).datum(),
        bucket.map(|bucket| bucket.quantity).datum(),
        config.ticket_key.datum(),
        tickets.ids.datum(),
        tickets.types.datum(),
        tickets.hashes.datum(),
        tickets.items.datum(),
        hold.unit_seats.clone().datum(),
        order.state.as_str().datum(),
        payer.paid_with.datum(),
        order.payment_id.datum(),
        hold.expires_at.datum(),
    ]);
    database.point(include_str!("../../../sql/statements/order_settle.sql"), &arguments)?;
    Ok(())
}

/// The bucket of a hold that took from one alone. Several are locked one after the other, and seats after
/// them: both before the rest is written.
fn only_bucket(hold: &Hold) -> Option<Allocation> {
    match hold.allocations[..] {
        [allocation] if hold.unit_seats.is_empty() => Some(allocation),
        _ => None,
    }
}

/// The items as the journal keeps them: type, quantity and the charges of one ticket.
pub fn recorded_items(order: &Order) -> serde_json::Value {
    order.items.iter().map(|item| json!([item.ticket_type_id, item.quantity, item.charges])).collect()
}

/// Tickets to be issued, column by column.
#[derive(Default)]
struct Tickets {
    ids: Vec<Uuid>,
    types: Vec<Uuid>,
    hashes: Vec<Uuid>,
    items: Vec<i16>,
}

/// One ticket for each unit; the table's constraint keeps it at one.
fn tickets(database: &mut Database<'_, '_>, call: &Call, order: &Order, config: &SaleConfig) -> Result<Tickets> {
    let key = ticket_key(database, call.tenant_id, config.ticket_key)?;
    let mut tickets = Tickets::default();
    for (position, item) in order.items.iter().enumerate() {
        for _ in 0..item.quantity {
            let ticket_id = new_id(call.now)?;
            tickets.ids.push(ticket_id);
            tickets.types.push(item.ticket_type_id);
            tickets.hashes.push(key.code(call.tenant_id, ticket_id, 0).hash());
            tickets.items.push(i16::try_from(position).unwrap_or_default());
        }
    }
    Ok(tickets)
}

/// The key that makes ticket codes.
pub fn ticket_key(database: &mut Database<'_, '_>, tenant_id: i32, key_id: i32) -> Result<TicketKey> {
    match key::open(database, tenant_id, key_id)?.as_deref() {
        Some(KeyMaterial::Ticket(key)) => Ok(key.clone()),
        _ => Err(Error::new(ErrorCode::Internal, "the key of ticket codes is missing")),
    }
}

//! The sale itself: places become sold, tickets are issued, money moves to those who share it.

use admit_core::inventory::HoldState;
use admit_core::order::{OrderState, order_legs};
use admit_core::ticket::TicketKey;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::Order;
use crate::call::{Call, new_id};
use crate::database::{Database, arguments};
use crate::inventory::bucket::{Target, move_held};
use crate::inventory::config::SaleConfig;
use crate::inventory::hold::{self, Hold};
use crate::inventory::seat;
use crate::journal::append;
use crate::key::{self, KeyMaterial};

/// Where an order's money comes from.
pub struct Payer {
    /// The wallet, or the provider's account.
    pub account_id: Uuid,
    /// wallet, nothing or the provider's name.
    pub paid_with: &'static str,
}

/// Sells a locked order whose hold is locked and still has its places. The caller writes the order.
pub fn settle(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &mut Order,
    hold: &Hold,
    config: &SaleConfig,
    payer: &Payer,
) -> Result<()> {
    hold::set_state(database, call.tenant_id, hold.hold_id, HoldState::Sold)?;
    move_held(database, call.tenant_id, &hold.allocations, Target::Sold)?;
    seat::sell(database, call.tenant_id, hold)?;
    issue(database, call, order, hold, config)?;
    let body = json!({
        "items": recorded_items(order), "order_id": order.order_id, "order_number": order.order_number,
        "paid_with": payer.paid_with, "payment_id": order.payment_id, "receipt_key": config.receipt_key,
    });
    let mut fact = order.fact("order.paid", body);
    let items = order.items.iter().map(|item| (item.shares.as_slice(), i64::from(item.quantity)));
    fact.money = Some((order.currency, order_legs(payer.account_id, items)));
    let entry = append(database, call, fact)?;
    order.state = OrderState::Paid;
    order.paid_with = Some(payer.paid_with.to_owned());
    order.receipt_entry_id = Some(entry.entry_id);
    order.paid_at = Some(call.now);
    Ok(())
}

/// The items as the journal keeps them: type, quantity and the charges of one ticket.
pub fn recorded_items(order: &Order) -> serde_json::Value {
    order.items.iter().map(|item| json!([item.ticket_type_id, item.quantity, item.charges])).collect()
}

/// Issues one ticket for each unit; the table's constraint keeps it at one.
fn issue(database: &mut Database<'_, '_>, call: &Call, order: &Order, hold: &Hold, config: &SaleConfig) -> Result<()> {
    let key = ticket_key(database, call.tenant_id, config.ticket_key)?;
    let (mut ids, mut types, mut hashes, mut items) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (position, item) in order.items.iter().enumerate() {
        for _ in 0..item.quantity {
            let ticket_id = new_id(call.now)?;
            ids.push(ticket_id);
            types.push(item.ticket_type_id);
            hashes.push(key.code(call.tenant_id, ticket_id, 0).hash());
            items.push(i16::try_from(position).unwrap_or_default());
        }
    }
    database.point(
        include_str!("../../../sql/statements/ticket_issue.sql"),
        arguments![
            call.tenant_id,
            order.order_id,
            order.event_id,
            order.wallet_id,
            config.ticket_key,
            call.now,
            ids,
            types,
            hashes,
            items,
            hold.unit_seats.clone(),
        ],
    )?;
    Ok(())
}

/// The key that makes ticket codes.
pub fn ticket_key(database: &mut Database<'_, '_>, tenant_id: i32, key_id: i32) -> Result<TicketKey> {
    match key::open(database, tenant_id, key_id)?.as_deref() {
        Some(KeyMaterial::Ticket(key)) => Ok(key.clone()),
        _ => Err(Error::new(ErrorCode::Internal, "the key of ticket codes is missing")),
    }
}

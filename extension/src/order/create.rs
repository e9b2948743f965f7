//! Placing orders.

use std::rc::Rc;

use admit_core::inventory::{HoldState, check_lines, request_digest};
use admit_core::order::{
    ItemCharge, OrderCreate, OrderState, OrderView, PayWith, StoredItem, item_charge, totals, unit_shares,
};
use admit_core::payment::outgoing::{Checkout, CheckoutWish};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::{Order, list, pay, require_own, store};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::{self, SaleConfig};
use crate::inventory::hold::{self, Buyer, Hold, request_id};
use crate::inventory::reserve::{Ask, Reserved, reserve};
use crate::journal::append;

/// `order.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: OrderCreate) -> Result<OrderView> {
    let buyer = hold::buyer(call, request.wallet_id)?;
    let order_id = request_id(call, "order_id", request.order_id)?;
    let digest = digest(&request, buyer);
    if let Some(earlier) = earlier(database, call, order_id, digest)? {
        return Ok(earlier);
    }
    if request.pay_with == Some(PayWith::Wallet) {
        // Before hold and buckets, as everywhere.
        pay::lock_wallet(database, call, buyer.wallet_id)?;
    }
    let (hold, config) = match (request.hold_id, request.lines) {
        (Some(hold_id), None) => take_over(database, call, hold_id, order_id, buyer)?,
        (None, Some(lines)) => {
            let lines = check_lines(lines)?;
            let ask = Ask {
                hold_id: order_id,
                order_id: Some(order_id),
                wallet_id: buyer.wallet_id,
                staff: buyer.staff,
                lines: &lines,
                partial: false,
                digest,
            };
            match reserve(database, call, &ask)? {
                Reserved::New(hold, config) => (hold, config),
                Reserved::Earlier(_) => return Err(id_taken()),
            }
        }
        _ => return Err(Error::invalid("give either hold_id or lines")),
    };
    config.event.require_selling(call.now)?;
    let mut order = placed(call, order_id, &hold, &config, digest)?;
    let wish = CheckoutWish {
        checkout: request.checkout,
        success_url: request.success_url,
        cancel_url: request.cancel_url,
        payment_method_id: request.payment_method_id,
    };
    pay::require_provider(request.pay_with, &wish)?;
    match request.pay_with {
        None => store::insert(database, call.tenant_id, &mut order)?,
        Some(pay_with) => pay::pay_new(database, call, &mut order, &hold, &config, (pay_with, &wish))?,
    }
    if order.paid_at.is_none() {
        let body = json!({
            "items": super::settle::recorded_items(&order), "order_id": order.order_id,
            "order_number": order.order_number, "payment_id": order.payment_id, "total_cents": order.totals.total_cents,
        });
        append(database, call, order.fact("order.created", body))?;
    }
    list::view_with_tickets(database, call, &order)
}

/// Fingerprint of what was asked, to tell a repeated request from another one with the same id.
fn digest(request: &OrderCreate, buyer: Buyer) -> i64 {
    let mut lines = request.lines.clone().unwrap_or_default();
    lines.sort_by_key(|line| line.ticket_type_id);
    let lines = hold::digest(&lines, buyer.wallet_id, request.hold_id.unwrap_or_default().as_bytes());
    request_digest(&[
        b"order",
        &lines.to_be_bytes(),
        request.pay_with.map_or("", PayWith::as_str).as_bytes(),
        request.checkout.map_or("", Checkout::as_str).as_bytes(),
        request.success_url.as_deref().unwrap_or_default().as_bytes(),
        request.cancel_url.as_deref().unwrap_or_default().as_bytes(),
        request.payment_method_id.as_ref().map_or(&[], |id| id.as_bytes()),
    ])
}

/// The order of an earlier request with this id, as it is now.
fn earlier(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid, digest: i64) -> Result<Option<OrderView>> {
    let mut rows = database.point_read(
        "SELECT request_digest FROM admit.\"order\" WHERE tenant_id = $1 AND order_id = $2",
        arguments![call.tenant_id, order_id],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    if rows.get::<i64>(1)? != digest {
        return Err(id_taken());
    }
    let order = store::lock(database, call, order_id)?;
    require_own(database, call, &order)?;
    list::view_with_tickets(database, call, &order).map(Some)
}

fn id_taken() -> Error {
    Error::new(ErrorCode::NonceReused, "the id belongs to another request: use a new one for each hold and order")
}

/// Takes an open hold over: its places stay with the order until that is paid or given up.
fn take_over(
    database: &mut Database<'_, '_>,
    call: &Call,
    hold_id: Uuid,
    order_id: Uuid,
    buyer: Buyer,
) -> Result<(Hold, Rc<SaleConfig>)> {
    let mut hold = hold::lock_own(database, call, hold_id)?;
    if hold.wallet_id != buyer.wallet_id {
        return Err(Error::not_found("hold"));
    }
    hold::require_open(&hold, call.now)?;
    let config = config::now(database, call, hold.event_id)?;
    hold.state = HoldState::Ordered;
    hold.order_id = Some(order_id);
    hold.expires_at = call.now + SignedDuration::from_secs(config.payment_seconds);
    database.point(
        include_str!("../../../sql/statements/hold_order.sql"),
        arguments![call.tenant_id, hold_id, order_id, hold.expires_at],
    )?;
    Ok((hold, config))
}

/// The order of a hold with the prices and fees of this moment.
fn placed(call: &Call, order_id: Uuid, hold: &Hold, config: &SaleConfig, digest: i64) -> Result<Order> {
    let mut charges: Vec<ItemCharge> = Vec::with_capacity(hold.lines.len());
    let mut items = Vec::with_capacity(hold.lines.len());
    for (ticket_type_id, quantity) in &hold.lines {
        let ticket_type = config.ticket_type(*ticket_type_id)?;
        let charge = item_charge(&config.fees, ticket_type.price_cents, *quantity)?;
        items.push(StoredItem {
            ticket_type_id: *ticket_type_id,
            name: ticket_type.name.clone(),
            quantity: *quantity,
            charges: charge.recorded(),
            shares: unit_shares(&charge.unit, &config.accounts),
            fee_shares: charge.fee_shares(&config.accounts),
        });
        charges.push(charge);
    }
    Ok(Order {
        order_id,
        wallet_id: hold.wallet_id,
        event_id: hold.event_id,
        hold_id: hold.hold_id,
        payment_id: None,
        receipt_entry_id: None,
        state: OrderState::Created,
        paid_with: None,
        order_number: String::new(),
        currency: config.currency,
        totals: totals(&charges)?,
        refunded_cents: 0,
        digest,
        expires_at: hold.expires_at,
        created_at: call.now,
        paid_at: None,
        items,
    })
}

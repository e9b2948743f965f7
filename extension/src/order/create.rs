//! Placing orders.

use std::ops::ControlFlow;
use std::rc::Rc;

use admit_core::inventory::{check_lines, request_digest};
use admit_core::order::{
    ItemCharge, OrderCreate, OrderState, OrderView, PayWith, StoredItem, item_charge, totals, unit_shares,
};
use admit_core::payment::outgoing::{Checkout, CheckoutWish};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Order, list, pay, store};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::{self, SaleConfig};
use crate::inventory::hold::{self, Buyer, Hold, request_id};
use crate::inventory::reserve::{Ask, Reserved, reserve};

/// `order.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: OrderCreate) -> Result<OrderView> {
    let buyer = hold::buyer(call, request.wallet_id)?;
    let order_id = request_id(call, "order_id", request.order_id)?;
    let digest = digest(&request, buyer);
    // A hold is locked together with a look at an earlier order, unless something has to be locked before.
    let looked = request.hold_id.is_none() || request.pay_with == Some(PayWith::Wallet);
    if looked && let Some(earlier) = earlier(database, call, order_id)? {
        return shown(database, call, order_id, earlier == digest);
    }
    if request.pay_with == Some(PayWith::Wallet) {
        // Before hold and buckets, as everywhere.
        pay::lock_wallet(database, call, buyer.wallet_id)?;
    }
    let (hold, config) = match (request.hold_id, request.lines) {
        (Some(hold_id), None) => match take_over(database, call, hold_id, order_id, buyer)? {
            ControlFlow::Continue(taken) => taken,
            ControlFlow::Break(earlier) => return shown(database, call, order_id, earlier == digest),
        },
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
        None => store::place(database, call, &mut order, None)?,
        Some(pay_with) => pay::pay_new(database, call, &mut order, &hold, &config, (pay_with, &wish))?,
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

/// The fingerprint of an earlier request that has placed an order with this id.
fn earlier(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<Option<i64>> {
    let mut rows = database.point_read(
        "SELECT request_digest FROM admit.\"order\" WHERE tenant_id = $1 AND order_id = $2",
        arguments![call.tenant_id, order_id],
    )?;
    if rows.next() { rows.get(1).map(Some) } else { Ok(None) }
}

/// The order of an earlier request, as it is now, if it was the same request.
fn shown(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid, same: bool) -> Result<OrderView> {
    if !same {
        return Err(id_taken());
    }
    let order = list::read_own(database, call, order_id)?;
    list::view_with_tickets(database, call, &order)
}

fn id_taken() -> Error {
    Error::new(ErrorCode::NonceReused, "the id belongs to another request: use a new one for each hold and order")
}

/// Takes an open hold over: its places stay with the order until that is paid or given up. It is written with
/// the order. Breaks with the fingerprint of an earlier request that has placed an order with this id.
fn take_over(
    database: &mut Database<'_, '_>,
    call: &Call,
    hold_id: Uuid,
    order_id: Uuid,
    buyer: Buyer,
) -> Result<ControlFlow<i64, (Hold, Rc<SaleConfig>)>> {
    let offered = match hold::lock_offered(database, call, hold_id, order_id) {
        // The id may belong to an order all the same.
        Err(error) if error.code == ErrorCode::NotFound => {
            return earlier(database, call, order_id)?.map(ControlFlow::Break).ok_or(error);
        }
        offered => offered?,
    };
    if let Some(earlier) = offered.earlier_digest {
        return Ok(ControlFlow::Break(earlier));
    }
    let mut hold = offered.hold;
    if hold.wallet_id != buyer.wallet_id {
        return Err(Error::not_found("hold"));
    }
    hold::require_open(&hold, call.now)?;
    let config = config::load(database, call, offered.revision, hold.event_id)?;
    hold.expires_at = call.now + SignedDuration::from_secs(config.payment_seconds);
    Ok(ControlFlow::Continue((hold, config)))
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

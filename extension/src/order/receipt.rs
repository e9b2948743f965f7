//! Receipts of orders as data, and what invoices share with them.

use std::collections::BTreeMap;

use admit_core::Result;
use admit_core::fee::{Action, Component, FeeRule};
use admit_core::inventory::seat::SeatName;
use admit_core::order::document::{Document, DocumentEvent, DocumentSeller, SeatedItem, local_time};
use admit_core::order::{OrderReceipt, OrderReceiptGet, ReceiptPayment, ReceiptRefund, StoredItem};
use admit_core::{Error, ErrorCode};
use jiff::Timestamp;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Order, list};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::seat;

/// What a document says beside its items.
pub struct Frame {
    /// What was bought.
    pub event: DocumentEvent,
    /// Who sells; the tenant's name until seller.configure has set more.
    pub seller: DocumentSeller,
    /// The prefixes of invoices and credit notes, when the seller is set.
    pub prefixes: Option<(String, String)>,
    /// When the order was placed, paid, and now, on the event's clock.
    pub ordered_at_local: String,
    /// See `ordered_at_local`.
    pub paid_at_local: String,
    /// See `ordered_at_local`.
    pub now_local: String,
    provider_reference: Option<String>,
}

/// A refund of an order's tickets.
pub struct Returned {
    /// As receipts show it.
    pub refund: ReceiptRefund,
    /// The items, with as many tickets as were paid back and what went back for one.
    pub items: Vec<SeatedItem>,
}

/// `order.receipt`
pub fn receipt(database: &mut Database<'_, '_>, call: &Call, request: OrderReceiptGet) -> Result<OrderReceipt> {
    let order = list::read_own(database, call, request.order_id)?;
    let paid_at = require_paid(&order)?;
    let frame = frame(database, call, &order)?;
    let items = bought(database, call, &order)?;
    let document = document(database, call, &items)?;
    let refunds = returned(database, call, &order)?.into_iter().map(|returned| returned.refund).collect();
    let payment = ReceiptPayment {
        paid_with: order.paid_with.clone().unwrap_or_default(),
        payment_id: order.payment_id,
        provider_reference: frame.provider_reference,
        amount_cents: order.totals.total_cents,
        paid_at,
        paid_at_local: frame.paid_at_local,
    };
    Ok(OrderReceipt {
        order_id: order.order_id,
        order_number: order.order_number.clone(),
        state: order.state.as_str().to_owned(),
        seller: frame.seller,
        wallet_id: order.wallet_id,
        event: frame.event,
        lines: document.lines,
        taxes: document.taxes,
        currency: order.currency.to_string(),
        subtotal_cents: document.subtotal_cents,
        fees_cents: document.fees_cents,
        tax_cents: document.tax_cents,
        total_cents: document.total_cents,
        refunded_cents: order.refunded_cents,
        balance_cents: order.totals.total_cents - order.refunded_cents,
        payments: vec![payment],
        refunds,
        ordered_at_local: frame.ordered_at_local,
        receipt_entry_id: order.receipt_entry_id,
    })
}

/// When a paid order was paid.
///
/// # Errors
/// `conflict` when it was not.
pub fn require_paid(order: &Order) -> Result<Timestamp> {
    order.paid_at.ok_or_else(|| {
        Error::new(ErrorCode::Conflict, "the order is not paid: only a paid order has a receipt or an invoice")
    })
}

/// Reads what a document says beside its items.
pub fn frame(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<Frame> {
    let mut rows = database.write(
        include_str!("../../../sql/statements/order_document.sql"),
        arguments![call.tenant_id, order.order_id, call.now],
    )?;
    rows.only("order")?;
    let seller_name: Option<String> = rows.optional(12)?;
    let prefixes = rows.optional(15)?.zip(rows.optional(16)?);
    Ok(Frame {
        event: DocumentEvent {
            event_id: order.event_id,
            name: rows.get(1)?,
            venue_name: rows.get(2)?,
            venue_address: rows.optional(3)?,
            time_zone: rows.get(4)?,
            starts_at_local: local_time(rows.get(5)?, rows.get(6)?),
        },
        seller: DocumentSeller {
            name: seller_name.map_or_else(|| rows.get(11), Ok)?,
            address: rows.optional(13)?,
            tax_id: rows.optional(14)?,
        },
        prefixes,
        ordered_at_local: local_time(order.created_at, rows.get(7)?),
        paid_at_local: local_time(order.paid_at.unwrap_or(order.created_at), rows.get(8)?),
        now_local: local_time(call.now, rows.get(9)?),
        provider_reference: rows.optional(10)?,
    })
}

/// The document of some items, with the tax rates of the fee versions that they were charged by.
pub fn document(database: &mut Database<'_, '_>, call: &Call, items: &[SeatedItem]) -> Result<Document> {
    let taxes = items.iter().flat_map(|seated| &seated.item.charges).filter(|charge| charge.0 == Component::Tax);
    let mut versions: Vec<i64> = taxes.filter_map(|charge| charge.2).collect();
    versions.sort_unstable();
    versions.dedup();
    let rows = database.write(
        "SELECT fee_version, rules FROM admit.fee_version WHERE tenant_id = $1 AND fee_version = ANY ($2)",
        arguments![call.tenant_id, versions],
    )?;
    let percentages: BTreeMap<i64, Decimal> = rows
        .collect(|row| {
            let rules: Vec<FeeRule> = serde_json::from_value(row.get(2)?)
                .map_err(|_| Error::new(ErrorCode::Internal, "stored fee rules cannot be read"))?;
            let tax = |rule: &&FeeRule| rule.action == Action::TicketPurchase && rule.component == Component::Tax;
            Ok((row.get(1)?, rules.iter().find(tax).map_or(Decimal::ZERO, |rule| rule.percentage)))
        })?
        .into_iter()
        .collect();
    Ok(Document::of(items, &percentages))
}

/// What an order bought.
pub fn bought(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<Vec<SeatedItem>> {
    let mut seats = seats_by_item(database, call, order, None)?;
    let items = order.items.iter().enumerate();
    Ok(items
        .map(|(position, item)| SeatedItem { item: item.clone(), seats: seats.remove(&position).unwrap_or_default() })
        .collect())
}

/// The seats of an order's tickets by the item's place, or of some tickets alone.
fn seats_by_item(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    ticket_ids: Option<Vec<Uuid>>,
) -> Result<BTreeMap<usize, Vec<SeatName>>> {
    let rows = database.point(
        include_str!("../../../sql/statements/order_seats.sql"),
        arguments![call.tenant_id, order.order_id, ticket_ids],
    )?;
    let seats = rows.collect(|row| Ok((row.get::<i16>(1)?, row.get::<i32>(2)?)))?;
    let indices: Vec<i32> = seats.iter().map(|seat| seat.1).collect();
    let names = seat::names(database, call, order.event_id, &indices)?;
    let mut by_item: BTreeMap<usize, Vec<SeatName>> = BTreeMap::new();
    for ((item, _), name) in seats.into_iter().zip(names) {
        by_item.entry(usize::try_from(item).unwrap_or_default()).or_default().push(name);
    }
    Ok(by_item)
}

/// The refunds of an order's tickets, oldest first.
pub fn returned(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<Vec<Returned>> {
    let rows = database
        .write(include_str!("../../../sql/statements/order_refunds.sql"), arguments![call.tenant_id, order.order_id])?;
    let refunds = rows.collect(|row| {
        let (fees_kept, refunded_at): (bool, Timestamp) = (row.get(5)?, row.get(6)?);
        let (positions, counts): (Vec<i16>, Vec<i32>) =
            (row.optional(8)?.unwrap_or_default(), row.optional(9)?.unwrap_or_default());
        let part = |(position, quantity): (i16, i32)| {
            let position = usize::try_from(position).ok()?;
            let item = order.items.get(position)?;
            let item = StoredItem { quantity, charges: item.returned(fees_kept).0, ..item.clone() };
            Some((position, item))
        };
        let parts: Vec<(usize, StoredItem)> = positions.into_iter().zip(counts).filter_map(part).collect();
        let refund = ReceiptRefund {
            refund_id: row.get(1)?,
            amount_cents: row.get(2)?,
            reason: row.get(3)?,
            ticket_ids: row.get::<Vec<Uuid>>(4)?,
            fees_kept,
            refunded_at,
            refunded_at_local: local_time(refunded_at, row.get(7)?),
        };
        Ok((parts, refund))
    })?;
    let mut returned = Vec::with_capacity(refunds.len());
    for (parts, refund) in refunds {
        let mut seats = seats_by_item(database, call, order, Some(refund.ticket_ids.clone()))?;
        let seated = |(position, item)| SeatedItem { item, seats: seats.remove(&position).unwrap_or_default() };
        returned.push(Returned { items: parts.into_iter().map(seated).collect(), refund });
    }
    Ok(returned)
}

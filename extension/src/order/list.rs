//! Showing orders.

use admit_core::order::{
    OrderEvent, OrderGet, OrderHistory, OrderList, OrderPage, OrderTicket, OrderTimeline, OrderView, read_order_number,
};
use admit_core::{Error, Result};
use uuid::Uuid;

use super::{Order, require_own, store};
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::{entry_columns, entry_of};
use crate::page::TimedPage;
use crate::payment::own_wallet;

/// Entries of one order that are shown at most.
const EVENTS_MAX: i64 = 1_000;

fn view(order: &Order, call: &Call) -> OrderView {
    OrderView {
        order_id: order.order_id,
        order_number: order.order_number.clone(),
        event_id: order.event_id,
        wallet_id: order.wallet_id,
        hold_id: order.hold_id,
        state: order.state_at(call.now).as_str().to_owned(),
        items: order.items.iter().map(|item| item.view()).collect(),
        currency: order.currency.to_string(),
        subtotal_cents: order.totals.subtotal_cents,
        fees_cents: order.totals.fees_cents,
        tax_cents: order.totals.tax_cents,
        total_cents: order.totals.total_cents,
        refunded_cents: order.refunded_cents,
        paid_with: order.paid_with.clone(),
        payment_id: order.payment_id,
        receipt_entry_id: order.receipt_entry_id,
        expires_at: order.expires_at,
        created_at: order.created_at,
        paid_at: order.paid_at,
        tickets: None,
    }
}

/// An order with its tickets.
pub fn view_with_tickets(database: &mut Database<'_, '_>, call: &Call, order: &Order) -> Result<OrderView> {
    let mut view = view(order, call);
    let mut tickets = Vec::new();
    if order.paid_at.is_some() {
        let rows = database.point(
            include_str!("../../../sql/statements/order_tickets.sql"),
            arguments![call.tenant_id, order.order_id],
        )?;
        tickets = rows.collect(|row| {
            Ok(OrderTicket {
                ticket_id: row.get(1)?,
                unit: row.get(2)?,
                ticket_type_id: row.get(3)?,
                state: row.get(4)?,
            })
        })?;
    }
    view.tickets = Some(tickets);
    Ok(view)
}

/// An order that the caller may see, not locked.
pub fn read_own(database: &mut Database<'_, '_>, call: &Call, order_id: Uuid) -> Result<Order> {
    let mut rows = select(database, call, Some(order_id), &TimedPage::of(Some(1), None)?, &OrderList::default())?;
    rows.only("order")?;
    let order = store::order_of(&rows)?;
    require_own(database, call, &order)?;
    Ok(order)
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    order_id: Option<Uuid>,
    page: &TimedPage,
    request: &OrderList,
) -> Result<Rows<'conn>> {
    database.read(
        include_str!("../../../sql/statements/order_list.sql"),
        arguments![
            call.tenant_id,
            order_id,
            page.after.map(|after| after.1),
            request.wallet_id,
            request.event_id,
            request.state.map(|state| state.as_str().to_owned()),
            request.order_number.clone(),
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
            call.now,
            page.after.map(|after| after.0),
        ],
    )
}

/// `order.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: OrderGet) -> Result<OrderView> {
    let order = read_own(database, call, request.order_id)?;
    view_with_tickets(database, call, &order)
}

/// `order.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: OrderList) -> Result<OrderPage> {
    let page = TimedPage::of(request.limit, request.cursor.as_deref())?;
    // What is no number is looked for as it is, and not found.
    let number = request.order_number.map(|text| read_order_number(&text).unwrap_or(text));
    let request = OrderList { order_number: number, ..request };
    let own = own_wallet(call);
    if own.is_some() && request.wallet_id.is_some() && own != request.wallet_id {
        return Err(Error::not_found("wallet"));
    }
    let rows = match own {
        Some(own) => database.read(
            include_str!("../../../sql/statements/order_list_wallet.sql"),
            arguments![
                call.tenant_id,
                own,
                page.after.map(|after| after.1),
                request.event_id,
                request.state.map(|state| state.as_str().to_owned()),
                request.order_number.clone(),
                page.fetch(),
                call.now,
                page.after.map(|after| after.0),
            ],
        )?,
        None => select(database, call, None, &page, &request)?,
    };
    let items = rows.collect(|row| Ok(view(&store::order_of(row)?, call)))?;
    let (items, next_cursor) = page.cut(items, |item| (item.created_at, item.order_id));
    Ok(OrderPage { items, next_cursor })
}

/// `order.timeline`
pub fn timeline(database: &mut Database<'_, '_>, call: &Call, request: OrderTimeline) -> Result<OrderHistory> {
    let order = read_own(database, call, request.order_id)?;
    // Ids are made in the order of time, so the wallet's index starts where the order does.
    let rows = database.read(
        concat!(
            "SELECT ",
            entry_columns!(),
            " FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.wallet_id = $2 \
             AND j.recorded_at >= $3 AND j.body ->> 'order_id' = $4 ORDER BY j.entry_id LIMIT $5"
        ),
        arguments![call.tenant_id, order.wallet_id, order.created_at, order.order_id.to_string(), EVENTS_MAX],
    )?;
    let items = rows.collect(|row| {
        let entry = entry_of(row)?;
        let mut detail = entry.body;
        if let Some(fields) = detail.as_object_mut() {
            fields.remove("request");
        }
        Ok(OrderEvent {
            entry_id: entry.entry_id,
            action: entry.action,
            recorded_at: entry.recorded_at,
            actor_kind: entry.actor_kind.as_str().to_owned(),
            detail,
        })
    })?;
    Ok(OrderHistory { items })
}

//! What buyers ask to be paid back: one request an order waits at a time, staff grants or rejects it, or its
//! buyer takes it back.
//!
//! Lock order: the order before its request.

use admit_core::order::{
    OrderRefund, OrderRefundRequest, OrderState, RefundRequestGrant, RefundRequestList, RefundRequestPage,
    RefundRequestReject, RefundRequestState, RefundRequestView, RefundRequestWithdraw,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::refund::{is_refundable, named_units};
use super::{Order, require_own, store};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::payment::own_wallet;

/// `order.refund_request`
pub fn request(database: &mut Database<'_, '_>, call: &Call, request: OrderRefundRequest) -> Result<RefundRequestView> {
    let reason = required_text("reason", &request.reason, 500)?;
    let order = store::lock(database, call, request.order_id)?;
    require_own(database, call, &order)?;
    if !is_refundable(&order) {
        let state = order.state_at(call.now).as_str();
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("the order is {state}: only a paid order can be refunded"),
        ));
    }
    // Seen without waiting: whoever decides on the request needs the order that is locked here.
    let mut open = database.write(
        "SELECT 1 FROM admit.refund_request WHERE tenant_id = $1 AND order_id = $2 AND state = $3",
        arguments![call.tenant_id, order.order_id, RefundRequestState::Requested.as_str()],
    )?;
    if open.next() {
        return Err(Error::new(ErrorCode::Conflict, "a request for a refund of this order waits already"));
    }
    named_units(database, call, &order, request.ticket_ids.clone())?;
    let refund_request_id = new_id(call.now)?;
    database.write(
        include_str!("../../../sql/statements/refund_request_create.sql"),
        arguments![
            call.tenant_id,
            refund_request_id,
            order.order_id,
            order.event_id,
            order.wallet_id,
            request.ticket_ids.clone(),
            reason.as_str(),
            RefundRequestState::Requested.as_str(),
            call.now,
        ],
    )?;
    let body = json!({
        "order_id": order.order_id, "reason": reason, "refund_request_id": refund_request_id, "tickets": request.ticket_ids,
    });
    append(database, call, order.fact("refund_request.created", body))?;
    read_one(database, call, refund_request_id)
}

/// `refund_request.grant`
pub fn grant(database: &mut Database<'_, '_>, call: &Call, request: RefundRequestGrant) -> Result<RefundRequestView> {
    let asked = read_waiting(database, call, request.refund_request_id)?;
    let ask = OrderRefund { order_id: asked.order_id, ticket_ids: asked.ticket_ids, reason: asked.reason };
    let refunded = super::refund(database, call, ask)?;
    let granted = read_one(database, call, request.refund_request_id)?;
    // Somebody who rejected or withdrew it at the same time was faster.
    if granted.refund_id != Some(refunded.refund_id) {
        return Err(already(&granted.state));
    }
    Ok(granted)
}

/// Marks the request that a refund fulfils; part of every refund.
pub fn settle(
    database: &mut Database<'_, '_>,
    call: &Call,
    order: &Order,
    refund_id: Uuid,
    ticket_ids: Vec<Uuid>,
) -> Result<()> {
    database.point(
        include_str!("../../../sql/statements/refund_request_settle.sql"),
        arguments![
            call.tenant_id,
            order.order_id,
            RefundRequestState::Requested.as_str(),
            RefundRequestState::Granted.as_str(),
            refund_id,
            call.now,
            call.actor.id,
            order.state == OrderState::Refunded,
            ticket_ids,
        ],
    )?;
    Ok(())
}

/// `refund_request.reject`
pub fn reject(database: &mut Database<'_, '_>, call: &Call, request: RefundRequestReject) -> Result<RefundRequestView> {
    let reason = required_text("reason", &request.reason, 500)?;
    let asked = read_waiting(database, call, request.refund_request_id)?;
    let order = store::lock(database, call, asked.order_id)?;
    let rejected = database.write(
        "UPDATE admit.refund_request SET state = $4, rejection = $5, decided_at = $6, decided_by = $7 \
         WHERE tenant_id = $1 AND refund_request_id = $2 AND state = $3 RETURNING 1",
        arguments![
            call.tenant_id,
            request.refund_request_id,
            RefundRequestState::Requested.as_str(),
            RefundRequestState::Rejected.as_str(),
            reason.as_str(),
            call.now,
            call.actor.id,
        ],
    )?;
    let view = read_one(database, call, request.refund_request_id)?;
    if rejected.is_empty() {
        return Err(already(&view.state));
    }
    let body = json!({"order_id": order.order_id, "reason": reason, "refund_request_id": request.refund_request_id});
    append(database, call, order.fact("refund_request.rejected", body))?;
    Ok(view)
}

/// `refund_request.withdraw`
pub fn withdraw(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: RefundRequestWithdraw,
) -> Result<RefundRequestView> {
    // A request of somebody else is not found: what a wallet reads is its own.
    call.wallet_id()?;
    let asked = read_one(database, call, request.refund_request_id)?;
    let order = store::lock(database, call, asked.order_id)?;
    let withdrawn = database.write(
        "UPDATE admit.refund_request SET state = $4, decided_at = $5 \
         WHERE tenant_id = $1 AND refund_request_id = $2 AND state = $3 RETURNING 1",
        arguments![
            call.tenant_id,
            request.refund_request_id,
            RefundRequestState::Requested.as_str(),
            RefundRequestState::Withdrawn.as_str(),
            call.now,
        ],
    )?;
    let view = read_one(database, call, request.refund_request_id)?;
    if !withdrawn.is_empty() {
        let body = json!({"order_id": order.order_id, "refund_request_id": request.refund_request_id});
        append(database, call, order.fact("refund_request.withdrawn", body))?;
    } else if view.state != RefundRequestState::Withdrawn.as_str() {
        return Err(already(&view.state));
    }
    Ok(view)
}

/// `refund_request.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: RefundRequestList) -> Result<RefundRequestPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = select(database, call, None, &page, &request)?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.refund_request_id);
    Ok(RefundRequestPage { items, next_cursor })
}

fn already(state: &str) -> Error {
    Error::new(ErrorCode::Conflict, format!("the request for a refund is {state} already"))
}

fn read_waiting(database: &mut Database<'_, '_>, call: &Call, refund_request_id: Uuid) -> Result<RefundRequestView> {
    let view = read_one(database, call, refund_request_id)?;
    if view.state != RefundRequestState::Requested.as_str() {
        return Err(already(&view.state));
    }
    Ok(view)
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, refund_request_id: Uuid) -> Result<RefundRequestView> {
    let (all, page) = (RefundRequestList::default(), Page::of(Some(1), None)?);
    let mut rows = select(database, call, Some(refund_request_id), &page, &all)?;
    rows.only("request for a refund")?;
    view(&rows)
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    refund_request_id: Option<Uuid>,
    page: &Page,
    request: &RefundRequestList,
) -> Result<Rows<'conn>> {
    database.write(
        include_str!("../../../sql/statements/refund_request_list.sql"),
        arguments![
            call.tenant_id,
            refund_request_id,
            page.after,
            request.state.map(|state| state.as_str().to_owned()),
            request.order_id,
            request.event_id,
            own_wallet(call),
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )
}

fn view(row: &Rows<'_>) -> Result<RefundRequestView> {
    Ok(RefundRequestView {
        refund_request_id: row.get(1)?,
        order_id: row.get(2)?,
        order_number: row.get(3)?,
        event_id: row.get(4)?,
        wallet_id: row.get(5)?,
        ticket_ids: row.optional(6)?,
        reason: row.get(7)?,
        state: row.get(8)?,
        rejection: row.optional(9)?,
        refund_id: row.optional(10)?,
        created_at: row.get(11)?,
        decided_at: row.optional(12)?,
        decided_by: row.optional(13)?,
    })
}

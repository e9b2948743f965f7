//! Tickets: shown to their holders, taken out of use, expired after their event.

pub mod qr;
pub mod reissue;
pub mod reissue_request;
mod token;

pub use token::token;

use std::collections::BTreeMap;

use admit_core::ticket::{
    TicketCancel, TicketGet, TicketList, TicketPage, TicketState, TicketStep, TicketView, next_state,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::inventory::seat;
use crate::journal::{Fact, append};
use crate::key;
use crate::order::{return_places, ticket_key};
use crate::page::Page;
use crate::payment::own_wallet;
use crate::scan::config::current_revision;

/// `ticket.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: TicketGet) -> Result<TicketView> {
    let page = Page::of(Some(1), None)?;
    let mut found = select(database, call, Some(request.ticket_id), &page, &TicketList::default())?;
    found.pop().ok_or_else(|| Error::not_found("ticket"))
}

/// `ticket.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: TicketList) -> Result<TicketPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let own = own_wallet(call);
    if own.is_some() && request.wallet_id.is_some() && own != request.wallet_id {
        return Err(Error::not_found("wallet"));
    }
    let items = select(database, call, None, &page, &request)?;
    let (items, next_cursor) = page.cut(items, |item| item.ticket_id);
    Ok(TicketPage { items, next_cursor })
}

fn select(
    database: &mut Database<'_, '_>,
    call: &Call,
    ticket_id: Option<Uuid>,
    page: &Page,
    request: &TicketList,
) -> Result<Vec<TicketView>> {
    let own = own_wallet(call);
    let wallet_id = own.or(request.wallet_id);
    // A wallet's tickets come by its index, whatever the planner knows of the others.
    let text = match wallet_id {
        Some(_) => include_str!("../../sql/statements/ticket_list_wallet.sql"),
        None => include_str!("../../sql/statements/ticket_list.sql"),
    };
    let rows = database.point_read(
        text,
        arguments![
            call.tenant_id,
            ticket_id,
            page.after,
            wallet_id,
            request.event_id,
            request.order_id,
            request.state.map(|state| state.as_str().to_owned()),
            request.past,
            call.now,
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )?;
    let found =
        rows.collect(|row| Ok((view(row)?, row.get::<i32>(15)?, row.get::<i16>(16)?, row.optional::<i32>(27)?)))?;
    let revision = own.map(|_| current_revision(database, call.tenant_id)).transpose()?;
    let mut items = Vec::with_capacity(found.len());
    for (mut item, key_id, generation, seat) in found {
        item.seat = seat::names(database, call, item.event_id, seat.as_slice())?.pop();
        // The code opens the door: its holder sees it, and nobody else.
        if let Some(revision) = revision
            && own == Some(item.wallet_id)
            && item.state == TicketState::Active.as_str()
            && !key::is_revoked(database, call.tenant_id, revision, key_id)?
        {
            let key = ticket_key(database, call.tenant_id, key_id)?;
            item.code = Some(key.code(call.tenant_id, item.ticket_id, generation).encode());
        }
        items.push(item);
    }
    Ok(items)
}

fn view(row: &Rows<'_>) -> Result<TicketView> {
    Ok(TicketView {
        ticket_id: row.get(1)?,
        order_id: row.get(2)?,
        order_number: row.get(3)?,
        unit: row.get(4)?,
        event_id: row.get(5)?,
        event_name: row.get(6)?,
        starts_at: row.get(7)?,
        ends_at: row.get(8)?,
        time_zone: row.get(9)?,
        ticket_type_id: row.get(10)?,
        ticket_type_name: row.get(11)?,
        seat: None,
        zones: row.get(12)?,
        wallet_id: row.get(13)?,
        state: row.get(14)?,
        code: None,
        price_cents: row.get(17)?,
        currency: row.get(18)?,
        valid_from: row.optional(19)?,
        valid_until: row.optional(20)?,
        pass_days: row.optional(21)?,
        days_used: row.get(22)?,
        entries: row.get(23)?,
        inside: row.get(24)?,
        admitted_at: row.optional(25)?,
        created_at: row.get(26)?,
    })
}

/// `ticket.cancel`
pub fn cancel(database: &mut Database<'_, '_>, call: &Call, request: TicketCancel) -> Result<TicketView> {
    let reason = required_text("reason", &request.reason, 500)?;
    let mut rows = database.point(
        "SELECT state, event_id, wallet_id, order_id, ticket_type_id, seat FROM admit.ticket \
         WHERE tenant_id = $1 AND ticket_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, request.ticket_id],
    )?;
    rows.only("ticket")?;
    let (event_id, wallet_id): (Uuid, Uuid) = (rows.get(2)?, rows.get(3)?);
    crate::venue::require_event(database, call, event_id).map_err(|_| Error::not_found("ticket"))?;
    let state = TicketState::from_word(&rows.get::<String>(1)?)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a ticket"))?;
    let next = next_state(state, TicketStep::Cancel)?;
    let price_cents = price(database, call, request.ticket_id)?;
    crate::approval::require(database, call, price_cents)?;
    database.point(
        "UPDATE admit.ticket SET state = $3, seat_freed = seat IS NOT NULL WHERE tenant_id = $1 AND ticket_id = $2",
        arguments![call.tenant_id, request.ticket_id, next.as_str()],
    )?;
    let seat: Option<i32> = rows.optional(6)?;
    let counts = BTreeMap::from([(rows.get(5)?, 1)]);
    return_places(database, call, (wallet_id, event_id), &counts, seat.as_slice())?;
    append(
        database,
        call,
        Fact {
            action: "ticket.cancelled",
            event_id: Some(event_id),
            gate_id: None,
            wallet_id: Some(wallet_id),
            money: None,
            body: json!({"order_id": rows.get::<Uuid>(4)?, "reason": reason, "ticket_id": request.ticket_id}),
        },
    )?;
    get(database, call, TicketGet { ticket_id: request.ticket_id })
}

/// What was paid for a ticket, in minor units.
fn price(database: &mut Database<'_, '_>, call: &Call, ticket_id: Uuid) -> Result<i64> {
    let page = Page::of(Some(1), None)?;
    let found = select(database, call, Some(ticket_id), &page, &TicketList::default())?;
    found.first().map(|ticket| ticket.price_cents).ok_or_else(|| Error::not_found("ticket"))
}

/// Expires what nobody used, a day after an event's end.
pub fn expire(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let mut rows = database
        .write(include_str!("../../sql/statements/tick_expire_tickets.sql"), arguments![call.tenant_id, call.now])?;
    if !rows.next() {
        return Ok(());
    }
    let (event_id, expired): (Uuid, i64) = (rows.get(1)?, rows.get(2)?);
    if expired > 0 {
        let fact = crate::venue::fact("ticket.expired", Some(event_id), None, json!({"count": expired}));
        return append(database, call, fact).map(|_| ());
    }
    database.write(
        include_str!("../../sql/statements/tick_tickets_expired.sql"),
        arguments![call.tenant_id, event_id, call.now],
    )?;
    Ok(())
}

//! What holders ask for when a ticket's codes are lost or copied: one request a ticket waits at a time, staff grants or
//! rejects it, or its holder takes it back.
//!
//! Lock order: the ticket before its request.

use admit_core::ticket::reissue::{
    ReissueReason, ReissueRequestGrant, ReissueRequestList, ReissueRequestPage, ReissueRequestReject,
    ReissueRequestState, ReissueRequestView, ReissueRequestWithdraw, TicketReissueRequest, reissued_generation,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::reissue::{self, HISTORY_MAX, checked_note, replace_codes};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::payment::own_wallet;

/// `ticket.reissue_request`
pub fn request(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: TicketReissueRequest,
) -> Result<ReissueRequestView> {
    call.wallet_id()?;
    let note = checked_note(request.note.as_deref())?;
    let ticket = reissue::lock(database, call, request.ticket_id)?;
    reissued_generation(ticket.state, ticket.generation)?;
    let open = database.point(
        "SELECT 1 FROM admit.reissue_request WHERE tenant_id = $1 AND ticket_id = $2 AND state = 'requested'",
        arguments![call.tenant_id, ticket.ticket_id],
    )?;
    if !open.is_empty() {
        return Err(Error::new(ErrorCode::Conflict, "a request for new codes of this ticket waits already"));
    }
    let reissue_request_id = new_id(call.now)?;
    database.point(
        include_str!("../../../sql/statements/reissue_request_create.sql"),
        arguments![
            call.tenant_id,
            reissue_request_id,
            ticket.ticket_id,
            ticket.event_id,
            ticket.wallet_id,
            request.reason.as_str(),
            note.clone(),
            ReissueRequestState::Requested.as_str(),
            call.now,
        ],
    )?;
    let body = json!({
        "note": note, "reason": request.reason.as_str(), "reissue_request_id": reissue_request_id,
        "ticket_id": ticket.ticket_id,
    });
    append(database, call, ticket.fact("reissue_request.created", body))?;
    read_one(database, call, reissue_request_id)
}

/// `reissue_request.grant`
pub fn grant(database: &mut Database<'_, '_>, call: &Call, request: ReissueRequestGrant) -> Result<ReissueRequestView> {
    let asked = read_one(database, call, request.reissue_request_id)?;
    let ticket = reissue::lock(database, call, asked.ticket_id)?;
    // Nobody decides on a request without the ticket's lock: what is read now stays.
    let asked = read_one(database, call, request.reissue_request_id)?;
    if asked.state != ReissueRequestState::Requested.as_str() {
        return Err(already(&asked.state));
    }
    let reason = ReissueReason::from_word(&asked.reason)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown reason of a reissue"))?;
    replace_codes(database, call, &ticket, reason, asked.note)?;
    read_one(database, call, request.reissue_request_id)
}

/// `reissue_request.reject`
pub fn reject(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: ReissueRequestReject,
) -> Result<ReissueRequestView> {
    let note = required_text("note", &request.note, 500)?;
    let decision = Decision { state: ReissueRequestState::Rejected, note: Some(note), decided_by: call.actor.id };
    let (view, decided) = decide(database, call, request.reissue_request_id, decision)?;
    if decided { Ok(view) } else { Err(already(&view.state)) }
}

/// `reissue_request.withdraw`
pub fn withdraw(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: ReissueRequestWithdraw,
) -> Result<ReissueRequestView> {
    // A request of somebody else is not found: what a wallet reads is its own.
    call.wallet_id()?;
    let decision = Decision { state: ReissueRequestState::Withdrawn, note: None, decided_by: None };
    let (view, decided) = decide(database, call, request.reissue_request_id, decision)?;
    if decided || view.state == ReissueRequestState::Withdrawn.as_str() { Ok(view) } else { Err(already(&view.state)) }
}

/// `reissue_request.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: ReissueRequestList) -> Result<ReissueRequestPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = select(database, call, None, &page, &request)?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.reissue_request_id);
    Ok(ReissueRequestPage { items, next_cursor })
}

/// The last requests for a ticket, newest first.
pub fn of_ticket(database: &mut Database<'_, '_>, call: &Call, ticket_id: Uuid) -> Result<Vec<ReissueRequestView>> {
    let limit = Some(HISTORY_MAX);
    list(database, call, ReissueRequestList { ticket_id: Some(ticket_id), limit, ..ReissueRequestList::default() })
        .map(|page| page.items)
}

/// How a request ends without new codes.
struct Decision {
    state: ReissueRequestState,
    note: Option<String>,
    decided_by: Option<Uuid>,
}

/// Ends a request that waits; gives it as it is now and whether it was this that ended it.
fn decide(
    database: &mut Database<'_, '_>,
    call: &Call,
    reissue_request_id: Uuid,
    decision: Decision,
) -> Result<(ReissueRequestView, bool)> {
    let asked = read_one(database, call, reissue_request_id)?;
    let ticket = reissue::lock(database, call, asked.ticket_id)?;
    let decided = database.point(
        include_str!("../../../sql/statements/reissue_request_decide.sql"),
        arguments![
            call.tenant_id,
            reissue_request_id,
            ReissueRequestState::Requested.as_str(),
            decision.state.as_str(),
            decision.note.clone(),
            call.now,
            decision.decided_by,
        ],
    )?;
    let decided = !decided.is_empty();
    if decided {
        let action = match decision.state {
            ReissueRequestState::Rejected => "reissue_request.rejected",
            _ => "reissue_request.withdrawn",
        };
        let body = json!({
            "note": decision.note, "reissue_request_id": reissue_request_id, "ticket_id": ticket.ticket_id,
        });
        append(database, call, ticket.fact(action, body))?;
    }
    Ok((read_one(database, call, reissue_request_id)?, decided))
}

fn already(state: &str) -> Error {
    Error::new(ErrorCode::Conflict, format!("the request for new codes is {state} already"))
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, reissue_request_id: Uuid) -> Result<ReissueRequestView> {
    let (all, page) = (ReissueRequestList::default(), Page::of(Some(1), None)?);
    let mut rows = select(database, call, Some(reissue_request_id), &page, &all)?;
    rows.only("request for new codes")?;
    view(&rows)
}

fn select<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    reissue_request_id: Option<Uuid>,
    page: &Page,
    request: &ReissueRequestList,
) -> Result<Rows<'conn>> {
    database.write(
        include_str!("../../../sql/statements/reissue_request_list.sql"),
        arguments![
            call.tenant_id,
            reissue_request_id,
            page.after,
            request.state.map(|state| state.as_str().to_owned()),
            request.ticket_id,
            request.event_id,
            own_wallet(call),
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )
}

fn view(row: &Rows<'_>) -> Result<ReissueRequestView> {
    Ok(ReissueRequestView {
        reissue_request_id: row.get(1)?,
        ticket_id: row.get(2)?,
        event_id: row.get(3)?,
        wallet_id: row.get(4)?,
        reason: row.get(5)?,
        note: row.optional(6)?,
        state: row.get(7)?,
        rejection: row.optional(8)?,
        generation: row.optional::<i16>(9)?.map(i32::from),
        created_at: row.get(10)?,
        decided_at: row.optional(11)?,
        decided_by: row.optional(12)?,
    })
}

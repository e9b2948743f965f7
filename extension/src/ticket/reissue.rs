//! Reissues: a ticket gets new codes, and every older code and token of it is denied.
//!
//! Lock order: the ticket before its request.

use admit_core::tenant::KeyPurpose;
use admit_core::ticket::reissue::{
    ReissueReason, ReissueRequestState, ReissueView, TicketHistory, TicketHistoryGet, TicketReissue,
    reissued_generation,
};
use admit_core::ticket::{TicketGet, TicketState, TicketView};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};
use crate::key;
use crate::order::ticket_key;
use crate::payment::own_wallet;

/// Reissues and requests in a ticket's history at most.
pub const HISTORY_MAX: i64 = 200;

/// A locked ticket.
pub struct Reissuable {
    /// Its id.
    pub ticket_id: Uuid,
    /// Its event.
    pub event_id: Uuid,
    /// Its holder's wallet.
    pub wallet_id: Uuid,
    /// Where it is.
    pub state: TicketState,
    /// The number of its codes.
    pub generation: i16,
    order_id: Uuid,
}

impl Reissuable {
    /// A fact about the ticket.
    pub fn fact(&self, action: &'static str, body: serde_json::Value) -> Fact<serde_json::Value> {
        let (event_id, wallet_id) = (Some(self.event_id), Some(self.wallet_id));
        Fact { action, event_id, gate_id: None, wallet_id, money: None, body }
    }
}

/// Locks a ticket that the caller may reach.
pub fn lock(database: &mut Database<'_, '_>, call: &Call, ticket_id: Uuid) -> Result<Reissuable> {
    let text = include_str!("../../../sql/statements/ticket_reissue_lock.sql");
    let mut rows = database.point(text, arguments![call.tenant_id, ticket_id])?;
    rows.only("ticket")?;
    let ticket = Reissuable {
        ticket_id,
        event_id: rows.get(1)?,
        wallet_id: rows.get(2)?,
        order_id: rows.get(3)?,
        state: TicketState::from_word(&rows.get::<String>(4)?)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown state of a ticket"))?,
        generation: rows.get(5)?,
    };
    if own_wallet(call).is_some_and(|own| own != ticket.wallet_id) {
        return Err(Error::not_found("ticket"));
    }
    crate::venue::require_event(database, call, ticket.event_id).map_err(|_| Error::not_found("ticket"))?;
    Ok(ticket)
}

/// Checks a note, if there is one.
pub fn checked_note(note: Option<&str>) -> Result<Option<String>> {
    note.map(|note| required_text("note", note, 500)).transpose()
}

/// `ticket.reissue`
pub fn reissue(database: &mut Database<'_, '_>, call: &Call, request: TicketReissue) -> Result<TicketView> {
    let note = checked_note(request.note.as_deref())?;
    let ticket = lock(database, call, request.ticket_id)?;
    replace_codes(database, call, &ticket, request.reason, note)?;
    super::get(database, call, TicketGet { ticket_id: request.ticket_id })
}

/// Gives a locked ticket new codes under the current key, and grants the request that waits for them.
pub fn replace_codes(
    database: &mut Database<'_, '_>,
    call: &Call,
    ticket: &Reissuable,
    reason: ReissueReason,
    note: Option<String>,
) -> Result<()> {
    let generation = reissued_generation(ticket.state, ticket.generation)?;
    let key_id = key::current(database, call.tenant_id, KeyPurpose::Ticket)?;
    let code = ticket_key(database, call.tenant_id, key_id)?.code(call.tenant_id, ticket.ticket_id, generation);
    let mut rows = database.point(
        include_str!("../../../sql/statements/ticket_reissue.sql"),
        arguments![
            call.tenant_id,
            ticket.ticket_id,
            ReissueRequestState::Granted.as_str(),
            generation,
            code.hash(),
            key_id,
            reason.as_str(),
            note.clone(),
            call.now,
            call.actor.kind.as_str(),
            call.actor.id,
            ReissueRequestState::Requested.as_str(),
        ],
    )?;
    rows.only("ticket")?;
    let granted: Option<Uuid> = rows.optional(1)?;
    let body = json!({
        "generation": generation, "note": note, "order_id": ticket.order_id, "reason": reason.as_str(),
        "reissue_request_id": granted, "ticket_id": ticket.ticket_id,
    });
    append(database, call, ticket.fact("ticket.reissued", body))?;
    Ok(())
}

/// `ticket.history`
pub fn history(database: &mut Database<'_, '_>, call: &Call, request: TicketHistoryGet) -> Result<TicketHistory> {
    let mut rows = database.point_read(
        "SELECT event_id, wallet_id, generation FROM admit.ticket WHERE tenant_id = $1 AND ticket_id = $2",
        arguments![call.tenant_id, request.ticket_id],
    )?;
    rows.only("ticket")?;
    let (event_id, wallet_id): (Uuid, Uuid) = (rows.get(1)?, rows.get(2)?);
    if own_wallet(call).is_some_and(|own| own != wallet_id) {
        return Err(Error::not_found("ticket"));
    }
    crate::venue::require_event(database, call, event_id).map_err(|_| Error::not_found("ticket"))?;
    let reissues = database
        .point_read(
            include_str!("../../../sql/statements/ticket_reissue_list.sql"),
            arguments![call.tenant_id, request.ticket_id, HISTORY_MAX],
        )?
        .collect(|row| {
            Ok(ReissueView {
                replaced_generation: i32::from(row.get::<i16>(1)?),
                reason: row.get(2)?,
                note: row.optional(3)?,
                reissued_at: row.get(4)?,
                actor_kind: row.get(5)?,
                actor_id: row.optional(6)?,
                reissue_request_id: row.optional(7)?,
            })
        })?;
    Ok(TicketHistory {
        ticket_id: request.ticket_id,
        generation: i32::from(rows.get::<i16>(3)?),
        reissues,
        requests: super::reissue_request::of_ticket(database, call, request.ticket_id)?,
    })
}

//! The lists of a manifest: tickets come from the database as a few long byte strings, not row by row.

use admit_core::offline::{
    CodeRecord, DeltaLists, Horizon, ListBuilder, Lists, Rules, TicketLists, TicketPast, ticket_prefix,
};
use admit_core::ticket::TicketState;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments, from_postgres_us};

/// More entries of the journal than this are not followed, of whatever event.
const ENTRIES_MAX: i64 = 100_000;
/// More touched tickets than this make a full manifest.
const TOUCHED_MAX: usize = 20_000;

/// Bytes of a ticket's past: ticket 16 | generation 2 | entries 4 | annulled 4 | days used 4 | entries of the day 4 |
/// last day 4 | last step 8 | admitted at 8 | gate 16 | inside 1, as Postgres sends them, with impossible values for
/// what is missing.
const PAST_BYTES: usize = 71;
const ID_BYTES: usize = 16;
const CODE_BYTES: usize = 8;

/// Up to where the journal is complete in this snapshot.
pub fn horizon(database: &mut Database<'_, '_>) -> Result<Horizon> {
    let mut rows = database.read(include_str!("../../../sql/statements/manifest_horizon.sql"), &[])?;
    rows.only("snapshot")?;
    let timeline: String = rows.get(2)?;
    Ok(Horizon {
        lineage: crate::journal::lineage(),
        timeline: u32::from_str_radix(&timeline, 16).map_err(|_| unreadable("timeline"))?,
        xid: rows.get(1)?,
    })
}

/// The tickets of an event that may have changed since; none when the journal does not tell them one by one.
pub fn touched(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    since: Horizon,
) -> Result<Option<Vec<Uuid>>> {
    let tickets_max = i64::try_from(TOUCHED_MAX + 1).unwrap_or(i64::MAX);
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/manifest_touched.sql"),
        arguments![call.tenant_id, since.lineage, since.xid, event_id, ENTRIES_MAX, tickets_max],
    )?;
    rows.only("journal")?;
    let (entries, many_at_once): (i64, bool) = (rows.get(1)?, rows.get(2)?);
    let tickets: Vec<Uuid> = rows.get(3)?;
    Ok((entries < ENTRIES_MAX && !many_at_once && tickets.len() <= TOUCHED_MAX).then_some(tickets))
}

/// All tickets of an event that have to be listed.
pub fn all(
    database: &mut Database<'_, '_>,
    call: &Call,
    rules: &Rules,
    event_id: Uuid,
    lists: Lists,
) -> Result<TicketLists> {
    let good = lists.tickets || lists.filter || lists.codes;
    let rows = database.range_read(
        include_str!("../../../sql/statements/manifest_tickets.sql"),
        arguments![call.tenant_id, event_id, good, lists.codes],
    )?;
    built(rows, rules).map(|builder| builder.full(lists))
}

/// Some tickets of an event as they are now.
pub fn of(
    database: &mut Database<'_, '_>,
    call: &Call,
    rules: &Rules,
    event_id: Uuid,
    tickets: Vec<Uuid>,
    lists: Lists,
) -> Result<DeltaLists> {
    if tickets.is_empty() {
        return Ok(ListBuilder::default().delta(lists));
    }
    let rows = database.point_read(
        include_str!("../../../sql/statements/manifest_some_tickets.sql"),
        arguments![call.tenant_id, event_id, tickets, lists.codes],
    )?;
    built(rows, rules).map(|builder| builder.delta(lists))
}

/// Lists of rows that each stand for all tickets of a state, generation and type.
fn built(mut rows: Rows<'_>, rules: &Rules) -> Result<ListBuilder> {
    let mut builder = ListBuilder::default();
    while rows.next() {
        let state = TicketState::from_word(&rows.get::<String>(1)?).ok_or_else(|| unreadable("state"))?;
        let generation = u16::try_from(rows.get::<i16>(2)?).map_err(|_| unreadable("generation"))?;
        let ticket_type_id: Uuid = rows.get(3)?;
        let kind = rules.ticket_types.iter().find(|kind| kind.ticket_type_id == ticket_type_id);
        let class = kind.ok_or_else(|| unreadable("ticket type"))?.class;
        // A code under a revoked key opens nothing.
        let codes: Vec<u8> = if rows.get(7)? { Vec::new() } else { rows.optional(6)?.unwrap_or_default() };
        let mut codes = codes.as_chunks::<CODE_BYTES>().0.iter();
        for id in rows.get::<Vec<u8>>(4)?.as_chunks::<ID_BYTES>().0 {
            let ticket = builder.ticket(Uuid::from_bytes(*id), generation, state);
            if let Some(code) = codes.next() {
                builder.code(CodeRecord { code: u64::from_be_bytes(*code), ticket, class });
            }
        }
        for bytes in rows.optional::<Vec<u8>>(5)?.unwrap_or_default().as_chunks::<PAST_BYTES>().0 {
            let (ticket_id, generation, past) = past(bytes, state, rules).ok_or_else(|| unreadable("ticket"))?;
            builder.past(ticket_prefix(ticket_id, generation), past);
        }
    }
    Ok(builder)
}

fn past(bytes: &[u8; PAST_BYTES], state: TicketState, rules: &Rules) -> Option<(Uuid, u16, TicketPast)> {
    let four = |at: usize| Some(i32::from_be_bytes(bytes[at..at + 4].try_into().ok()?));
    let eight = |at: usize| Some(i64::from_be_bytes(bytes[at..at + 8].try_into().ok()?));
    let known = |number: i64| (number >= 0).then_some(number);
    let admitted_us = eight(46)?;
    let past = TicketPast {
        entries: four(18)?,
        annulled: four(22)?,
        days_used: four(26)?,
        day_entries: four(30)?,
        last_day: Some(four(34)?).filter(|day| *day >= 0),
        last_step: known(eight(38)?),
        admitted_at: (admitted_us != i64::MIN).then(|| from_postgres_us(admitted_us)),
        gate: rules.gate_number(Uuid::from_slice(&bytes[54..70]).ok()?),
        inside: bytes[70] != 0,
        used_up: state == TicketState::Used,
    };
    Some((Uuid::from_slice(&bytes[..16]).ok()?, u16::from_be_bytes([bytes[16], bytes[17]]), past))
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorCode::Internal, format!("a stored {what} cannot be read"))
}

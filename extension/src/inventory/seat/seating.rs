//! The seats of an event: laid out, shown, taken out of the sale and put back.

use admit_core::inventory::seat::{
    EventSeat, EventSeatMap, SeatBlock, SeatMapGet, SeatName, SeatState, SeatUnblock, SeatingSet, SeatingView,
    SeatsChanged, named_seats, seat_map,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::layout::{Seats, seats_of};
use super::{layout_of, take};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::{bucket, pool};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, require_event};

/// `seating.set`
pub fn set(database: &mut Database<'_, '_>, call: &Call, request: SeatingSet) -> Result<SeatingView> {
    let event_id = request.event_id;
    let venue_id = require_event(database, call, event_id)?;
    change_configuration(database, call)?;
    pool::require_usable_event(database, call, event_id)?;
    let mut rows = database.read(
        "SELECT seat_count, areas FROM admit.seat_layout WHERE tenant_id = $1 AND layout_id = $2 AND venue_id = $3",
        arguments![call.tenant_id, request.layout_id, venue_id],
    )?;
    rows.only("seat layout of the event's venue")?;
    let seat_count: i32 = rows.get(1)?;
    let single_seats = request.single_seats.unwrap_or(true);
    let known = layout_of(database, call, event_id).ok();
    if known != Some(request.layout_id) {
        require_unused(database, call, event_id, &rows.get::<Vec<String>>(2)?)?;
        lay_out(database, call, event_id, request.layout_id)?;
    }
    database.write(
        "UPDATE admit.seating SET single_seats = $3 WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id, single_seats],
    )?;
    let body = json!({"layout_id": request.layout_id, "seat_count": seat_count, "single_seats": single_seats});
    append(database, call, fact("seating.set", Some(event_id), None, body))?;
    Ok(SeatingView { event_id, layout_id: request.layout_id, seat_count, single_seats })
}

/// Refuses another layout when seats are held or sold by the old one, or when it does not have what
/// ticket types name. Whoever is about to hold seats by the old one does not find their buckets.
fn require_unused(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, areas: &[String]) -> Result<()> {
    let rows = database.read(
        "SELECT ticket_type_id, name, seat_areas <@ $3 FROM admit.ticket_type \
         WHERE tenant_id = $1 AND event_id = $2 AND seat_areas <> '{}' ORDER BY ticket_type_id",
        arguments![call.tenant_id, event_id, areas.to_vec()],
    )?;
    let types = rows.collect(|row| Ok((row.get::<Uuid>(1)?, row.get::<String>(2)?, row.get::<bool>(3)?)))?;
    if let Some((_, name, _)) = types.iter().find(|(_, _, known)| !known) {
        return Err(Error::new(ErrorCode::Conflict, format!("the layout does not have the seat_areas of {name}")));
    }
    let tickets = database.read(
        "SELECT 1 FROM admit.ticket WHERE tenant_id = $1 AND event_id = $2 AND seat IS NOT NULL LIMIT 1",
        arguments![call.tenant_id, event_id],
    )?;
    let pools: Vec<Uuid> = types.into_iter().map(|(ticket_type_id, _, _)| ticket_type_id).collect();
    let (buckets, _) = bucket::lock(database, call.tenant_id, &pools)?;
    if !tickets.is_empty() || buckets.iter().any(|bucket| bucket.held + bucket.sold > 0) {
        return Err(Error::new(ErrorCode::Conflict, "seats are held or were sold already: the event keeps its layout"));
    }
    database.write(
        "UPDATE admit.bucket SET generation = generation + 1 WHERE tenant_id = $1 AND pool_id = ANY ($2)",
        arguments![call.tenant_id, pools],
    )?;
    Ok(())
}

fn lay_out(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, layout_id: Uuid) -> Result<()> {
    let layout = seats_of(database, call.tenant_id, layout_id)?;
    database.write(
        "DELETE FROM admit.event_seat WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    database.write(
        "INSERT INTO admit.seating (tenant_id, event_id, layout_id, single_seats) VALUES ($1, $2, $3, true) \
         ON CONFLICT (tenant_id, event_id) DO UPDATE SET layout_id = excluded.layout_id",
        arguments![call.tenant_id, event_id, layout_id],
    )?;
    let areas: Vec<String> = layout.seats.iter().map(|seat| seat.area.clone()).collect();
    database.write(
        "INSERT INTO admit.event_seat (tenant_id, event_id, seat, area) \
         SELECT $1, $2, seat - 1, area FROM unnest($3::text[]) WITH ORDINALITY AS laid (area, seat)",
        arguments![call.tenant_id, event_id, areas],
    )?;
    Ok(())
}

/// `seat.map`
pub fn map(database: &mut Database<'_, '_>, call: &Call, request: SeatMapGet) -> Result<EventSeatMap> {
    let event_id = request.event_id;
    require_event(database, call, event_id)?;
    let mut rows = database.point_read(
        "SELECT layout_id, single_seats FROM admit.seating WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("seating of the event")?;
    let (layout_id, single_seats) = (rows.get(1)?, rows.get(2)?);
    let layout = seats_of(database, call.tenant_id, layout_id)?;
    let states = take::states(database, call.tenant_id, event_id, call.now)?;
    let seats: Vec<EventSeat<'_>> = states
        .into_iter()
        .filter_map(|(index, state)| Some(EventSeat { seat: layout.seats.get(usize::try_from(index).ok()?)?, state }))
        .collect();
    let map = seat_map(&seats);
    Ok(EventSeatMap { event_id, layout_id, single_seats, as_of: call.now, sections: map.sections, areas: map.areas })
}

/// `seat.block`
pub fn block(database: &mut Database<'_, '_>, call: &Call, request: SeatBlock) -> Result<SeatsChanged> {
    let named =
        Named { event_id: request.event_id, seats: request.seats, section: request.section, rows: request.rows };
    named.change(database, call, "seats.blocked", SeatState::Available, SeatState::Blocked)
}

/// `seat.unblock`
pub fn unblock(database: &mut Database<'_, '_>, call: &Call, request: SeatUnblock) -> Result<SeatsChanged> {
    let named =
        Named { event_id: request.event_id, seats: request.seats, section: request.section, rows: request.rows };
    named.change(database, call, "seats.unblocked", SeatState::Blocked, SeatState::Available)
}

/// Seats of an event that a request names.
struct Named {
    event_id: Uuid,
    seats: Option<Vec<SeatName>>,
    section: Option<String>,
    rows: Option<Vec<String>>,
}

impl Named {
    /// Brings all of them to another state. Those that are there already are left alone: the request
    /// may have come before.
    fn change(
        self,
        database: &mut Database<'_, '_>,
        call: &Call,
        action: &'static str,
        from: SeatState,
        to: SeatState,
    ) -> Result<SeatsChanged> {
        let event_id = self.event_id;
        require_event(database, call, event_id)?;
        let layout_id = layout_of(database, call, event_id)?;
        let layout = seats_of(database, call.tenant_id, layout_id)?;
        let (section, rows) = (self.section.as_deref(), self.rows.as_deref());
        let seats = named_seats(&layout.seats, |name| layout.index(name), self.seats.as_deref(), section, rows)?;
        let changed = take::change(database, call.tenant_id, event_id, &seats, from, to, None)?;
        if to == SeatState::Blocked {
            refuse_others(database, call, event_id, &layout, &seats)?;
        }
        if changed > 0 {
            let body = json!({"rows": rows, "seats": self.seats, "section": section});
            append(database, call, fact(action, Some(event_id), None, crate::venue::without_nulls(body)))?;
        }
        Ok(SeatsChanged { event_id, changed: i32::try_from(changed).unwrap_or(i32::MAX) })
    }
}

/// Refuses to block seats of which one is held or sold; all others are locked.
fn refuse_others(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    layout: &Seats,
    seats: &[i32],
) -> Result<()> {
    let mut rows = database.write(
        "SELECT min(seat), count(*) FROM admit.event_seat \
         WHERE tenant_id = $1 AND event_id = $2 AND seat = ANY ($3) AND state <> $4",
        arguments![call.tenant_id, event_id, seats.to_vec(), SeatState::Blocked.as_str()],
    )?;
    rows.only("answer")?;
    let Some(first) = rows.optional::<i32>(1)? else { return Ok(()) };
    let (name, count) = (layout.name(first)?, rows.get::<i64>(2)?);
    Err(Error::new(
        ErrorCode::SeatTaken,
        format!("{count} of the seats are held or sold, such as {name}: none was changed"),
    ))
}

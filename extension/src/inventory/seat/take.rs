//! Seats taken for a hold, sold, and given back.

use std::collections::BTreeMap;

use admit_core::inventory::seat::{EventSeat, Seat, SeatState, picked_seats, strands_single};
use admit_core::inventory::{HoldLine, SaleType};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::best::{Best, chosen_from, free_seats};
use super::layout::{Seats, seats_of};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::{SaleConfig, Seating};
use crate::inventory::hold::Hold;

/// Takes the seats of a line for a hold: those that the buyer picked, or the best that are free. Gives
/// them in the order of the units; fewer than asked for only if `partial`.
///
/// # Errors
/// `seat_taken` names the seat, `sold_out` when there are not enough.
pub fn take(
    database: &mut Database<'_, '_>,
    call: &Call,
    config: &SaleConfig,
    hold_id: Uuid,
    line: &HoldLine,
    partial: bool,
) -> Result<Vec<i32>> {
    let seating = config.seating()?;
    let layout = seats_of(database, call.tenant_id, seating.layout_id)?;
    let ticket_type = config.ticket_type(line.ticket_type_id)?;
    let event_id = config.event_id;
    let Some(names) = &line.seats else {
        let best = Best { event_id, hold_id, layout: &layout, ticket_type, line };
        return best.take(database, call, partial);
    };
    let seats = picked_seats(names, names.len(), |name| layout.index(name))?;
    require_areas(&layout, ticket_type, &seats)?;
    require_no_single(database, call, seating, event_id, &layout, &seats)?;
    let statement = include_str!("../../../../sql/statements/seat_take.sql");
    let taken = database.point(statement, arguments![call.tenant_id, event_id, seats.clone(), hold_id])?.len();
    if taken == seats.len() {
        return Ok(seats);
    }
    Err(taken_seat(database, call, event_id, &layout, &seats)?)
}

fn require_areas(layout: &Seats, ticket_type: &SaleType, seats: &[i32]) -> Result<()> {
    for seat in seats {
        let area = seat_at(layout, *seat).map_or("", |seat| seat.area.as_str());
        if !ticket_type.seat_areas.iter().any(|own| own == area) {
            let (name, area_names) = (layout.name(*seat)?, ticket_type.seat_areas.join(", "));
            return Err(Error::invalid(format!(
                "{name} is not a seat of {}, which has {area_names}",
                ticket_type.name
            )));
        }
    }
    Ok(())
}

fn seat_at(layout: &Seats, seat: i32) -> Option<&Seat> {
    usize::try_from(seat).ok().and_then(|index| layout.seats.get(index))
}

/// Refuses picked seats that leave a single one though they need not, where the event says so.
fn require_no_single(
    database: &mut Database<'_, '_>,
    call: &Call,
    seating: &Seating,
    event_id: Uuid,
    layout: &Seats,
    picked: &[i32],
) -> Result<()> {
    if seating.single_seats {
        return Ok(());
    }
    let last = i32::try_from(layout.seats.len()).unwrap_or(i32::MAX);
    let free = free_seats(database, call.tenant_id, event_id, layout, (0, last))?;
    let seats: Vec<EventSeat<'_>> =
        layout.seats.iter().zip(free).map(|(seat, free)| EventSeat { seat, state: chosen_from(free) }).collect();
    let picked: Vec<usize> = picked.iter().filter_map(|seat| usize::try_from(*seat).ok()).collect();
    match strands_single(&seats, &picked) {
        Some(single) => Err(Error::invalid(format!(
            "these seats leave {} / {} / {} alone: pick others of the row that leave none, or all beside it",
            single.section, single.row, single.label
        ))),
        None => Ok(()),
    }
}

/// Says which of the seats is not free.
fn taken_seat(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    layout: &Seats,
    seats: &[i32],
) -> Result<Error> {
    let mut rows = database.write(
        "SELECT min(seat), count(*) FROM admit.event_seat \
         WHERE tenant_id = $1 AND event_id = $2 AND seat = ANY ($3) AND state <> $4",
        arguments![call.tenant_id, event_id, seats.to_vec(), SeatState::Available.as_str()],
    )?;
    rows.only("answer")?;
    let detail = match rows.optional::<i32>(1)? {
        Some(first) => format!("{} is not free any more: pick another", layout.name(first)?),
        None => "somebody gave one of the seats back in this moment: try again".to_owned(),
    };
    Ok(Error::new(ErrorCode::SeatTaken, detail))
}

/// The seats of an event with their states, in layout order; those of holds whose time is over count as
/// free.
pub fn states(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    event_id: Uuid,
    now: Timestamp,
) -> Result<Vec<(i32, SeatState)>> {
    let mut rows = database
        .range_read(include_str!("../../../../sql/statements/seat_states.sql"), arguments![tenant_id, event_id, now])?;
    rows.only("answer")?;
    let letters: String = rows.optional(2)?.unwrap_or_default();
    let state = |letter: char| SeatState::ALL.iter().copied().find(|state| state.letter() == letter);
    let states = letters.chars().map(|letter| state(letter).unwrap_or(SeatState::Blocked));
    let mut seats: Vec<(i32, SeatState)> = rows.get::<Vec<i32>>(1)?.into_iter().zip(states).collect();
    seats.sort_unstable_by_key(|(index, _)| *index);
    Ok(seats)
}

/// Brings seats from one state to another, held ones only those of the holds; gives how many were.
pub fn change(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    event_id: Uuid,
    seats: &[i32],
    from: SeatState,
    to: SeatState,
    hold_ids: Option<Vec<Uuid>>,
) -> Result<usize> {
    let rows = database.point(
        include_str!("../../../../sql/statements/seat_change.sql"),
        arguments![tenant_id, event_id, seats.to_vec(), from.as_str(), to.as_str(), hold_ids],
    )?;
    Ok(rows.len())
}

/// Sells the seats of a locked hold.
pub fn sell(database: &mut Database<'_, '_>, tenant_id: i32, hold: &Hold) -> Result<()> {
    let seats = hold.seats();
    if seats.is_empty() {
        return Ok(());
    }
    let sold =
        change(database, tenant_id, hold.event_id, &seats, SeatState::Held, SeatState::Sold, Some(vec![hold.hold_id]))?;
    if sold == seats.len() { Ok(()) } else { Err(Error::new(ErrorCode::Internal, "a seat of the hold is not its own")) }
}

/// Gives the seats of ended holds back, event by event.
pub fn free(database: &mut Database<'_, '_>, tenant_id: i32, holds: &[Hold]) -> Result<()> {
    let mut seated: BTreeMap<Uuid, (Vec<Uuid>, Vec<i32>)> = BTreeMap::new();
    for hold in holds.iter().filter(|hold| !hold.unit_seats.is_empty()) {
        let (hold_ids, seats) = seated.entry(hold.event_id).or_default();
        hold_ids.push(hold.hold_id);
        seats.extend(hold.seats());
    }
    for (event_id, (hold_ids, seats)) in seated {
        let freed =
            change(database, tenant_id, event_id, &seats, SeatState::Held, SeatState::Available, Some(hold_ids))?;
        if freed != seats.len() {
            return Err(Error::new(ErrorCode::Internal, "a seat of a hold is not its own"));
        }
    }
    Ok(())
}

/// Gives sold seats back.
pub fn free_sold(database: &mut Database<'_, '_>, tenant_id: i32, event_id: Uuid, seats: &[i32]) -> Result<()> {
    if seats.is_empty() {
        return Ok(());
    }
    let freed = change(database, tenant_id, event_id, seats, SeatState::Sold, SeatState::Available, None)?;
    if freed == seats.len() { Ok(()) } else { Err(Error::new(ErrorCode::Internal, "a ticket's seat is not sold")) }
}

/// Takes the seats of a locked hold that has ended once more; false when they are not free.
pub fn take_again(database: &mut Database<'_, '_>, tenant_id: i32, hold: &Hold) -> Result<bool> {
    let seats = hold.seats();
    if seats.is_empty() {
        return Ok(true);
    }
    let taken = database.point(
        include_str!("../../../../sql/statements/seat_take.sql"),
        arguments![tenant_id, hold.event_id, seats.clone(), hold.hold_id],
    )?;
    Ok(taken.len() == seats.len())
}

//! Seats taken for a hold, sold, and given back.

use std::collections::BTreeMap;

use admit_core::inventory::HoldLine;
use admit_core::inventory::seat::SeatState;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use super::best::Best;
use super::layout::seats_of;
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::SaleConfig;
use crate::inventory::hold::Hold;

/// Takes the best free seats of a line for a hold, in the order of the units; fewer than asked for only
/// if `partial`.
///
/// # Errors
/// `sold_out` when there are not enough.
pub fn take_best(
    database: &mut Database<'_, '_>,
    call: &Call,
    config: &SaleConfig,
    hold_id: Uuid,
    line: &HoldLine,
    partial: bool,
) -> Result<Vec<i32>> {
    let layout = seats_of(database, call.tenant_id, config.seating()?.layout_id)?;
    let ticket_type = config.ticket_type(line.ticket_type_id)?;
    Best { event_id: config.event_id, hold_id, layout: &layout, ticket_type, line }.take(database, call, partial)
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

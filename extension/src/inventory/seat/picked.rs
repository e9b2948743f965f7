//! Seats that a buyer names.

use std::collections::HashMap;

use admit_core::inventory::seat::{EventSeat, Seat, SeatName, SeatState, picked_seats, strands_single};
use admit_core::inventory::{HoldLine, SaleType};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use super::best::{chosen_from, free_seats};
use super::layout::{Seats, seats_of};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::{SaleConfig, Seating};

/// Named seats by ticket type, in the order of the units.
pub type Picked = HashMap<Uuid, Vec<i32>>;

/// Takes the seats that the lines of a request name for a hold: all or none. It is one statement for all
/// lines, so that whoever names the same seats in other lines locks them in the same order; and it comes
/// before any seat is chosen, because who chooses may wait for others who choose while holding seats.
///
/// # Errors
/// `seat_taken` names the seat; `invalid_request` for one of another type or one that would leave a
/// single seat; `not_found`.
pub fn take_picked(
    database: &mut Database<'_, '_>,
    call: &Call,
    config: &SaleConfig,
    hold_id: Uuid,
    lines: &[HoldLine],
) -> Result<Picked> {
    let naming = |line: &&HoldLine| line.seats.is_some() && config.is_seated(line.ticket_type_id);
    let mut named = lines.iter().filter(naming).peekable();
    if named.peek().is_none() {
        return Ok(Picked::new());
    }
    let seating = config.seating()?;
    let event_id = config.event_id;
    let layout = seats_of(database, call.tenant_id, seating.layout_id)?;
    let mut picked = Picked::new();
    let mut seats = Vec::new();
    for line in named {
        let names: &[SeatName] = line.seats.as_deref().unwrap_or_default();
        let own = picked_seats(names, names.len(), |name| layout.index(name))?;
        require_areas(&layout, config.ticket_type(line.ticket_type_id)?, &own)?;
        seats.extend_from_slice(&own);
        picked.insert(line.ticket_type_id, own);
    }
    require_no_single(database, call, seating, event_id, &layout, &seats)?;
    let statement = include_str!("../../../../sql/statements/seat_take.sql");
    let taken = database.point(statement, arguments![call.tenant_id, event_id, seats.clone(), hold_id])?.len();
    if taken == seats.len() {
        return Ok(picked);
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

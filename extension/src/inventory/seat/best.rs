//! The best free seats for a buyer who picks none.

use admit_core::inventory::seat::{ATTEMPTS_MAX, EventSeat, Seat, SeatRequest, SeatState, choices};
use admit_core::inventory::{HoldLine, SaleType};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use super::layout::Seats;
use crate::call::{Call, random};
use crate::database::{Database, arguments};

/// How often the seats are looked at when others were faster. From the second look on those who look
/// wait for each other, so that nobody goes away empty because many came at the same time.
const ROUNDS: usize = 6;

/// Before a third look and those after it.
const PAUSE_SECONDS: f64 = 0.02;

/// Choices of the first look that are tried; of a later one all are.
const ATTEMPTS: usize = 8;

/// The best free seats for a line.
pub struct Best<'a> {
    /// The event.
    pub event_id: Uuid,
    /// Who takes them.
    pub hold_id: Uuid,
    /// The event's seats.
    pub layout: &'a Seats,
    /// What they are sold as.
    pub ticket_type: &'a SaleType,
    /// What was asked for.
    pub line: &'a HoldLine,
}

impl Best<'_> {
    /// Takes them; fewer than asked for only if `partial`.
    ///
    /// # Errors
    /// `sold_out` when there are not enough, `not_found` when the type has no such seats.
    pub fn take(&self, database: &mut Database<'_, '_>, call: &Call, partial: bool) -> Result<Vec<i32>> {
        let mut request = self.line.seat_wish.clone().unwrap_or_default().request(self.line.quantity);
        let Some((first, last)) = self.range(&request) else {
            return Err(Error::not_found("area or section of the ticket type"));
        };
        for round in 0..ROUNDS {
            match round {
                0 => {}
                1 => queue_up(database, call.tenant_id, self.event_id)?,
                _ => pause(database)?,
            }
            let free = free_seats(database, call.tenant_id, self.event_id, self.layout, (first, last))?;
            let all = self.layout.seats.iter().skip(usize::try_from(first).unwrap_or_default());
            let seats: Vec<EventSeat<'_>> = all.zip(free).map(|(seat, free)| self.as_seen(seat, free)).collect();
            if partial {
                let free = seats.iter().filter(|seat| seat.is_free() && request.wants(seat)).count();
                request.quantity = request.quantity.min(i32::try_from(free).unwrap_or(i32::MAX));
                if request.quantity == 0 {
                    return Ok(Vec::new());
                }
            }
            let salt = u64::from_be_bytes(random()?);
            let mut choices = choices(&seats, &request, salt)?.peekable();
            if choices.peek().is_none() {
                return Err(self.none_left(&request));
            }
            for choice in choices.take(if round == 0 { ATTEMPTS } else { ATTEMPTS_MAX }) {
                let chosen: Vec<i32> =
                    choice.indices.iter().filter_map(|index| Some(first + i32::try_from(*index).ok()?)).collect();
                let statement = include_str!("../../../../sql/statements/seat_take_free.sql");
                let asked = chosen.len();
                let taken = database
                    .point(statement, arguments![call.tenant_id, self.event_id, chosen.clone(), self.hold_id])?;
                if taken.len() == asked {
                    return Ok(chosen);
                }
            }
        }
        Err(Error::new(ErrorCode::RequestInProgress, "others are faster at the moment: try again"))
    }

    /// What is not of the type's areas is not for sale to this buyer.
    fn as_seen<'a>(&self, seat: &'a Seat, free: bool) -> EventSeat<'a> {
        EventSeat { seat, state: chosen_from(free && self.ticket_type.seat_areas.contains(&seat.area)) }
    }

    /// The first and the last seat of the type's areas that the wish names.
    fn range(&self, request: &SeatRequest) -> Option<(i32, i32)> {
        let wanted = |seat: &Seat| {
            self.ticket_type.seat_areas.contains(&seat.area)
                && request.area.as_ref().is_none_or(|area| *area == seat.area)
                && request.section.as_ref().is_none_or(|section| *section == seat.section)
        };
        let first = self.layout.seats.iter().position(wanted)?;
        let last = self.layout.seats.iter().rposition(wanted)?;
        Some((i32::try_from(first).ok()?, i32::try_from(last).ok()?))
    }

    fn none_left(&self, request: &SeatRequest) -> Error {
        let (name, quantity) = (&self.ticket_type.name, request.quantity);
        let detail = if request.together == Some(true) {
            format!("no {quantity} seats side by side are left for {name}: ask for fewer or without together")
        } else {
            format!("no {quantity} such seats are left for {name}: ask for fewer or others")
        };
        Error::new(ErrorCode::SoldOut, detail)
    }
}

/// Waits until nobody else chooses seats of the event for the second time; holds on until the end of the
/// transaction.
fn queue_up(database: &mut Database<'_, '_>, tenant_id: i32, event_id: Uuid) -> Result<()> {
    database.point(
        "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('admit seats ' || $2::text, $1))",
        arguments![tenant_id, event_id],
    )?;
    Ok(())
}

/// Gives those who were faster the time to commit: what they took is seen as taken then.
fn pause(database: &mut Database<'_, '_>) -> Result<()> {
    database.read("SELECT pg_catalog.pg_sleep($1)", arguments![PAUSE_SECONDS])?;
    Ok(())
}

/// Who chooses seats does not ask why one cannot be had.
pub fn chosen_from(free: bool) -> SeatState {
    if free { SeatState::Available } else { SeatState::Blocked }
}

/// Of the seats of a layout from one to another, which can be taken at once.
pub fn free_seats(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    event_id: Uuid,
    layout: &Seats,
    (first, last): (i32, i32),
) -> Result<Vec<bool>> {
    let mut rows = database.range_read(
        include_str!("../../../../sql/statements/seat_free.sql"),
        arguments![tenant_id, event_id, first, last],
    )?;
    rows.only("answer")?;
    let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or_default();
    let mut free = vec![false; count.min(layout.seats.len())];
    for seat in rows.get::<Vec<i32>>(1)? {
        if let Some(free) = usize::try_from(seat - first).ok().and_then(|index| free.get_mut(index)) {
            *free = true;
        }
    }
    Ok(free)
}

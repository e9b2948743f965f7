//! Reserved seating: layouts of venues, the seats of events, and who has them.
//!
//! A seat is its place in the layout, from 0. Seats are locked after buckets and before quotas, in
//! their order, all that a request names at once; seats that are chosen for a buyer come after them and
//! pass over those that somebody works on.

mod best;
mod layout;
mod picked;
mod seating;
mod take;

pub use layout::{create, get, list, seats_of};
pub use picked::{Picked, take_picked};
pub use seating::{block, map, set, unblock};
pub use take::{free, free_sold, sell, take_again, take_best};

use admit_core::inventory::seat::SeatName;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};

/// The names of seats by which an event's layout calls them.
pub fn names(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, seats: &[i32]) -> Result<Vec<SeatName>> {
    if seats.is_empty() {
        return Ok(Vec::new());
    }
    let layout_id = layout_of(database, call, event_id)?;
    let layout = seats_of(database, call.tenant_id, layout_id)?;
    seats.iter().map(|seat| layout.name(*seat)).collect()
}

fn layout_of(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Uuid> {
    let mut rows = database.point_read(
        "SELECT layout_id FROM admit.seating WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    if rows.next() {
        return rows.get(1);
    }
    Err(Error::new(ErrorCode::Conflict, "the event has no seats: seat it with seating.set first"))
}

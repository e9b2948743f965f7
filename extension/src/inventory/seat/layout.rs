//! Layouts: described once, kept by each backend that sells by them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use admit_core::inventory::seat::{
    Seat, SeatLayout, SeatLayoutCreate, SeatLayoutGet, SeatLayoutList, SeatLayoutPage, SeatLayoutView, SeatName,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::venue::{fact, require_venue};

/// Layouts of one venue: they are listed without pages.
const LAYOUTS_MAX: i64 = 100;

/// Layouts that a backend keeps; 100,000 seats take about 30 MB.
const KEPT_MAX: usize = 4;

/// The seats of a layout, by place and by name.
pub struct Seats {
    /// In layout order.
    pub seats: Vec<Seat>,
    by_name: HashMap<SeatName, i32>,
}

impl Seats {
    fn of(seats: Vec<Seat>) -> Self {
        let by_name = (0..).zip(&seats).map(|(index, seat)| (SeatName::of(seat), index)).collect();
        Self { seats, by_name }
    }

    /// The place of a seat.
    pub fn index(&self, name: &SeatName) -> Option<i32> {
        self.by_name.get(name).copied()
    }

    /// The name of a seat.
    pub fn name(&self, seat: i32) -> Result<SeatName> {
        let seat = usize::try_from(seat).ok().and_then(|index| self.seats.get(index));
        seat.map(SeatName::of).ok_or_else(|| Error::new(ErrorCode::Internal, "a seat is not in its event's layout"))
    }
}

/// A layout: its tenant and id.
type LayoutKey = (i32, Uuid);

thread_local! {
    /// Layouts never change, so what is kept needs no revision. The last one used comes last.
    static KEPT: RefCell<Vec<(LayoutKey, Rc<Seats>)>> = const { RefCell::new(Vec::new()) };
}

/// The seats of a layout.
pub fn seats_of(database: &mut Database<'_, '_>, tenant_id: i32, layout_id: Uuid) -> Result<Rc<Seats>> {
    let key = (tenant_id, layout_id);
    let kept = KEPT.with_borrow_mut(|kept| {
        let place = kept.iter().position(|(known, _)| *known == key)?;
        let found = kept.remove(place);
        let seats = Rc::clone(&found.1);
        kept.push(found);
        Some(seats)
    });
    if let Some(seats) = kept {
        return Ok(seats);
    }
    let mut rows = database.point_read(
        "SELECT layout FROM admit.seat_layout WHERE tenant_id = $1 AND layout_id = $2",
        arguments![tenant_id, layout_id],
    )?;
    rows.only("seat layout")?;
    let layout: SeatLayout = serde_json::from_value(rows.get(1)?)
        .map_err(|_| Error::new(ErrorCode::Internal, "a stored seat layout cannot be read"))?;
    let seats = Rc::new(Seats::of(layout.expand()?));
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((key, Rc::clone(&seats)));
    });
    Ok(seats)
}

/// `seat_layout.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: SeatLayoutCreate) -> Result<SeatLayoutView> {
    require_venue(database, call, request.venue_id)?;
    let name = required_text("name", &request.name, 200)?;
    let seats = request.layout.expand()?;
    let areas: BTreeSet<&str> = seats.iter().map(|seat| seat.area.as_str()).collect();
    let areas: Vec<String> = areas.into_iter().map(str::to_owned).collect();
    let mut rows = database.write(
        "SELECT (SELECT count(*) FROM admit.seat_layout AS l WHERE l.tenant_id = $1 AND l.venue_id = $2) \
         FROM admit.venue AS v WHERE v.tenant_id = $1 AND v.venue_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, request.venue_id],
    )?;
    rows.only("venue")?;
    if rows.get::<i64>(1)? >= LAYOUTS_MAX {
        return Err(Error::new(ErrorCode::LimitExceeded, format!("a venue has at most {LAYOUTS_MAX} seat layouts")));
    }
    let layout_id = new_id(call.now)?;
    let seat_count = i32::try_from(seats.len()).unwrap_or(i32::MAX);
    database.write(
        "INSERT INTO admit.seat_layout (tenant_id, layout_id, venue_id, name, layout, seat_count, areas, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        arguments![
            call.tenant_id,
            layout_id,
            request.venue_id,
            name.as_str(),
            json!(request.layout),
            seat_count,
            areas.clone(),
            call.now,
        ],
    )?;
    let body = json!({
        "areas": areas, "layout_id": layout_id, "name": name, "seat_count": seat_count, "venue_id": request.venue_id,
    });
    append(database, call, fact("seat_layout.created", None, None, body))?;
    get(database, call, SeatLayoutGet { layout_id })
}

/// `seat_layout.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: SeatLayoutGet) -> Result<SeatLayoutView> {
    let mut rows = database.write(
        "SELECT layout_id, venue_id, name, seat_count, areas, created_at, layout FROM admit.seat_layout \
         WHERE tenant_id = $1 AND layout_id = $2",
        arguments![call.tenant_id, request.layout_id],
    )?;
    rows.only("seat layout")?;
    let mut layout = view(&rows)?;
    require_venue(database, call, layout.venue_id).map_err(|_| Error::not_found("seat layout"))?;
    layout.layout = Some(rows.get(7)?);
    Ok(layout)
}

/// `seat_layout.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: SeatLayoutList) -> Result<SeatLayoutPage> {
    require_venue(database, call, request.venue_id)?;
    let rows = database.read(
        "SELECT layout_id, venue_id, name, seat_count, areas, created_at FROM admit.seat_layout \
         WHERE tenant_id = $1 AND venue_id = $2 ORDER BY layout_id",
        arguments![call.tenant_id, request.venue_id],
    )?;
    Ok(SeatLayoutPage { items: rows.collect(view)? })
}

fn view(row: &Rows<'_>) -> Result<SeatLayoutView> {
    Ok(SeatLayoutView {
        layout_id: row.get(1)?,
        venue_id: row.get(2)?,
        name: row.get(3)?,
        seat_count: row.get(4)?,
        areas: row.get(5)?,
        layout: None,
        created_at: row.get(6)?,
    })
}

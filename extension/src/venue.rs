//! Venues.

pub mod code;
pub mod gate;
pub mod place;

use admit_core::event::EventStatus;
use admit_core::fee::FeeScope;
use admit_core::ledger::AccountKind;
use admit_core::policy::Calendar;
use admit_core::venue::{
    Status, VenueCreate, VenueGet, VenueList, VenuePage, VenueUpdate, VenueView, capacity, optional_text, required_text,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;
use crate::tenant::change_configuration;

/// A fact about a venue, gate or event.
pub fn fact(
    action: &'static str,
    event_id: Option<Uuid>,
    gate_id: Option<Uuid>,
    body: serde_json::Value,
) -> Fact<serde_json::Value> {
    Fact { action, event_id, gate_id, wallet_id: None, money: None, body }
}

/// Refuses a venue that is unknown or outside the credential's scope.
pub fn require_venue(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid) -> Result<()> {
    if call.actor.venue_id.is_some_and(|own| own != venue_id) {
        return Err(Error::not_found("venue"));
    }
    let mut rows = database.read(
        "SELECT 1 FROM admit.venue AS v WHERE v.tenant_id = $1 AND v.venue_id = $2 AND ($3::uuid IS NULL OR EXISTS ( \
         SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = $3 AND e.venue_id = v.venue_id))",
        arguments![call.tenant_id, venue_id, call.actor.event_id],
    )?;
    rows.only("venue")
}

/// Refuses an event that is unknown or outside the credential's scope; gives its venue.
pub fn require_event(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Uuid> {
    let mut rows = database.read(
        "SELECT venue_id FROM admit.event WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("event")?;
    let venue_id = rows.get(1)?;
    let own_event = call.actor.event_id.is_none_or(|own| own == event_id);
    let own_venue = call.actor.venue_id.is_none_or(|own| own == venue_id);
    if own_event && own_venue { Ok(venue_id) } else { Err(Error::not_found("event")) }
}

/// Refuses names that are no time zone of this server.
pub fn require_time_zone(database: &mut Database<'_, '_>, name: &str) -> Result<()> {
    let rows = database.read("SELECT 1 FROM pg_catalog.pg_timezone_names WHERE name = $1", arguments![name])?;
    if rows.is_empty() {
        return Err(Error::invalid("time_zone must be an IANA time zone such as Europe/Berlin"));
    }
    // Gates without a network count days by this calendar.
    Calendar::of(name).map(|_| ())
}

/// `venue.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: VenueCreate) -> Result<VenueView> {
    call.require_whole_tenant("venue")?;
    let name = required_text("name", &request.name, 200)?;
    let time_zone = request.time_zone.unwrap_or_else(|| "UTC".to_owned());
    require_time_zone(database, &time_zone)?;
    change_configuration(database, call)?;
    let venue_id = new_id(call.now)?;
    let mut rows =
        database.read("SELECT currency FROM admit.tenant WHERE tenant_id = $1", arguments![call.tenant_id])?;
    rows.only("tenant")?;
    let currency = rows.get::<String>(1)?.parse()?;
    let account_id = crate::ledger::ensure(database, call, AccountKind::Venue, &venue_id.to_string(), currency)?;
    database.write(
        include_str!("../../sql/statements/venue_create.sql"),
        arguments![
            call.tenant_id,
            venue_id,
            name.as_str(),
            optional_text("address", request.address.as_deref(), 500)?,
            optional_text("venue_type", request.venue_type.as_deref(), 40)?,
            capacity(request.capacity)?,
            optional_text("nfc_tag_id", request.nfc_tag_id.as_deref(), 100)?,
            time_zone,
            account_id,
            call.now,
        ],
    )?;
    place::set_places(database, call.tenant_id, venue_id, None, request.capacity, 0)?;
    if let Some(fee) = request.default_entry_fee_cents {
        crate::fee::set_entry_fee(database, call, FeeScope::Venue, venue_id, fee)?;
    }
    append(database, call, fact("venue.created", None, None, json!({"venue_id": venue_id, "name": name})))?;
    get(database, call, VenueGet { venue_id })
}

fn view(row: &Rows<'_>) -> Result<VenueView> {
    Ok(VenueView {
        venue_id: row.get(1)?,
        name: row.get(2)?,
        address: row.optional(3)?,
        venue_type: row.optional(4)?,
        capacity: row.optional(5)?,
        nfc_tag_id: row.optional(6)?,
        time_zone: row.get(7)?,
        default_entry_fee_cents: row.optional(8)?,
        account_id: row.get(9)?,
        status: row.get(10)?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
    })
}

/// `venue.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: VenueGet) -> Result<VenueView> {
    require_venue(database, call, request.venue_id)?;
    let mut rows = database.read(
        include_str!("../../sql/statements/venue_list.sql"),
        arguments![call.tenant_id, Some(request.venue_id), None::<Uuid>, None::<String>, 1_i64, None::<Uuid>],
    )?;
    rows.only("venue")?;
    view(&rows)
}

/// `venue.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: VenueList) -> Result<VenuePage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../sql/statements/venue_list.sql"),
        arguments![
            call.tenant_id,
            call.actor.venue_id,
            page.after,
            request.status.map(|status| status.as_str().to_owned()),
            page.fetch(),
            call.actor.event_id,
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.venue_id);
    Ok(VenuePage { items, next_cursor })
}

/// `venue.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: VenueUpdate) -> Result<VenueView> {
    call.require_scope("venue", Some(request.venue_id), None)?;
    change_configuration(database, call)?;
    let mut rows = database.write(
        "SELECT status, capacity FROM admit.venue WHERE tenant_id = $1 AND venue_id = $2 FOR UPDATE",
        arguments![call.tenant_id, request.venue_id],
    )?;
    rows.only("venue")?;
    let (status, before): (String, Option<i32>) = (rows.get(1)?, rows.optional(2)?);
    refuse_archived("venue", &status)?;
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    if let Some(time_zone) = &request.time_zone {
        require_time_zone(database, time_zone)?;
    }
    if let Some(after) = capacity(request.capacity)? {
        let mut uncounted = 0;
        if before.is_none() {
            uncounted = place::uncounted(database, call, request.venue_id)?;
        }
        place::set_places(database, call.tenant_id, request.venue_id, before, Some(after), uncounted)?;
    }
    database.write(
        include_str!("../../sql/statements/venue_update.sql"),
        arguments![
            call.tenant_id,
            request.venue_id,
            name,
            optional_text("address", request.address.as_deref(), 500)?,
            optional_text("venue_type", request.venue_type.as_deref(), 40)?,
            request.capacity,
            optional_text("nfc_tag_id", request.nfc_tag_id.as_deref(), 100)?,
            request.time_zone.clone(),
            request.status.map(|status| status.as_str().to_owned()),
            call.now,
        ],
    )?;
    if let Some(fee) = request.default_entry_fee_cents {
        crate::fee::set_entry_fee(database, call, FeeScope::Venue, request.venue_id, fee)?;
    }
    let body = serde_json::to_value(&request).unwrap_or_default();
    append(database, call, fact("venue.updated", None, None, without_nulls(body)))?;
    get(database, call, VenueGet { venue_id: request.venue_id })
}

/// Refuses to change what was archived or, of events, called off.
pub fn refuse_archived(what: &str, status: &str) -> Result<()> {
    if status == Status::Archived.as_str() {
        return Err(Error::new(ErrorCode::Conflict, format!("the {what} is archived: create a new one")));
    }
    if status == EventStatus::Cancelled.as_str() {
        return Err(Error::new(ErrorCode::Conflict, format!("the {what} is cancelled: create a new one")));
    }
    Ok(())
}

/// A JSON object without its null fields: what a change really changed.
pub fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(fields) => {
            serde_json::Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect())
        }
        other => other,
    }
}

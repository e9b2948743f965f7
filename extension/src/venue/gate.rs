//! Gates: doors, bars and stands of a venue.

use admit_core::venue::{GateCreate, GateList, GatePage, GateUpdate, GateView, optional_text, required_text};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{fact, refuse_archived, require_event, require_venue, without_nulls};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::ledger::require_account;
use crate::tenant::change_configuration;

/// Gates of one venue, archived ones included: they are listed without pages.
const GATES_MAX: i64 = 1_000;

/// `gate.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: GateCreate) -> Result<GateView> {
    call.require_scope("venue", Some(request.venue_id), None)?;
    let name = required_text("name", &request.name, 200)?;
    let nfc_tag_id = optional_text("nfc_tag_id", request.nfc_tag_id.as_deref(), 100)?;
    change_configuration(database, call)?;
    let mut rows = database.read(
        "SELECT v.status, (SELECT count(*) FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.venue_id = $2) \
         FROM admit.venue AS v WHERE v.tenant_id = $1 AND v.venue_id = $2",
        arguments![call.tenant_id, request.venue_id],
    )?;
    rows.only("venue")?;
    refuse_archived("venue", &rows.get::<String>(1)?)?;
    if rows.get::<i64>(2)? >= GATES_MAX {
        return Err(Error::new(
            ErrorCode::LimitExceeded,
            format!("a venue has at most {GATES_MAX} gates: change one of them instead"),
        ));
    }
    if let Some(account_id) = request.vendor_account_id {
        require_account(database, call, account_id, None)?;
    }
    let gate_id = new_id(call.now)?;
    database.write(
        "INSERT INTO admit.gate (tenant_id, gate_id, venue_id, name, gate_type, vendor_account_id, nfc_tag_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        arguments![
            call.tenant_id,
            gate_id,
            request.venue_id,
            name.as_str(),
            request.gate_type.as_str(),
            request.vendor_account_id,
            nfc_tag_id,
        ],
    )?;
    let body = json!({
        "gate_type": request.gate_type, "name": name, "vendor_account_id": request.vendor_account_id,
        "venue_id": request.venue_id,
    });
    append(database, call, fact("gate.created", None, Some(gate_id), without_nulls(body)))?;
    read_one(database, call, request.venue_id, gate_id)
}

/// `gate.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: GateList) -> Result<GatePage> {
    // A credential of one event sees the gates of that event's venue.
    if let Some(event_id) = call.actor.event_id
        && require_event(database, call, event_id)? != request.venue_id
    {
        return Err(Error::not_found("venue"));
    }
    require_venue(database, call, request.venue_id)?;
    let rows = read(database, call, request.venue_id, None)?;
    Ok(GatePage { items: rows.collect(view)? })
}

/// `gate.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: GateUpdate) -> Result<GateView> {
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    let nfc_tag_id = optional_text("nfc_tag_id", request.nfc_tag_id.as_deref(), 100)?;
    change_configuration(database, call)?;
    let mut rows = database.write(
        "SELECT venue_id, status FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2 FOR UPDATE",
        arguments![call.tenant_id, request.gate_id],
    )?;
    rows.only("gate")?;
    let (venue_id, status): (Uuid, String) = (rows.get(1)?, rows.get(2)?);
    call.require_scope("gate", Some(venue_id), None)?;
    refuse_archived("gate", &status)?;
    if let Some(account_id) = request.vendor_account_id {
        require_account(database, call, account_id, None)?;
    }
    database.write(
        include_str!("../../../sql/statements/gate_update.sql"),
        arguments![
            call.tenant_id,
            request.gate_id,
            name,
            request.vendor_account_id,
            nfc_tag_id,
            request.status.map(|status| status.as_str().to_owned()),
        ],
    )?;
    let body = serde_json::to_value(&request).unwrap_or_default();
    append(database, call, fact("gate.updated", None, Some(request.gate_id), without_nulls(body)))?;
    read_one(database, call, venue_id, request.gate_id)
}

fn read<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    venue_id: Uuid,
    gate_id: Option<Uuid>,
) -> Result<Rows<'conn>> {
    database.read(include_str!("../../../sql/statements/gate_list.sql"), arguments![call.tenant_id, venue_id, gate_id])
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid, gate_id: Uuid) -> Result<GateView> {
    let mut rows = read(database, call, venue_id, Some(gate_id))?;
    rows.only("gate")?;
    view(&rows)
}

fn view(row: &Rows<'_>) -> Result<GateView> {
    Ok(GateView {
        gate_id: row.get(1)?,
        venue_id: row.get(2)?,
        name: row.get(3)?,
        gate_type: row.get(4)?,
        vendor_account_id: row.optional(5)?,
        nfc_tag_id: row.optional(6)?,
        status: row.get(7)?,
    })
}

//! Scanning devices and their tokens.

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::device::{
    DeviceAssign, DeviceList, DevicePage, DeviceRegister, DeviceRenew, DeviceRevoke, DeviceToken, DeviceView,
    TOKEN_HOURS_MAX,
};
use admit_core::journal::ActorKind;
use admit_core::tenant::Revoked;
use admit_core::venue::{Status, required_text};
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id, random};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event};

/// Where a device stands, as locked.
struct Locked {
    gate_id: Uuid,
    event_id: Option<Uuid>,
    venue_id: Uuid,
    revoked_at: Option<Timestamp>,
}

/// Locks a device, then reads where it stands.
fn lock(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<Locked> {
    let mut rows = database.write(
        "SELECT gate_id, event_id, revoked_at FROM admit.device WHERE tenant_id = $1 AND device_id = $2 FOR UPDATE",
        arguments![call.tenant_id, device_id],
    )?;
    rows.only("device")?;
    let gate_id: Uuid = rows.get(1)?;
    let mut gates = database.read(
        "SELECT venue_id FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2",
        arguments![call.tenant_id, gate_id],
    )?;
    gates.only("gate")?;
    let locked =
        Locked { gate_id, event_id: rows.optional(2)?, venue_id: gates.get(1)?, revoked_at: rows.optional(3)? };
    // A device may always act on itself, wherever it stands.
    if call.actor.kind != ActorKind::Device || call.actor.id != Some(device_id) {
        call.require_scope("device", Some(locked.venue_id), locked.event_id)?;
    }
    Ok(locked)
}

fn refuse_revoked(device: &Locked) -> Result<()> {
    if device.revoked_at.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "the device is revoked: register it again"));
    }
    Ok(())
}

/// Checks where a device shall stand and gives the event that it is bound to: the one asked for,
/// or the only one of the credential.
fn place(database: &mut Database<'_, '_>, call: &Call, gate_id: Uuid, event_id: Option<Uuid>) -> Result<Option<Uuid>> {
    let event_id = event_id.or(call.actor.event_id);
    let event_venue_id = event_id.map(|event_id| require_event(database, call, event_id)).transpose()?;
    let mut rows = database.write(
        "SELECT venue_id, status FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2 FOR SHARE",
        arguments![call.tenant_id, gate_id],
    )?;
    rows.only("gate")?;
    let (venue_id, status): (Uuid, String) = (rows.get(1)?, rows.get(2)?);
    call.require_scope("gate", Some(venue_id), event_id)?;
    refuse_archived("gate", &status)?;
    if status != Status::Active.as_str() {
        return Err(Error::new(ErrorCode::Conflict, "the gate is not active: make it active first with gate.update"));
    }
    if event_venue_id.is_some_and(|event_venue_id| event_venue_id != venue_id) {
        call.require_whole_tenant("gate")?;
        return Err(Error::invalid("the event takes place at another venue: choose an event of the gate's venue"));
    }
    Ok(event_id)
}

/// When a token issued now ends.
fn token_end(call: &Call, token_hours: Option<i32>) -> Result<Timestamp> {
    let hours = token_hours.unwrap_or(TOKEN_HOURS_MAX);
    if !(1..=TOKEN_HOURS_MAX).contains(&hours) {
        return Err(Error::invalid(format!("token_hours must be between 1 and {TOKEN_HOURS_MAX}")));
    }
    call.now
        .checked_add(SignedDuration::from_hours(i64::from(hours)))
        .map_err(|_| Error::new(ErrorCode::Internal, "the server's clock is out of bounds"))
}

/// A token of a device with a new secret.
fn new_token(call: &Call, device_id: Uuid) -> Result<SecretCredential> {
    Ok(SecretCredential { kind: SecretKind::Device, tenant_id: call.tenant_id, id: device_id, secret: random()? })
}

/// `device.register`
pub fn register(database: &mut Database<'_, '_>, call: &Call, request: DeviceRegister) -> Result<DeviceToken> {
    let name = required_text("name", &request.name, 200)?;
    let expires_at = token_end(call, request.token_hours)?;
    let event_id = place(database, call, request.gate_id, request.event_id)?;
    let token = new_token(call, new_id(call.now)?)?;
    database.write(
        "INSERT INTO admit.device (tenant_id, device_id, name, gate_id, event_id, secret_hash, token_expires_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        arguments![
            call.tenant_id, token.id, name.as_str(), request.gate_id, event_id, token.secret_hash(), expires_at, call.now,
        ],
    )?;
    let body = json!({"device_id": token.id, "expires_at": expires_at, "name": name});
    append(database, call, fact("device.registered", event_id, Some(request.gate_id), body))?;
    Ok(DeviceToken { device_id: token.id, device_token: token.encode(), expires_at })
}

/// `device.renew`
pub fn renew(database: &mut Database<'_, '_>, call: &Call, request: DeviceRenew) -> Result<DeviceToken> {
    let device_id = match (call.actor.kind, call.actor.id, request.device_id) {
        (ActorKind::Device, Some(own), None) => own,
        (ActorKind::Device, Some(own), Some(named)) if own == named => own,
        (ActorKind::Device, ..) => return Err(Error::not_found("device")),
        (_, _, Some(named)) => named,
        (_, _, None) => return Err(Error::invalid("device_id is needed when the caller is no device")),
    };
    let expires_at = token_end(call, request.token_hours)?;
    let device = lock(database, call, device_id)?;
    refuse_revoked(&device)?;
    let token = new_token(call, device_id)?;
    database.write(
        "UPDATE admit.device SET secret_hash = $3, token_expires_at = $4, replaced_secret_hash = secret_hash \
         WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, device_id, token.secret_hash(), expires_at],
    )?;
    let body = json!({"device_id": device_id, "expires_at": expires_at});
    append(database, call, fact("device.renewed", device.event_id, Some(device.gate_id), body))?;
    Ok(DeviceToken { device_id, device_token: token.encode(), expires_at })
}

/// `device.assign`
pub fn assign(database: &mut Database<'_, '_>, call: &Call, request: DeviceAssign) -> Result<DeviceView> {
    // The tenant's row first, as every change of configuration: nobody waits in a circle.
    change_configuration(database, call)?;
    let device = lock(database, call, request.device_id)?;
    refuse_revoked(&device)?;
    let event_id = place(database, call, request.gate_id, request.event_id)?;
    database.write(
        "UPDATE admit.device SET gate_id = $3, event_id = $4 WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, request.device_id, request.gate_id, event_id],
    )?;
    let mut body = json!({"device_id": request.device_id, "from_gate_id": device.gate_id});
    if let (Some(from), Some(fields)) = (device.event_id, body.as_object_mut()) {
        fields.insert("from_event_id".to_owned(), json!(from));
    }
    append(database, call, fact("device.assigned", event_id, Some(request.gate_id), body))?;
    let mut rows = database.read(
        include_str!("../../sql/statements/device_list.sql"),
        arguments![
            call.tenant_id,
            Some(request.device_id),
            None::<Uuid>,
            None::<Uuid>,
            None::<Uuid>,
            None::<Uuid>,
            1_i64,
        ],
    )?;
    rows.only("device")?;
    view(&rows)
}

/// `device.revoke`
pub fn revoke(database: &mut Database<'_, '_>, call: &Call, request: DeviceRevoke) -> Result<Revoked> {
    // The tenant's row first, as every change of configuration: nobody waits in a circle.
    change_configuration(database, call)?;
    let device = lock(database, call, request.device_id)?;
    if let Some(revoked_at) = device.revoked_at {
        return Ok(Revoked { revoked_at });
    }
    database.write(
        "UPDATE admit.device SET revoked_at = $3 WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, request.device_id, call.now],
    )?;
    let body = json!({"device_id": request.device_id});
    append(database, call, fact("device.revoked", device.event_id, Some(device.gate_id), body))?;
    Ok(Revoked { revoked_at: call.now })
}

/// `device.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: DeviceList) -> Result<DevicePage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../sql/statements/device_list.sql"),
        arguments![
            call.tenant_id,
            None::<Uuid>,
            request.venue_id,
            call.actor.venue_id,
            call.actor.event_id,
            page.after,
            page.fetch(),
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.device_id);
    Ok(DevicePage { items, next_cursor })
}

fn view(row: &Rows<'_>) -> Result<DeviceView> {
    Ok(DeviceView {
        device_id: row.get(1)?,
        name: row.get(2)?,
        gate_id: row.get(3)?,
        event_id: row.optional(4)?,
        token_expires_at: row.get(5)?,
        revoked_at: row.optional(6)?,
        created_at: row.get(7)?,
    })
}

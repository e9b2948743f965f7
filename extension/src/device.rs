//! Scanning devices: registering, placing, renewing, revoking, listing.

mod pairing;
pub mod profile;
mod read;

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::device::{
    DeviceAssign, DeviceRegister, DeviceRenew, DeviceRevoke, DeviceToken, DeviceUpdate, DeviceView, TOKEN_HOURS_MAX,
    chosen_events,
};
use admit_core::journal::ActorKind;
use admit_core::tenant::Revoked;
use admit_core::venue::{Status, required_text};
use admit_core::zone::zone_names;
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Call, new_id, random};
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event, without_nulls};

use self::read::read;

pub use pairing::{invite, pair};
pub use read::{get, heartbeat, list};

/// Where a device stands, as locked.
struct Locked {
    gate_id: Uuid,
    event_ids: Vec<Uuid>,
    venue_id: Uuid,
    revoked_at: Option<Timestamp>,
    token_expires_at: Option<Timestamp>,
}

impl Locked {
    fn only_event(&self) -> Option<Uuid> {
        only(&self.event_ids)
    }
}

/// The event of a list that has one.
fn only(event_ids: &[Uuid]) -> Option<Uuid> {
    if let [event_id] = event_ids { Some(*event_id) } else { None }
}

/// A device to be.
struct NewDevice {
    name: String,
    gate_id: Uuid,
    event_ids: Vec<Uuid>,
    profile: Option<String>,
    zones: Option<Vec<String>>,
    token: Option<([u8; 32], Timestamp)>,
}

/// Locks a device, then reads where it stands.
fn lock(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<Locked> {
    let mut rows = database.write(
        "SELECT gate_id, event_ids, revoked_at, token_expires_at FROM admit.device \
         WHERE tenant_id = $1 AND device_id = $2 FOR UPDATE",
        arguments![call.tenant_id, device_id],
    )?;
    rows.only("device")?;
    let gate_id: Uuid = rows.get(1)?;
    let mut gates = database.read(
        "SELECT venue_id FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2",
        arguments![call.tenant_id, gate_id],
    )?;
    gates.only("gate")?;
    let locked = Locked {
        gate_id,
        event_ids: rows.get(2)?,
        venue_id: gates.get(1)?,
        revoked_at: rows.optional(3)?,
        token_expires_at: rows.optional(4)?,
    };
    // A device may always act on itself, wherever it stands.
    if call.actor.kind != ActorKind::Device || call.actor.id != Some(device_id) {
        call.require_scope("device", Some(locked.venue_id), locked.only_event())?;
    }
    Ok(locked)
}

fn refuse_revoked(device: &Locked) -> Result<()> {
    if device.revoked_at.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "the device is revoked: register it again"));
    }
    Ok(())
}

/// Checks where a device shall stand and gives its venue and the events that it is bound to: those asked for, or
/// the only one of the credential.
fn place(
    database: &mut Database<'_, '_>,
    call: &Call,
    gate_id: Uuid,
    event_ids: Vec<Uuid>,
) -> Result<(Uuid, Vec<Uuid>)> {
    let event_ids = match call.actor.event_id {
        Some(own) if event_ids.is_empty() => vec![own],
        _ => event_ids,
    };
    let mut event_venue_ids = Vec::with_capacity(event_ids.len());
    for event_id in &event_ids {
        event_venue_ids.push(require_event(database, call, *event_id)?);
    }
    let mut rows = database.write(
        "SELECT venue_id, status FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2 FOR SHARE",
        arguments![call.tenant_id, gate_id],
    )?;
    rows.only("gate")?;
    let (venue_id, status): (Uuid, String) = (rows.get(1)?, rows.get(2)?);
    call.require_scope("gate", Some(venue_id), only(&event_ids))?;
    refuse_archived("gate", &status)?;
    if status != Status::Active.as_str() {
        return Err(Error::new(ErrorCode::Conflict, "the gate is not active: make it active first with gate.update"));
    }
    if event_venue_ids.iter().any(|event_venue_id| *event_venue_id != venue_id) {
        call.require_whole_tenant("gate")?;
        return Err(Error::invalid("the event takes place at another venue: choose an event of the gate's venue"));
    }
    Ok((venue_id, event_ids))
}

/// Stores a device; gives the event that it is bound to, when that is one.
fn create(
    database: &mut Database<'_, '_>,
    call: &Call,
    device_id: Uuid,
    new: NewDevice,
    code: Option<([u8; 32], Timestamp)>,
) -> Result<Option<Uuid>> {
    let profile = profile::require(database, call, new.profile.as_deref())?;
    let zones = zone_names("zones", new.zones.unwrap_or_default())?;
    let event_id = only(&new.event_ids);
    database.write(
        include_str!("../../sql/statements/device_create.sql"),
        arguments![
            call.tenant_id,
            device_id,
            new.name,
            new.gate_id,
            new.event_ids,
            profile,
            zones,
            new.token.map(|token| token.0.to_vec()),
            new.token.map(|token| token.1),
            code.map(|code| code.0.to_vec()),
            code.map(|code| code.1),
            call.now,
        ],
    )?;
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
    let events = chosen_events(request.event_id, request.event_ids)?;
    let (_, event_ids) = place(database, call, request.gate_id, events)?;
    let token = new_token(call, new_id(call.now)?)?;
    let body = json!({"device_id": token.id, "expires_at": expires_at, "name": name});
    let new = NewDevice {
        name,
        gate_id: request.gate_id,
        event_ids,
        profile: request.profile,
        zones: request.zones,
        token: Some((token.secret_hash(), expires_at)),
    };
    let event_id = create(database, call, token.id, new, None)?;
    append(database, call, fact("device.registered", event_id, Some(request.gate_id), body))?;
    Ok(DeviceToken { device_id: token.id, device_token: token.encode(), expires_at })
}

/// The device that acts: the caller itself, the one that a person is logged in on, or the one that an API key
/// names.
///
/// # Errors
/// `not_found` for a device, or a person on a device, that names another.
pub fn acting(call: &Call, named: Option<Uuid>) -> Result<Uuid> {
    let own = if call.actor.kind == ActorKind::Device { call.actor.id } else { call.actor.device_id };
    match (own, named) {
        (Some(own), None) => Ok(own),
        (Some(own), Some(named)) if own == named => Ok(own),
        (Some(_), Some(_)) => Err(Error::not_found("device")),
        (None, Some(named)) => Ok(named),
        (None, None) => Err(Error::invalid("device_id is needed when the caller is no device")),
    }
}

/// `device.renew`
pub fn renew(database: &mut Database<'_, '_>, call: &Call, request: DeviceRenew) -> Result<DeviceToken> {
    // A person may renew whichever device the role reaches, not by default the one at hand.
    let device_id = match (call.actor.kind, request.device_id) {
        (ActorKind::Staff, Some(named)) => named,
        (ActorKind::Staff, None) => return Err(Error::invalid("device_id is needed when the caller is no device")),
        _ => acting(call, request.device_id)?,
    };
    let expires_at = token_end(call, request.token_hours)?;
    let device = lock(database, call, device_id)?;
    refuse_revoked(&device)?;
    // A session ends with the token: one that comes too late does not bring it back.
    if device.token_expires_at.is_some_and(|end| end <= call.now) {
        crate::staff::end_sessions_of_device(database, call, device_id)?;
    }
    let token = new_token(call, device_id)?;
    let seen = (call.actor.kind == ActorKind::Device).then_some(call.now);
    database.write(
        "UPDATE admit.device SET secret_hash = $3, token_expires_at = $4, replaced_secret_hash = secret_hash, \
         pairing_retry_hash = NULL, last_seen_at = coalesce($5, last_seen_at) WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, device_id, token.secret_hash(), expires_at, seen],
    )?;
    let body = json!({"device_id": device_id, "expires_at": expires_at});
    append(database, call, fact("device.renewed", device.only_event(), Some(device.gate_id), body))?;
    Ok(DeviceToken { device_id, device_token: token.encode(), expires_at })
}

/// `device.assign`
pub fn assign(database: &mut Database<'_, '_>, call: &Call, request: DeviceAssign) -> Result<DeviceView> {
    // The tenant's row first, as every change of configuration: nobody waits in a circle.
    change_configuration(database, call)?;
    let device = lock(database, call, request.device_id)?;
    refuse_revoked(&device)?;
    let events = chosen_events(request.event_id, request.event_ids)?;
    let (venue_id, event_ids) = place(database, call, request.gate_id, events)?;
    let event_id = only(&event_ids);
    // Whoever is logged in has the venue and the event that the device had.
    if venue_id != device.venue_id || event_ids != device.event_ids {
        crate::staff::end_sessions_of_device(database, call, request.device_id)?;
    }
    database.write(
        "UPDATE admit.device SET gate_id = $3, event_ids = $4 WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, request.device_id, request.gate_id, event_ids],
    )?;
    let mut body = json!({"device_id": request.device_id, "from_gate_id": device.gate_id});
    if let (Some(from), Some(fields)) = (device.only_event(), body.as_object_mut()) {
        fields.insert("from_event_id".to_owned(), json!(from));
    }
    append(database, call, fact("device.assigned", event_id, Some(request.gate_id), body))?;
    read(database, call, request.device_id)
}

/// `device.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: DeviceUpdate) -> Result<DeviceView> {
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    let zones = request.zones.map(|zones| zone_names("zones", zones)).transpose()?;
    // The tenant's row first, as every change of configuration: nobody waits in a circle.
    change_configuration(database, call)?;
    let device = lock(database, call, request.device_id)?;
    refuse_revoked(&device)?;
    let profile = match request.profile.as_deref() {
        Some(profile) => Some(profile::require(database, call, Some(profile))?),
        None => None,
    };
    database.write(
        "UPDATE admit.device SET name = coalesce($3, name), profile = coalesce($4, profile), zones = coalesce($5, zones) \
         WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, request.device_id, name.clone(), profile.clone(), zones.clone()],
    )?;
    let body = without_nulls(json!({"device_id": request.device_id, "name": name, "profile": profile, "zones": zones}));
    append(database, call, fact("device.updated", device.only_event(), Some(device.gate_id), body))?;
    read(database, call, request.device_id)
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
        "UPDATE admit.device SET revoked_at = $3, pairing_code_hash = NULL, code_expires_at = NULL, \
         pairing_retry_hash = NULL WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, request.device_id, call.now],
    )?;
    crate::staff::end_sessions_of_device(database, call, request.device_id)?;
    let body = json!({"device_id": request.device_id});
    append(database, call, fact("device.revoked", device.only_event(), Some(device.gate_id), body))?;
    Ok(Revoked { revoked_at: call.now })
}

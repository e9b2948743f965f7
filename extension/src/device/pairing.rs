//! Pairing: a code that is typed into a device once becomes its token.

use admit_core::device::{
    CODE_MINUTES_DEFAULT, CODE_MINUTES_MAX, CodeRefusal, DeviceInvitation, DeviceInvite, DevicePair, DevicePairing,
    PAIRING_CODE_BYTES, PairingOutcome, chosen_events, formatted_code, is_plain_code, pairing_code_hash,
};
use admit_core::venue::{optional_text, required_text};
use admit_core::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::{NewDevice, create, lock, new_token, place, refuse_revoked, token_end};
use crate::call::{Call, new_id, random};
use crate::database::{Database, arguments};
use crate::guess::{FAILURES_MAX, Guesses, lock_client};
use crate::journal::append;
use crate::venue::fact;

/// `device.invite`
pub fn invite(database: &mut Database<'_, '_>, call: &Call, request: DeviceInvite) -> Result<DeviceInvitation> {
    let minutes = request.code_minutes.unwrap_or(CODE_MINUTES_DEFAULT);
    if !(1..=CODE_MINUTES_MAX).contains(&minutes) {
        return Err(Error::invalid(format!("code_minutes must be between 1 and {CODE_MINUTES_MAX}")));
    }
    let expires_at = call.now + SignedDuration::from_mins(i64::from(minutes));
    let pairing_code = formatted_code(&random::<PAIRING_CODE_BYTES>()?);
    let code = (pairing_code_hash(call.tenant_id, &pairing_code), expires_at);
    let device_id = match request.device_id {
        Some(device_id) => invite_again(database, call, &request, device_id, code)?,
        None => invite_new(database, call, request, code)?,
    };
    Ok(DeviceInvitation { device_id, pairing_code, expires_at })
}

fn invite_again(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: &DeviceInvite,
    device_id: Uuid,
    (code_hash, expires_at): ([u8; 32], Timestamp),
) -> Result<Uuid> {
    let placed = request.gate_id.is_some() || request.event_id.is_some() || request.event_ids.is_some();
    if placed || request.name.is_some() || request.profile.is_some() || request.zones.is_some() {
        return Err(Error::invalid(
            "a device that exists stays as it is: give device_id alone, and change it with device.assign or device.update",
        ));
    }
    let device = lock(database, call, device_id)?;
    refuse_revoked(&device)?;
    database.write(
        "UPDATE admit.device SET pairing_code_hash = $3, code_expires_at = $4 WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, device_id, code_hash, expires_at],
    )?;
    let body = json!({"device_id": device_id, "expires_at": expires_at});
    append(database, call, fact("device.invited", device.only_event(), Some(device.gate_id), body))?;
    Ok(device_id)
}

fn invite_new(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: DeviceInvite,
    code: ([u8; 32], Timestamp),
) -> Result<Uuid> {
    let name = required_text("name", request.name.as_deref().unwrap_or_default(), 200)?;
    let gate_id = request.gate_id.ok_or_else(|| Error::invalid("gate_id is needed for a new device"))?;
    let events = chosen_events(request.event_id, request.event_ids)?;
    let event_ids = place(database, call, gate_id, events)?;
    let device_id = new_id(call.now)?;
    let body = json!({"device_id": device_id, "expires_at": code.1, "name": name});
    let new = NewDevice { name, gate_id, event_ids, profile: request.profile, zones: request.zones, token: None };
    let event_id = create(database, call, device_id, new, Some(code))?;
    append(database, call, fact("device.invited", event_id, Some(gate_id), body))?;
    Ok(device_id)
}

/// `device.pair`
pub fn pair(database: &mut Database<'_, '_>, call: &Call, request: DevicePair) -> Result<DevicePairing> {
    let description =
        [("brand", request.brand), ("model", request.model), ("software_version", request.software_version)];
    let [brand, model, software_version] = description.map(|(name, text)| optional_text(name, text.as_deref(), 100));
    let (brand, model, software_version) = (brand?, model?, software_version?);
    let expires_at = token_end(call, request.token_hours)?;
    let guesses = lock_client(database, call, "pairing")?;
    if let Some(retry_at) = guesses.locked_until() {
        return Ok(refused(CodeRefusal::Locked, Some(retry_at)));
    }
    if !is_plain_code(&request.pairing_code) {
        return wrong_code(database, call, &guesses);
    }
    let mut token = new_token(call, Uuid::nil())?;
    let mut rows = database.point(
        include_str!("../../../sql/statements/device_pair.sql"),
        arguments![
            call.tenant_id,
            pairing_code_hash(call.tenant_id, &request.pairing_code),
            call.now,
            token.secret_hash(),
            expires_at,
            brand.clone(),
            model.clone(),
            software_version.clone(),
        ],
    )?;
    if !rows.next() {
        return wrong_code(database, call, &guesses);
    }
    token.id = rows.get(1)?;
    let (gate_id, event_ids): (Uuid, Vec<Uuid>) = (rows.get(2)?, rows.get(3)?);
    let body = crate::venue::without_nulls(json!({
        "brand": brand, "device_id": token.id, "expires_at": expires_at, "model": model,
        "software_version": software_version,
    }));
    // The session on the device before is not the new one's.
    crate::staff::end_sessions_of_device(database, call, token.id)?;
    let event_id = super::only(&event_ids);
    append(database, call, fact("device.paired", event_id, Some(gate_id), body))?;
    Ok(DevicePairing {
        outcome: PairingOutcome::Paired,
        reason: None,
        retry_at: None,
        device_id: Some(token.id),
        device_token: Some(token.encode()),
        expires_at: Some(expires_at),
    })
}

/// Unknown, used and ended codes look alike.
fn wrong_code(database: &mut Database<'_, '_>, call: &Call, guesses: &Guesses) -> Result<DevicePairing> {
    if guesses.count(database, call)? {
        let body = json!({"failures": FAILURES_MAX});
        append(database, call, fact("device.pairing_locked", None, None, body))?;
    }
    Ok(refused(CodeRefusal::CodeRefused, None))
}

fn refused(reason: CodeRefusal, retry_at: Option<Timestamp>) -> DevicePairing {
    DevicePairing {
        outcome: PairingOutcome::Refused,
        reason: Some(reason),
        retry_at,
        device_id: None,
        device_token: None,
        expires_at: None,
    }
}

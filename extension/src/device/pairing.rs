//! Pairing: a code that is typed into a device once becomes its token.

use admit_core::device::{
    CODE_MINUTES_DEFAULT, CODE_MINUTES_MAX, CodeRefusal, DeviceInvitation, DeviceInvite, DevicePair, DevicePairing,
    PAIRING_CODE_BYTES, PairingOutcome, chosen_events, formatted_code, is_plain_code, pairing_code_hash,
    pairing_retry_hash,
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
        "UPDATE admit.device SET pairing_code_hash = $3, code_expires_at = $4, pairing_retry_hash = NULL \
         WHERE tenant_id = $1 AND device_id = $2",
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
    let (_, event_ids) = place(database, call, gate_id, events)?;
    let device_id = new_id(call.now)?;
    let body = json!({"device_id": device_id, "expires_at": code.1, "name": name});
    let new = NewDevice { name, gate_id, event_ids, profile: request.profile, zones: request.zones, token: None };
    let event_id = create(database, call, device_id, new, Some(code))?;
    append(database, call, fact("device.invited", event_id, Some(gate_id), body))?;
    Ok(device_id)
}

/// What a device says of itself when it is paired.
struct Described {
    brand: Option<String>,
    model: Option<String>,
    software_version: Option<String>,
}

/// A device that has just been given a token.
struct Paired {
    device_id: Uuid,
    gate_id: Uuid,
    event_ids: Vec<Uuid>,
    /// Whether the answer to the first exchange was lost.
    again: bool,
}

/// `device.pair`
pub fn pair(database: &mut Database<'_, '_>, call: &Call, request: DevicePair) -> Result<DevicePairing> {
    let described = Described {
        brand: optional_text("brand", request.brand.as_deref(), 100)?,
        model: optional_text("model", request.model.as_deref(), 100)?,
        software_version: optional_text("software_version", request.software_version.as_deref(), 100)?,
    };
    let expires_at = token_end(call, request.token_hours)?;
    let guesses = lock_client(database, call, "pairing")?;
    if let Some(retry_at) = guesses.locked_until() {
        return Ok(refused(CodeRefusal::Locked, Some(retry_at)));
    }
    if !is_plain_code(&request.pairing_code) {
        return wrong_code(database, call, &guesses);
    }
    let mut token = new_token(call, Uuid::nil())?;
    let Some(paired) = exchange(database, call, &request, &described, (token.secret_hash(), expires_at))? else {
        return wrong_code(database, call, &guesses);
    };
    token.id = paired.device_id;
    let body = crate::venue::without_nulls(json!({
        "again": paired.again.then_some(true), "brand": described.brand, "device_id": token.id,
        "expires_at": expires_at, "model": described.model, "software_version": described.software_version,
    }));
    // The session on the device before is not the new one's.
    crate::staff::end_sessions_of_device(database, call, token.id)?;
    let event_id = super::only(&paired.event_ids);
    append(database, call, fact("device.paired", event_id, Some(paired.gate_id), body))?;
    Ok(DevicePairing {
        outcome: PairingOutcome::Paired,
        reason: None,
        retry_at: None,
        device_id: Some(token.id),
        device_token: Some(token.encode()),
        expires_at: Some(expires_at),
    })
}

/// Exchanges a code for a token, or a used one and its nonce once more; none when neither is good.
fn exchange(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: &DevicePair,
    described: &Described,
    (secret_hash, expires_at): ([u8; 32], Timestamp),
) -> Result<Option<Paired>> {
    let code = &request.pairing_code;
    let retry_hash = request.pairing_nonce.map(|nonce| pairing_retry_hash(call.tenant_id, code, nonce).to_vec());
    let code_hash = pairing_code_hash(call.tenant_id, code).to_vec();
    let attempts = [
        (include_str!("../../../sql/statements/device_pair.sql"), Some(code_hash)),
        (include_str!("../../../sql/statements/device_pair_again.sql"), retry_hash.clone()),
    ];
    for (attempt, (statement, known_hash)) in attempts.into_iter().enumerate() {
        let Some(known_hash) = known_hash else { continue };
        let mut rows = database.point(
            statement,
            arguments![
                call.tenant_id,
                known_hash,
                call.now,
                secret_hash,
                expires_at,
                described.brand.clone(),
                described.model.clone(),
                described.software_version.clone(),
                retry_hash.clone(),
            ],
        )?;
        if rows.next() {
            let (device_id, gate_id, event_ids) = (rows.get(1)?, rows.get(2)?, rows.get(3)?);
            return Ok(Some(Paired { device_id, gate_id, event_ids, again: attempt > 0 }));
        }
    }
    Ok(None)
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

//! The small parts of a manifest: event, gates, ticket types, keys and the calling device.

use admit_core::event::EventStatus;
use admit_core::journal::ActorKind;
use admit_core::offline::{DeviceRules, EventRules, GateRules, KeyRules, Rules, ScopeFees, TypeRules};
use admit_core::tenant::KeyPurpose;
use admit_core::ticket::token::TicketClaims;
use admit_core::venue::{GateType, Status};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::key::{self, KeyMaterial};

/// Reads them.
pub fn read(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Rules> {
    let event = event(database, call, event_id)?;
    let offline_limit_cents = event.policy.offline_limit_cents.unwrap_or_default();
    Ok(Rules {
        gates: gates(database, call, event.venue_id)?,
        ticket_types: ticket_types(database, call, event_id)?,
        keys: keys(database, call, event_id)?,
        device: device(database, call)?,
        fees: if offline_limit_cents > 0 { fees(database, call, &event)? } else { Vec::new() },
        offline_limit_cents,
        event,
    })
}

fn event(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<EventRules> {
    let mut rows = database
        .point_read(include_str!("../../../sql/statements/manifest_event.sql"), arguments![call.tenant_id, event_id])?;
    rows.only("event")?;
    Ok(EventRules {
        event_id,
        venue_id: rows.get(1)?,
        name: rows.get(2)?,
        status: EventStatus::from_word(&rows.get::<String>(3)?).ok_or_else(|| unreadable("status"))?,
        venue_status: status(&rows.get::<String>(4)?)?,
        currency: rows.get::<String>(5)?.parse()?,
        starts_at: rows.get(6)?,
        ends_at: rows.get(7)?,
        time_zone: rows.get(8)?,
        requires_pass: rows.get(9)?,
        reentry_allowed: rows.get(10)?,
        entries_max: rows.optional(11)?,
        exit_scans: rows.get(12)?,
        duplicate_window_ms: rows.get(13)?,
        policy: crate::policy::parse(rows.get(14)?)?,
        places_sure: rows.get(15)?,
    })
}

fn gates(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid) -> Result<Vec<GateRules>> {
    let rows = database.point_read(
        "SELECT gate_id, name, gate_type, status FROM admit.gate \
         WHERE tenant_id = $1 AND venue_id = $2 ORDER BY gate_id",
        arguments![call.tenant_id, venue_id],
    )?;
    rows.collect(|row| {
        Ok(GateRules {
            gate_id: row.get(1)?,
            name: row.get(2)?,
            gate_type: GateType::from_word(&row.get::<String>(3)?).ok_or_else(|| unreadable("gate type"))?,
            status: status(&row.get::<String>(4)?)?,
        })
    })
}

/// The fees in force, without who shares them: a gate needs to know what to charge.
fn fees(database: &mut Database<'_, '_>, call: &Call, event: &EventRules) -> Result<Vec<ScopeFees>> {
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/manifest_fees.sql"),
        arguments![call.tenant_id, event.event_id, event.venue_id],
    )?;
    rows.only("fees")?;
    let Some(fees) = rows.optional::<serde_json::Value>(1)? else { return Ok(Vec::new()) };
    let mut fees: Vec<ScopeFees> = serde_json::from_value(fees).map_err(|_| unreadable("fee schedule"))?;
    for rule in fees.iter_mut().flat_map(|fees| &mut fees.schedule.rules) {
        rule.shares.clear();
    }
    Ok(fees)
}

fn ticket_types(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Vec<TypeRules>> {
    let rows = database.point_read(
        "SELECT class, ticket_type_id, name, zones, valid_from, valid_until, pass_days FROM admit.ticket_type \
         WHERE tenant_id = $1 AND event_id = $2 ORDER BY class",
        arguments![call.tenant_id, event_id],
    )?;
    rows.collect(|row| {
        Ok(TypeRules {
            class: u16::try_from(row.get::<i32>(1)?).map_err(|_| unreadable("class"))?,
            ticket_type_id: row.get(2)?,
            name: row.get(3)?,
            zones: row.get(4)?,
            valid_from: row.optional(5)?,
            valid_until: row.optional(6)?,
            pass_days: row.optional(7)?,
        })
    })
}

/// The keys that sign tickets, with the event's keys for rotating codes sealed for the caller's device.
fn keys(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Vec<KeyRules>> {
    let rows = database.point_read(
        "SELECT key_id, public_key, revoked_at IS NOT NULL FROM admit.signing_key \
         WHERE tenant_id = $1 AND purpose = $2 ORDER BY key_id",
        arguments![call.tenant_id, KeyPurpose::TicketSigning.as_str()],
    )?;
    let keys = rows.collect(|row| Ok((row.get::<i32>(1)?, row.get::<Vec<u8>>(2)?, row.get::<bool>(3)?)))?;
    let rules = |(key_id, public, revoked): (i32, Vec<u8>, bool)| {
        let number = u16::try_from(key_id).map_err(|_| unreadable("key number"))?;
        Ok(KeyRules {
            key_id: number,
            public_key: data_encoding::BASE64URL_NOPAD.encode(&public),
            revoked,
            rotation: if revoked { None } else { rotation(database, call, event_id, number)? },
        })
    };
    keys.into_iter().map(rules).collect()
}

fn rotation(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, key_id: u16) -> Result<Option<String>> {
    let Some(device) = &call.actor.manifest_key else { return Ok(None) };
    let opened = key::open(database, call.tenant_id, i32::from(key_id))?;
    let Some(KeyMaterial::TicketSigning(key)) = opened.as_deref() else { return Err(unreadable("signing key")) };
    let key = key.event_rotation_key(TicketClaims::event_tail(event_id));
    Ok(device.seal(random()?, call.tenant_id, event_id, key_id, &key))
}

/// The calling device, or the one that the calling person is logged in on.
fn device(database: &mut Database<'_, '_>, call: &Call) -> Result<Option<DeviceRules>> {
    let device_id = match call.actor.kind {
        ActorKind::Device => call.actor.id,
        _ => call.actor.device_id,
    };
    let Some(device_id) = device_id else { return Ok(None) };
    let placement = crate::scan::config::placement(database, call, device_id)?;
    Ok(placement.map(|placement| DeviceRules {
        device_id,
        gate_id: placement.gate_id,
        event_ids: placement.event_ids,
        zones: placement.zones,
        profile: placement.profile,
        scan_kinds: placement.scan_kinds,
        offline_allowed: placement.offline_allowed,
    }))
}

fn status(word: &str) -> Result<Status> {
    Status::from_word(word).ok_or_else(|| unreadable("status"))
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorCode::Internal, format!("a stored {what} cannot be read"))
}

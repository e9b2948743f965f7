//! Reading devices, and hearing of them.

use admit_core::device::{DeviceGet, DeviceHeartbeat, DeviceList, DevicePage, DeviceView};
use admit_core::journal::ActorKind;
use admit_core::venue::optional_text;
use admit_core::{Error, Result};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{acting, only};
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::page::Page;

/// A device's `last_seen_at` is written at most this often.
const SEEN_SECONDS: i64 = 60;

/// `device.heartbeat`
pub fn heartbeat(database: &mut Database<'_, '_>, call: &Call, request: DeviceHeartbeat) -> Result<DeviceView> {
    let device_id = acting(call, request.device_id)?;
    let software_version = optional_text("software_version", request.software_version.as_deref(), 100)?;
    let seen_before = call.now - SignedDuration::from_secs(SEEN_SECONDS);
    let device = read(database, call, device_id)?;
    let changed = software_version.is_some() && software_version != device.software_version;
    if changed || device.last_seen_at.is_none_or(|seen| seen <= seen_before) {
        database.point(
            "UPDATE admit.device SET last_seen_at = $3, software_version = coalesce($4, software_version) \
             WHERE tenant_id = $1 AND device_id = $2 AND revoked_at IS NULL",
            arguments![call.tenant_id, device_id, call.now, software_version],
        )?;
        return read(database, call, device_id);
    }
    Ok(device)
}

/// `device.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: DeviceGet) -> Result<DeviceView> {
    if call.actor.kind == ActorKind::Device && call.actor.id != Some(request.device_id) {
        return Err(Error::not_found("device"));
    }
    read(database, call, request.device_id)
}

/// Reads one device within the caller's scope; a device may read itself, wherever it stands.
pub fn read(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<DeviceView> {
    let own = call.actor.kind == ActorKind::Device && call.actor.id == Some(device_id)
        || call.actor.device_id == Some(device_id);
    let mut rows = database.read(
        include_str!("../../../sql/statements/device_list.sql"),
        arguments![
            call.tenant_id,
            Some(device_id),
            None::<Uuid>,
            call.actor.venue_id.filter(|_| !own),
            call.actor.event_id.filter(|_| !own),
            None::<Uuid>,
            1_i64,
        ],
    )?;
    rows.only("device")?;
    view(&rows)
}

/// `device.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: DeviceList) -> Result<DevicePage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../../sql/statements/device_list.sql"),
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
    let event_ids: Vec<Uuid> = row.get(4)?;
    Ok(DeviceView {
        device_id: row.get(1)?,
        name: row.get(2)?,
        gate_id: row.get(3)?,
        event_id: only(&event_ids),
        event_ids,
        profile: row.get(5)?,
        zones: row.get(6)?,
        brand: row.optional(7)?,
        model: row.optional(8)?,
        software_version: row.optional(9)?,
        paired_at: row.optional(10)?,
        code_expires_at: row.optional(11)?,
        last_seen_at: row.optional(12)?,
        token_expires_at: row.optional(13)?,
        revoked_at: row.optional(14)?,
        created_at: row.get(15)?,
    })
}

//! What a person's credential may scan with and where. A device at the wrong place is denied with
//! its reason; a person gets no such hint, but the words of an unknown object.

use admit_core::Result;
use admit_core::journal::ActorKind;
use admit_core::scan::ScanConfig;

use super::config::DevicePlace;
use crate::call::Call;
use crate::database::{Database, arguments};

/// Refuses a device that stands outside the credential's venue and event.
pub fn require_device(database: &mut Database<'_, '_>, call: &Call, device: Option<DevicePlace>) -> Result<()> {
    let Some(DevicePlace { gate_id, event_id, .. }) = device else { return Ok(()) };
    if call.actor.kind == ActorKind::Device || call.require_whole_tenant("device").is_ok() {
        return Ok(());
    }
    let mut rows = database.read(
        "SELECT venue_id FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2",
        arguments![call.tenant_id, gate_id],
    )?;
    rows.only("device")?;
    call.require_scope("device", Some(rows.get(1)?), event_id)
}

/// Refuses an event outside the credential's venue and event, and a gate at another venue.
pub fn require_place(call: &Call, config: &ScanConfig) -> Result<()> {
    if call.actor.kind == ActorKind::Device {
        return Ok(());
    }
    call.require_scope("event or gate", Some(config.venue_id), Some(config.event_id))?;
    if config.gate_venue_id == config.venue_id { Ok(()) } else { call.require_whole_tenant("event or gate") }
}

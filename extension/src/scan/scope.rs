//! What a person's credential may scan with and where. A device at the wrong place is denied with
//! its reason; a person gets no such hint, but the words of an unknown object.

use admit_core::device::DevicePlacement;
use admit_core::journal::ActorKind;
use admit_core::scan::{ScanConfig, ScanKind};
use admit_core::{Error, ErrorCode, Result};

use crate::call::Call;

/// Refuses a device that stands outside the credential's venue and event.
pub fn require_device(call: &Call, device: Option<&DevicePlacement>) -> Result<()> {
    let Some(device) = device else { return Ok(()) };
    match call.actor.kind {
        ActorKind::Device => Ok(()),
        // A session is for its own event, whatever its device is bound to.
        ActorKind::Staff => call.require_scope("device", Some(device.venue_id), call.actor.event_id),
        _ => call.require_scope("device", Some(device.venue_id), device.only_event()),
    }
}

/// Refuses an event outside the credential's venue and event, and a gate at another venue.
pub fn require_place(call: &Call, config: &ScanConfig) -> Result<()> {
    if call.actor.kind == ActorKind::Device {
        return Ok(());
    }
    call.require_scope("event or gate", Some(config.venue_id), Some(config.event_id))?;
    if config.gate_venue_id == config.venue_id { Ok(()) } else { call.require_whole_tenant("event or gate") }
}

/// Whether the credential is for every event and gate.
pub fn is_everywhere(call: &Call) -> bool {
    call.actor.kind == ActorKind::Device || call.require_whole_tenant("event or gate").is_ok()
}

/// Refuses a kind of scan that the device's profile does not allow.
pub fn require_kind(device: &DevicePlacement, kind: ScanKind) -> Result<()> {
    if device.scan_kinds.contains(&kind) {
        return Ok(());
    }
    let detail = format!(
        "devices with the profile {} may make no {} scans: give the device another one with device.update",
        device.profile,
        kind.as_str()
    );
    Err(Error::new(ErrorCode::PermissionDenied, detail))
}

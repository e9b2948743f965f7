//! `admit-gate status`.

use admit_core::offline::OfflineGate;

use crate::cli::Cli;
use crate::device::Device;
use crate::failure::Failure;
use crate::output;

/// Shows what the gate knows, without asking anybody.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    let device = Device::look(cli)?;
    let now = device.clock.now();
    let seconds_until = |at: jiff::Timestamp| at.duration_since(now).as_secs();
    let manifest = device.gate.as_ref().map(OfflineGate::manifest);
    let age = manifest.map(|manifest| -seconds_until(manifest.made_at));
    if let Some(detail) = &device.state.refused {
        output::say(&format!("the server refused this gate ({detail}): pair it again, the queue is kept"));
    }
    output::line(&serde_json::json!({
        "server": device.state.server,
        "tenant_id": device.state.tenant_id,
        "device_id": device.state.device_id,
        "token_expires_at": device.state.token_expires_at,
        "event_id": device.state.event_id,
        "event": manifest.map(|manifest| &manifest.rules.event.name),
        "manifest_age_seconds": age,
        "not_after": manifest.map(|manifest| manifest.not_after),
        "refused": device.state.refused,
        "may_decide_alone": device.state.refused.is_none() && manifest.is_some_and(|manifest| seconds_until(manifest.not_after) >= 0),
        "wallets": manifest.and_then(|manifest| manifest.wallets.as_ref()).map(|wallets| wallets.sessions.as_slice().len()),
        "queue": device.queue.pending().count(),
        "clock_offset_ms": device.clock.offset_ms(),
    }))
}

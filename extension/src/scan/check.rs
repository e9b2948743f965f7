//! Dry runs.

use admit_core::scan::{ScanCheck, ScanInput, ScanPreview, decide};
use admit_core::{Error, ErrorCode, Result};

use super::resolve::{Resolved, resolve};
use super::{Asked, place, prior};
use crate::call::{Call, new_id};
use crate::database::Database;

/// `scan.check`
pub fn check(database: &mut Database<'_, '_>, call: &Call, request: ScanCheck) -> Result<ScanPreview> {
    let scanner_id = crate::device::acting(call, request.device_id)?;
    let asked = Asked {
        token: &request.token,
        // Nothing was ever booked under a new number.
        nonce: new_id(call.now)?,
        scanner_id,
        device_id: Some(scanner_id),
        gate_id: request.gate_id,
        event_id: request.event_id,
        input: ScanInput::check(request.kind, request.amount_cents, request.items, None, call.now)?,
    };
    let Resolved::Ready(ready) = resolve(database, call, &asked)? else {
        return Err(Error::new(ErrorCode::Internal, "a new scan was found among the earlier ones"));
    };
    let situation = ready.situation(call, &asked);
    let mut decision = decide(&situation)?;
    if decision.occupancy > 0 && !place::has_places(database, call.tenant_id, &place::pools(&ready.config.scan))? {
        decision = decision.without_place(&situation);
    }
    prior::name(database, call, &ready, &mut decision)?;
    Ok(ScanPreview::new(&situation, &decision, ready.holder.wallet_id))
}

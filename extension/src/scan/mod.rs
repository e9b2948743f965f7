//! Scans: lock the wallet, load, let `core` decide, store, answer.

mod annul;
mod check;
pub mod config;
mod conflict;
mod list;
mod past;
mod place;
mod prior;
mod resolve;
mod scope;
mod store;
mod terms;
mod token;
mod upload;

use admit_core::scan::{ScanAnswer, ScanInput, ScanKind, ScanOverride, ScanRecord, decide};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use self::resolve::{Resolved, resolve};
use crate::call::Call;
use crate::database::{Database, arguments};

pub use annul::annul;
pub use check::check;
pub use conflict::{list as conflicts, resolve as resolve_conflict};
pub use list::list;
pub use place::{PLACE_BUCKETS, backend_number, own_bucket};
pub use store::answer_of;
pub use upload::upload;

/// A scan as it comes in, before anything is read.
struct Asked<'a> {
    token: &'a str,
    nonce: Uuid,
    /// The scanning device, or the API key of whoever overrides without one.
    scanner_id: Uuid,
    /// The device, unless staff overrides without one.
    device_id: Option<Uuid>,
    gate_id: Option<Uuid>,
    event_id: Option<Uuid>,
    input: ScanInput,
}

/// `scan.record`
pub fn record(database: &mut Database<'_, '_>, call: &Call, request: ScanRecord) -> Result<ScanAnswer> {
    let scanner_id = crate::device::acting(call, request.device_id)?;
    let nonce = nonce(call, request.nonce)?;
    let input = ScanInput::check(request.kind, request.amount_cents, request.items, request.scanned_at, call.now)?;
    let asked = Asked {
        token: &request.token,
        nonce,
        scanner_id,
        device_id: Some(scanner_id),
        gate_id: request.gate_id,
        event_id: request.event_id,
        input,
    };
    perform(database, call, &asked)
}

/// `scan.override`
pub fn override_denial(database: &mut Database<'_, '_>, call: &Call, request: ScanOverride) -> Result<ScanAnswer> {
    let reason = required_text("reason", &request.reason, 500)?;
    let nonce = nonce(call, request.nonce)?;
    let mut input = ScanInput::check(ScanKind::Entry, None, None, None, call.now)?;
    input.override_reason = Some(reason);
    let asked = Asked {
        token: &request.token,
        nonce,
        scanner_id: call.actor.device_id.or(call.actor.id).unwrap_or(crate::tenant::NOBODY),
        device_id: call.actor.device_id,
        gate_id: Some(request.gate_id),
        event_id: Some(request.event_id),
        input,
    };
    perform(database, call, &asked)
}

fn nonce(call: &Call, nonce: Option<Uuid>) -> Result<Uuid> {
    let key = call.idempotency_key.as_deref().and_then(|key| Uuid::try_parse(key).ok());
    nonce.or(key).ok_or_else(|| {
        Error::new(ErrorCode::IdempotencyKeyMissing, "give the scan a nonce, or an Idempotency-Key that is a UUID")
    })
}

fn perform(database: &mut Database<'_, '_>, call: &Call, asked: &Asked<'_>) -> Result<ScanAnswer> {
    let ready = match resolve(database, call, asked)? {
        Resolved::Earlier { same } => return replay(database, call, asked, same),
        Resolved::Ready(ready) => ready,
    };
    let situation = ready.situation(call, asked);
    let mut decision = place::move_occupancy(database, call, &situation, decide(&situation)?)?;
    prior::name(database, call, &ready, &mut decision)?;
    store::store(database, call, asked, &ready, decision)
}

/// The answer to a scan that was booked before.
fn replay(database: &mut Database<'_, '_>, call: &Call, asked: &Asked<'_>, same: bool) -> Result<ScanAnswer> {
    if !same {
        return Err(Error::new(
            ErrorCode::NonceReused,
            "the nonce belongs to another scan: use a new nonce for each scan",
        ));
    }
    let mut rows = database.point(
        include_str!("../../../sql/statements/scan_replay.sql"),
        arguments![call.tenant_id, asked.scanner_id, asked.nonce],
    )?;
    rows.only("scan")?;
    let entry = crate::journal::entry_of(&rows)?;
    store::answer_of(database, &entry)
}

//! Scans: lock the wallet, load, let `core` decide, store, answer.

pub mod config;
mod list;
mod scope;
mod store;
mod terms;
mod token;

use admit_core::device::DevicePlacement;
use admit_core::journal::ActorKind;
use admit_core::scan::{
    Decision, Presence, Reason, ScanAnswer, ScanInput, ScanKind, ScanOverride, ScanRecord, Situation, decide,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use self::token::lock_holder;
use crate::call::Call;
use crate::database::{Database, arguments};

pub use list::list;
pub use store::answer_of;

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

/// What the load statement found.
struct Loaded {
    revision: Uuid,
    earlier_digest: Option<i64>,
    presence: Presence,
    /// Whether the wallet has a presence row at the event.
    known_presence: bool,
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
    let mut holder = lock_holder(database, call, asked.token)?;
    // Presence of wallets is read with the rest; a ticket's is in its own row.
    let wallet_id = holder.wallet_id.filter(|_| holder.ticket.is_none());
    let kept = config::kept_device(call.tenant_id, asked.scanner_id);
    let named_event_id = asked.event_id.or(call.actor.event_id.filter(|_| call.actor.kind == ActorKind::Staff));
    let expected_event_id = named_event_id.or(kept.as_ref().and_then(|(_, device)| device.only_event()));
    let mut loaded = load(database, call, asked, wallet_id, expected_event_id)?;
    if let Some(ticket) = &mut holder.ticket {
        terms::complete(database, call, loaded.revision, &mut ticket.facts)?;
    }
    let device = config::device(database, call, loaded.revision, asked.scanner_id, kept)?;
    let device = device.as_deref();
    scope::require_device(call, device)?;
    let digest = asked.input.digest(asked.token, asked.event_id, asked.gate_id);
    if let Some(earlier) = loaded.earlier_digest {
        return replay(database, call, asked, earlier == digest);
    }
    if device.is_none() && asked.input.override_reason.is_none() {
        return Err(Error::not_found("device"));
    }
    if let Some(device) = device {
        scope::require_kind(device, asked.input.kind)?;
    }
    let gate_id = asked.gate_id.or(device.map(|device| device.gate_id));
    let event_id = named_event_id.or(device.and_then(DevicePlacement::only_event));
    if event_id != expected_event_id {
        loaded = load(database, call, asked, wallet_id, event_id)?;
    }
    let (Some(gate_id), Some(event_id)) = (gate_id, event_id) else {
        return Err(Error::invalid("event_id is needed: the device is not bound to one event"));
    };
    let config = config::load(database, call, loaded.revision, event_id, gate_id)?;
    scope::require_place(call, &config.scan)?;
    if let (true, true, Ok(Some(wallet))) = (config.scan.requires_pass, asked.input.kind.is_sale(), &holder.wallet) {
        // The pass pays nothing; the answer says all the same that its holder is inside.
        let pass = token::pass_presence(database, call, wallet.wallet_id, event_id)?;
        loaded.presence = pass.unwrap_or(loaded.presence);
    } else if let (true, Ok(Some(wallet))) = (config.scan.requires_pass, &holder.wallet) {
        let leaving = asked.input.kind == ScanKind::Exit;
        let pass = token::lock_pass(database, call, wallet.wallet_id, event_id, leaving)?;
        // Whom staff let in without a pass leaves so, whatever was bought since.
        let without = |presence: Presence| leaving && loaded.presence.inside && !presence.inside;
        holder.ticket = pass.filter(|pass| !without(pass.presence));
    }
    if device.is_some_and(|device| device.revoked) {
        holder.wallet = Err(Reason::DeviceRevoked);
    }
    if let Some(key_id) = holder.key_id
        && crate::key::is_revoked(database, call.tenant_id, loaded.revision, key_id)?
    {
        holder.wallet = Err(Reason::KeyRevoked);
    }
    let presence = holder.ticket.as_ref().map_or(loaded.presence, |ticket| ticket.presence);
    let situation = Situation {
        now: call.now,
        input: &asked.input,
        config: &config.scan,
        device,
        wallet: holder.wallet.as_ref().map(Option::as_ref).map_err(|reason| *reason),
        ticket: holder.ticket.as_ref().map(|ticket| &ticket.facts),
        presence,
    };
    let decision = move_occupancy(database, call, &situation, decide(&situation)?)?;
    store::store(database, call, asked, &config, holder.wallet_id, decision, digest, loaded.known_presence)
}

/// Reads what the decision needs beside the wallet, with the presence at the event given.
fn load(
    database: &mut Database<'_, '_>,
    call: &Call,
    asked: &Asked<'_>,
    wallet_id: Option<Uuid>,
    event_id: Option<Uuid>,
) -> Result<Loaded> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/scan_load.sql"),
        arguments![call.tenant_id, asked.scanner_id, asked.nonce, event_id, wallet_id],
    )?;
    rows.only("tenant")?;
    let entries: Option<i32> = rows.optional(3)?;
    Ok(Loaded {
        revision: rows.get(1)?,
        earlier_digest: rows.optional(2)?,
        presence: Presence {
            entries: entries.unwrap_or_default(),
            inside: rows.optional(4)?.unwrap_or_default(),
            admitted_at: rows.optional::<Timestamp>(5)?,
            gate_id: rows.optional(6)?,
        },
        known_presence: entries.is_some(),
    })
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

/// How many buckets a pool of places has.
pub const PLACE_BUCKETS: i16 = 16;

/// This backend's bucket of places: backends seldom share one.
pub fn own_bucket() -> i16 {
    i16::try_from(backend_number().rem_euclid(i32::from(PLACE_BUCKETS))).unwrap_or_default()
}

/// This backend's number: backends have small dense numbers.
pub fn backend_number() -> i32 {
    // SAFETY: reads this backend's number.
    #[allow(unsafe_code, reason = "pgrx does not wrap the backend's number")]
    #[cfg(not(any(feature = "pg17", feature = "pg18")))]
    let number = unsafe { pgrx::pg_sys::MyBackendId };
    #[allow(unsafe_code, reason = "pgrx does not wrap the backend's number")]
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    let number = unsafe { pgrx::pg_sys::MyProcNumber };
    number
}

/// Takes or gives back a place; an admission without a place left becomes a denial. An override
/// enters past the limit only if a place is left as well: the limit is the fire department's.
fn move_occupancy(
    database: &mut Database<'_, '_>,
    call: &Call,
    situation: &Situation<'_>,
    decision: Decision,
) -> Result<Decision> {
    let config = situation.config;
    let venue_pool = config.venue_has_capacity.then_some(config.venue_id);
    let mut taken = Vec::new();
    for pool_id in [Some(config.event_id), venue_pool].into_iter().flatten() {
        match decision.occupancy {
            1 => {
                if !take_place(database, call.tenant_id, pool_id)? {
                    for pool_id in taken {
                        give_place(database, call.tenant_id, pool_id)?;
                    }
                    return Ok(decision.without_place(situation));
                }
                taken.push(pool_id);
            }
            -1 => give_place(database, call.tenant_id, pool_id)?,
            _ => {}
        }
    }
    Ok(decision)
}

/// A bucket with at least this many places can be taken from without looking at the others: more
/// than can be taken from it between reading it and taking. The table's CHECK is the last word.
const PLENTY: i64 = 100;

fn take_place(database: &mut Database<'_, '_>, tenant_id: i32, pool_id: Uuid) -> Result<bool> {
    let take = include_str!("../../../sql/statements/scan_place_take.sql");
    let mut rows = database.point(
        "SELECT available FROM admit.place WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3",
        arguments![tenant_id, pool_id, own_bucket()],
    )?;
    if rows.next() && rows.get::<i64>(1)? >= PLENTY {
        database.point(take, arguments![tenant_id, pool_id, own_bucket()])?;
        return Ok(true);
    }
    let lock = include_str!("../../../sql/statements/scan_place_lock.sql");
    let buckets = database
        .point(lock, arguments![tenant_id, pool_id])?
        .collect(|row| Ok((row.get::<i16>(1)?, row.get::<i64>(2)?)))?;
    match buckets.iter().find(|bucket| bucket.1 > 0) {
        Some((bucket, _)) => database.point(take, arguments![tenant_id, pool_id, *bucket]).map(|_| true),
        None => Ok(false),
    }
}

fn give_place(database: &mut Database<'_, '_>, tenant_id: i32, pool_id: Uuid) -> Result<()> {
    let give = include_str!("../../../sql/statements/scan_place_give.sql");
    database.point(give, arguments![tenant_id, pool_id, own_bucket()])?;
    Ok(())
}

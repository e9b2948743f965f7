//! The configuration of a gate at an event and the place of a device, read once a backend and kept
//! until the tenant's revision changes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use admit_core::device::DevicePlacement;
use admit_core::event::EventStatus;
use admit_core::fee::{EffectiveFees, FeeSchedule, PayeeAccounts};
use admit_core::ledger::AccountKind;
use admit_core::money::Currency;
use admit_core::policy::Calendar;
use admit_core::scan::{ScanConfig, ScanKind};
use admit_core::venue::{GateType, Status};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::ledger::tenant_account;

/// A kept configuration.
pub struct GateConfig {
    /// The tenant's revision it belongs to.
    revision: Uuid,
    /// What the decision looks at.
    pub scan: ScanConfig,
    /// Number of the key that signs receipts.
    pub receipt_key: i32,
}

/// More configurations than this are not kept; the cache starts again.
const KEPT_MAX: usize = 8192;

/// Where a device stands, with the tenant's revision that this belongs to.
pub type KeptDevice = (Uuid, Rc<DevicePlacement>);

thread_local! {
    static KEPT: RefCell<HashMap<(i32, Uuid, Uuid), Rc<GateConfig>>> = RefCell::default();
    /// Devices by (tenant, device), each with the revision that it belongs to.
    static DEVICES: RefCell<HashMap<(i32, Uuid), KeptDevice>> = RefCell::default();
}

/// What this backend remembers of a device, with its revision.
pub fn kept_device(tenant_id: i32, device_id: Uuid) -> Option<KeptDevice> {
    DEVICES.with_borrow(|devices| devices.get(&(tenant_id, device_id)).cloned())
}

/// The device as of `revision`: the remembered one if it belongs to it, or what is read now.
/// Whatever places a device or says what it may do changes the revision.
pub fn device(
    database: &mut Database<'_, '_>,
    call: &Call,
    revision: Uuid,
    device_id: Uuid,
    kept: Option<KeptDevice>,
) -> Result<Option<Rc<DevicePlacement>>> {
    if let Some((_, device)) = kept.filter(|(kept_revision, _)| *kept_revision == revision) {
        return Ok(Some(device));
    }
    let Some(device) = placement(database, call, device_id)? else { return Ok(None) };
    let device = Rc::new(device);
    if current_revision(database, call.tenant_id)? == revision {
        DEVICES.with_borrow_mut(|devices| {
            if devices.len() >= KEPT_MAX {
                devices.clear();
            }
            devices.insert((call.tenant_id, device_id), (revision, Rc::clone(&device)));
        });
    }
    Ok(Some(device))
}

/// Where a device stands now.
pub fn placement(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<Option<DevicePlacement>> {
    let mut row = database.point_read(
        include_str!("../../../sql/statements/device_placement.sql"),
        arguments![call.tenant_id, device_id],
    )?;
    if !row.next() {
        return Ok(None);
    }
    let scan_kinds = row.get::<Vec<String>>(6)?;
    let kind = |word: &String| ScanKind::from_word(word).ok_or_else(|| unreadable("kind of scan"));
    Ok(Some(DevicePlacement {
        gate_id: row.get(1)?,
        venue_id: row.get(2)?,
        event_ids: row.get(3)?,
        zones: row.get(4)?,
        profile: row.get(5)?,
        scan_kinds: scan_kinds.iter().map(kind).collect::<Result<_>>()?,
        offline_allowed: row.get(7)?,
        revoked: row.get(8)?,
    }))
}

/// The configuration as of `revision`, which the caller read in its own snapshot. Revisions are
/// random and change in the transaction that changes the configuration, so a kept one of the
/// same revision is exactly what would be read.
pub fn load(
    database: &mut Database<'_, '_>,
    call: &Call,
    revision: Uuid,
    event_id: Uuid,
    gate_id: Uuid,
) -> Result<Rc<GateConfig>> {
    let key = (call.tenant_id, event_id, gate_id);
    let kept = KEPT.with_borrow(|kept| kept.get(&key).cloned());
    if let Some(kept) = kept.filter(|kept| kept.revision == revision) {
        return Ok(kept);
    }
    let config = Rc::new(read(database, call, event_id, gate_id, revision)?);
    // A change may have been committed between the two statements: what was read is newer than
    // its label, is used for this scan, and is not kept.
    if current_revision(database, call.tenant_id)? == revision {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(key, Rc::clone(&config));
        });
    }
    Ok(config)
}

/// The tenant's revision as of now.
pub fn current_revision(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<Uuid> {
    let mut rows = database.read("SELECT revision FROM admit.tenant WHERE tenant_id = $1", arguments![tenant_id])?;
    rows.only("tenant")?;
    rows.get(1)
}

fn read(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    gate_id: Uuid,
    revision: Uuid,
) -> Result<GateConfig> {
    let mut rows = database
        .read(include_str!("../../../sql/statements/scan_config.sql"), arguments![call.tenant_id, event_id, gate_id])?;
    rows.only("event or gate")?;
    let currency: Currency = rows.get::<String>(7)?.parse()?;
    let venue_account: Uuid = rows.get(16)?;
    let schedules: Option<serde_json::Value> = rows.optional(20)?;
    let schedules: Vec<FeeSchedule> = match schedules {
        Some(schedules) => serde_json::from_value(schedules).map_err(|_| unreadable("fee schedule"))?,
        None => Vec::new(),
    };
    let accounts = PayeeAccounts {
        platform: tenant_account(call.tenant_id, AccountKind::Platform, currency),
        pool: tenant_account(call.tenant_id, AccountKind::Pool, currency),
        venue: venue_account,
        vendor: rows.optional(17)?.unwrap_or(venue_account),
        promoter: rows.optional(18)?.unwrap_or(venue_account),
        organizer: rows.optional(21)?.unwrap_or(venue_account),
    };
    let policy: serde_json::Value = rows.get(22)?;
    let policy = serde_json::from_value(policy).map_err(|_| unreadable("policy"))?;
    let scan = ScanConfig {
        event_id,
        gate_id,
        venue_id: rows.get(1)?,
        gate_venue_id: rows.get(2)?,
        event_status: EventStatus::from_word(&rows.get::<String>(3)?).ok_or_else(|| unreadable("status"))?,
        gate_status: status(&rows, 4)?,
        venue_status: status(&rows, 5)?,
        gate_type: GateType::from_word(&rows.get::<String>(6)?).ok_or_else(|| unreadable("gate type"))?,
        currency,
        starts_at: rows.get(8)?,
        ends_at: rows.get(9)?,
        requires_pass: rows.get(10)?,
        reentry_allowed: rows.get(11)?,
        entries_max: rows.optional(12)?,
        exit_scans: rows.get(13)?,
        duplicate_window_ms: rows.get(14)?,
        venue_has_capacity: rows.get(15)?,
        fees: EffectiveFees::resolve(schedules),
        accounts,
        policy,
        calendar: Calendar::of(&rows.get::<String>(23)?)?,
    };
    let receipt_key = rows.get(19)?;
    for account in scan.fees.named_accounts() {
        crate::ledger::require_account(database, call, account, Some(currency))?;
    }
    Ok(GateConfig { revision, scan, receipt_key })
}

fn status(rows: &Rows<'_>, ordinal: usize) -> Result<Status> {
    Status::from_word(&rows.get::<String>(ordinal)?).ok_or_else(|| unreadable("status"))
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorCode::Internal, format!("a stored {what} cannot be read"))
}

/// What a charge would be at a gate of an event, or without a gate at the event.
pub fn for_preview(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, gate_id: Uuid) -> Result<GateConfig> {
    read(database, call, event_id, gate_id, Uuid::nil())
}

//! Profiles: what devices may do, of what the role `device` allows.

use admit_core::device::{
    DEFAULT_PROFILE, DEFAULT_PROFILES, DeviceProfileList, DeviceProfilePage, DeviceProfileSet, DeviceProfileView,
    profile_name,
};
use admit_core::scan::ScanKind;
use admit_core::{Error, Result};
use serde_json::json;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::fact;

/// Gives a new tenant the profiles that every tenant has.
pub fn create_defaults(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<()> {
    for (profile, commands, scan_kinds, offline_allowed) in DEFAULT_PROFILES {
        let commands = commands.map(|commands| commands.iter().map(|command| (*command).to_owned()).collect());
        store(database, tenant_id, profile, commands, words(scan_kinds), offline_allowed)?;
    }
    Ok(())
}

fn words(scan_kinds: &[ScanKind]) -> Vec<String> {
    ScanKind::ALL.iter().filter(|kind| scan_kinds.contains(kind)).map(|kind| kind.as_str().to_owned()).collect()
}

fn store(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    profile: &str,
    commands: Option<Vec<String>>,
    scan_kinds: Vec<String>,
    offline_allowed: bool,
) -> Result<()> {
    database.write(
        "INSERT INTO admit.device_profile (tenant_id, profile, commands, scan_kinds, offline_allowed) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, profile) DO UPDATE SET \
         commands = excluded.commands, scan_kinds = excluded.scan_kinds, offline_allowed = excluded.offline_allowed",
        arguments![tenant_id, profile, commands, scan_kinds, offline_allowed],
    )?;
    Ok(())
}

/// `device_profile.set`
pub fn set(database: &mut Database<'_, '_>, call: &Call, request: DeviceProfileSet) -> Result<DeviceProfileView> {
    call.require_whole_tenant("profile")?;
    let profile = profile_name(&request.profile)?.to_owned();
    let unknown = request.commands.iter().flatten().find(|name| admit_core::registry::command(name).is_none());
    if let Some(unknown) = unknown {
        return Err(Error::invalid(format!("{unknown:?} is no command; see the API documentation for their names")));
    }
    let commands = request.commands.map(|mut commands| {
        commands.sort_unstable();
        commands.dedup();
        commands
    });
    change_configuration(database, call)?;
    let scan_kinds = words(&request.scan_kinds);
    store(database, call.tenant_id, &profile, commands.clone(), scan_kinds.clone(), request.offline_allowed)?;
    let mut body = json!({"offline_allowed": request.offline_allowed, "profile": profile, "scan_kinds": scan_kinds});
    if let (Some(commands), Some(fields)) = (&commands, body.as_object_mut()) {
        fields.insert("commands".to_owned(), json!(commands));
    }
    append(database, call, fact("device_profile.set", None, None, body))?;
    Ok(DeviceProfileView { profile, commands, scan_kinds, offline_allowed: request.offline_allowed })
}

/// `device_profile.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, _: DeviceProfileList) -> Result<DeviceProfilePage> {
    let rows = database.read(
        "SELECT profile, commands, scan_kinds, offline_allowed FROM admit.device_profile WHERE tenant_id = $1 ORDER BY profile",
        arguments![call.tenant_id],
    )?;
    let items = rows.collect(|row| {
        Ok(DeviceProfileView {
            profile: row.get(1)?,
            commands: row.optional(2)?,
            scan_kinds: row.get(3)?,
            offline_allowed: row.get(4)?,
        })
    })?;
    Ok(DeviceProfilePage { items })
}

/// The profile asked for, which must exist; `full` when none is.
pub fn require(database: &mut Database<'_, '_>, call: &Call, profile: Option<&str>) -> Result<String> {
    let profile = profile_name(profile.unwrap_or(DEFAULT_PROFILE))?;
    let mut rows = database.write(
        "SELECT 1 FROM admit.device_profile WHERE tenant_id = $1 AND profile = $2 FOR KEY SHARE",
        arguments![call.tenant_id, profile],
    )?;
    rows.only("profile")?;
    Ok(profile.to_owned())
}

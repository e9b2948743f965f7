//! Settings `admit.*`.

use std::ffi::CString;

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys;

/// The tenant whose rows are visible; set by admit's functions for their transaction.
static TENANT_ID: GucSetting<i32> = GucSetting::<i32>::new(0);
/// File with the master key.
pub static MASTER_KEY_FILE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
/// Refuse writes when no synchronous standby is configured.
pub static REQUIRE_STANDBY: GucSetting<bool> = GucSetting::<bool>::new(false);
/// Databases whose background work the bundled workers do.
pub static DATABASES: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"postgres"));
/// Pause between two rounds of background work.
pub static TICK_INTERVAL_MS: GucSetting<i32> = GucSetting::<i32>::new(200);
/// How long a wallet session lives.
pub static SESSION_HOURS: GucSetting<i32> = GucSetting::<i32>::new(720);

/// Declares the settings.
pub fn define() {
    GucRegistry::define_int_guc(
        c"admit.tenant_id",
        c"Tenant whose rows are visible.",
        c"Set by admit's functions for their transaction; row-level security compares with it.",
        &TENANT_ID,
        -1,
        i32::MAX,
        GucContext::Suset,
        GucFlags::NO_SHOW_ALL,
    );
    GucRegistry::define_string_guc(
        c"admit.master_key_file", c"File with the master key that stored secrets are encrypted under.",
        c"32 random bytes or 64 hexadecimal digits, readable for the server's user only. Keep a copy apart from the database's backups.",
        &MASTER_KEY_FILE, GucContext::Sighup, GucFlags::SUPERUSER_ONLY,
    );
    GucRegistry::define_bool_guc(
        c"admit.require_standby",
        c"Refuse writes while no synchronous standby is configured.",
        c"Then no acknowledged write can be lost with one server.",
        &REQUIRE_STANDBY,
        GucContext::Sighup,
        GucFlags::default(),
    );
    GucRegistry::define_string_guc(
        c"admit.databases",
        c"Comma-separated databases that the background workers serve.",
        c"One worker a database, at most eight; read when the server starts with admit in shared_preload_libraries.",
        &DATABASES,
        GucContext::Sighup,
        GucFlags::default(),
    );
    GucRegistry::define_int_guc(
        c"admit.tick_interval_ms",
        c"Pause between two rounds of background work.",
        c"The worker seals, folds and sweeps this often.",
        &TICK_INTERVAL_MS,
        10,
        60_000,
        GucContext::Sighup,
        GucFlags::UNIT_MS,
    );
    GucRegistry::define_int_guc(
        c"admit.session_hours",
        c"How many hours a wallet session lives.",
        c"Sessions are renewed with wallet.refresh.",
        &SESSION_HOURS,
        1,
        8760,
        GucContext::Sighup,
        GucFlags::default(),
    );
}

/// What row-level security compares with: the setting without a detour over text.
#[pgrx::pg_extern(sql = false, stable, parallel_safe)]
fn current_tenant() -> i32 {
    TENANT_ID.get()
}

/// In place of a tenant: only the list of tenants is visible.
pub const EVERY_TENANT: i32 = -1;

/// Makes this tenant's rows visible until the end of the transaction.
pub fn show_tenant(tenant_id: i32) {
    if TENANT_ID.get() == tenant_id {
        return;
    }
    let value = CString::new(tenant_id.to_string()).unwrap_or_default();
    // SAFETY: both strings live through the call; the setting is defined above.
    #[allow(unsafe_code, reason = "pgrx does not wrap set_config_option")]
    unsafe {
        pg_sys::set_config_option(
            c"admit.tenant_id".as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_SUSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_LOCAL,
            true,
            0,
            false,
        );
    }
}

/// Acknowledged means committed: raises `synchronous_commit` to `on` for this transaction where
/// a session has switched it off or to less than a local flush.
pub fn require_durable_commit() -> admit_core::Result<()> {
    // SAFETY: reading and setting a setting of this backend; the strings are constants.
    #[allow(unsafe_code, reason = "pgrx does not wrap these settings")]
    let standby_configured = unsafe {
        if pg_sys::synchronous_commit == pg_sys::SyncCommitLevel::SYNCHRONOUS_COMMIT_OFF as i32 {
            pg_sys::set_config_option(
                c"synchronous_commit".as_ptr(),
                c"on".as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_LOCAL,
                true,
                0,
                false,
            );
        }
        let names = pg_sys::SyncRepStandbyNames;
        !names.is_null() && *names != 0
    };
    if REQUIRE_STANDBY.get() && !standby_configured {
        return Err(admit_core::Error::new(
            admit_core::ErrorCode::StandbyRequired,
            "admit.require_standby is on: set synchronous_standby_names, or switch the setting off",
        ));
    }
    Ok(())
}

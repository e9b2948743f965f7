//! `admit.migrate()`: makes and upgrades the tables, which belong to no extension, so that a
//! dump carries them and dropping the extension cannot delete a ledger.

use admit_core::{Error, ErrorCode, Result};
use pgrx::prelude::*;
use std::cell::Cell;

use crate::database::{Database, arguments, connect};
use crate::raise::settle;

/// One step per released schema version, in order. A released step is never changed.
const STEPS: &[&[&str]] = &[&[
    include_str!("../../sql/tables/tenant.sql"),
    include_str!("../../sql/tables/ledger.sql"),
    include_str!("../../sql/tables/branding.sql"),
    include_str!("../../sql/tables/journal.sql"),
    include_str!("../../sql/tables/wallet.sql"),
    include_str!("../../sql/tables/venue.sql"),
    include_str!("../../sql/tables/venue_code.sql"),
    include_str!("../../sql/tables/fee.sql"),
    include_str!("../../sql/tables/inventory.sql"),
    include_str!("../../sql/tables/seat.sql"),
    include_str!("../../sql/tables/order.sql"),
    include_str!("../../sql/tables/cancellation.sql"),
    include_str!("../../sql/tables/invoice.sql"),
    include_str!("../../sql/tables/scan.sql"),
    include_str!("../../sql/tables/device.sql"),
    include_str!("../../sql/tables/staff.sql"),
    include_str!("../../sql/tables/payment.sql"),
    include_str!("../../sql/tables/payment_method.sql"),
    include_str!("../../sql/tables/reconciliation.sql"),
    include_str!("../../sql/tables/onboarding.sql"),
    include_str!("../../sql/tables/effect.sql"),
    include_str!("../../sql/tables/payout.sql"),
    include_str!("../../sql/tables/report.sql"),
    include_str!("../../sql/tables/view.sql"),
]];

/// What guards the tables: row-level security and conservation.
const GUARDS: &str = include_str!("../../sql/tables/security.sql");

/// The schema version that this library works with.
const REQUIRED_VERSION: i32 = STEPS.len() as i32;

thread_local! {
    /// Whether this backend has seen the required version.
    static CURRENT: Cell<bool> = const { Cell::new(false) };
}

/// Refuses to work on another schema version, and says how to mend it.
///
/// # Errors
/// `schema_outdated`
pub fn require_current(database: &mut Database<'_, '_>) -> Result<()> {
    if CURRENT.get() {
        return Ok(());
    }
    let version = installed_version(database)?;
    if version == REQUIRED_VERSION && guarded(database)? {
        CURRENT.set(true);
        return Ok(());
    }
    let detail = if version == REQUIRED_VERSION {
        "the tables have lost what guards them, as after DROP EXTENSION admit CASCADE: run SELECT admit.migrate();"
            .to_owned()
    } else if version < REQUIRED_VERSION {
        format!("the tables have version {version}, this library needs {REQUIRED_VERSION}: run SELECT admit.migrate();")
    } else {
        format!(
            "the tables have version {version}, this library knows only {REQUIRED_VERSION}: install the newer library"
        )
    };
    Err(Error::new(ErrorCode::SchemaOutdated, detail))
}

/// Whether policies and the journal's constraint are there, which depend on the extension's functions.
fn guarded(database: &mut Database<'_, '_>) -> Result<bool> {
    let mut rows = database.read(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k \
             WHERE k.conrelid = pg_catalog.to_regclass('admit.journal') AND k.conname = 'journal_legs_balance') \
         AND EXISTS (SELECT FROM pg_catalog.pg_policy AS p \
             WHERE p.polrelid = pg_catalog.to_regclass('admit.journal') AND p.polname = 'tenant_only')",
        arguments![],
    )?;
    rows.only("answer")?;
    rows.get(1)
}

fn installed_version(database: &mut Database<'_, '_>) -> Result<i32> {
    let mut exists =
        database.read("SELECT pg_catalog.to_regclass('admit.schema_version') IS NOT NULL", arguments![])?;
    exists.only("answer")?;
    if !exists.get::<bool>(1)? {
        return Ok(0);
    }
    let mut rows = database.read("SELECT coalesce(max(version), 0) FROM admit.schema_version", arguments![])?;
    rows.only("answer")?;
    rows.get(1)
}

/// Makes or upgrades the tables; restores their guards where they are missing and does nothing else
/// when they are up to date. One transaction.
#[pg_extern(sql = false, security_definer)]
fn migrate() -> String {
    settle(connect(|database| {
        database.run_script("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('admit.migrate'))")?;
        let from = installed_version(database)?;
        if from > REQUIRED_VERSION {
            return require_current(database).map(|()| String::new());
        }
        if from == REQUIRED_VERSION {
            database.run_script(GUARDS)?;
            return Ok(format!("admit tables are up to date (version {from})"));
        }
        if from == 0 {
            database.run_script(include_str!("../../sql/tables/schema_version.sql"))?;
        }
        for (index, step) in STEPS.iter().enumerate().skip(usize::try_from(from).unwrap_or_default()) {
            for script in *step {
                database.run_script(script)?;
            }
            database
                .run_script(&format!("INSERT INTO admit.schema_version VALUES ({}, pg_catalog.now())", index + 1))?;
        }
        database.run_script(GUARDS)?;
        Ok(format!("admit tables migrated from version {from} to {REQUIRED_VERSION}"))
    }))
}

/// Whether the shim can work: tables up to date, master key readable, not a standby.
#[pg_extern(sql = false, security_definer)]
fn readiness() -> TableIterator<'static, (name!(ready, bool), name!(detail, String))> {
    let result = connect(|database| {
        require_current(database)?;
        crate::key::master_key()?;
        let mut rows = database.read("SELECT pg_catalog.pg_is_in_recovery()", arguments![])?;
        rows.only("answer")?;
        if rows.get::<bool>(1)? {
            return Err(Error::new(ErrorCode::Unavailable, "the server is a standby: connect to the primary"));
        }
        Ok(())
    });
    TableIterator::once(match result {
        Ok(()) => (true, "ready".to_owned()),
        Err(error) => (false, error.detail),
    })
}

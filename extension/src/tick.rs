//! Background work: idempotent, callable by anyone at any time, several at once.

mod seal;
pub mod worker;

use admit_core::journal::ActorKind;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use pgrx::prelude::*;
use std::cell::Cell;

use crate::call::{Actor, Call, now};
use crate::database::{Database, arguments, connect};
use crate::raise::settle;

pub use seal::origin;

/// What one round did for one tenant.
type Done = (i32, i64, i64, i64);

/// Pause between two sweeps of one backend.
const SWEEP_SECONDS: i64 = 10;

thread_local! {
    static SWEPT_AT: Cell<i64> = const { Cell::new(0) };
}

/// Seals and folds the journal, retries parked webhooks and sweeps, for one tenant or for all.
#[pg_extern(sql = false, security_definer)]
fn tick(
    only_tenant_id: Option<i32>,
) -> TableIterator<
    'static,
    (name!(tenant_id, i32), name!(sealed_entries, i64), name!(sealed_blocks, i64), name!(applied_webhooks, i64)),
> {
    TableIterator::new(settle(connect(|database| round(database, only_tenant_id))))
}

/// One round over the tenants. A tenant that another round works on is left out.
pub fn round(database: &mut Database<'_, '_>, only_tenant_id: Option<i32>) -> Result<Vec<Done>> {
    crate::migrate::require_current(database)?;
    crate::settings::show_tenant(crate::settings::EVERY_TENANT);
    let tenants = database
        .read(
            "SELECT tenant_id FROM admit.tenant WHERE $1::integer IS NULL OR tenant_id = $1 ORDER BY tenant_id",
            arguments![only_tenant_id],
        )?
        .collect(|row| row.get::<i32>(1))?;
    if let (Some(asked), true) = (only_tenant_id, tenants.is_empty()) {
        return Err(Error::new(ErrorCode::NotFound, format!("there is no tenant {asked}")));
    }
    let mut done = Vec::with_capacity(tenants.len());
    let mut calls = Vec::with_capacity(tenants.len());
    let sweeping = sweep_is_due();
    for tenant_id in tenants {
        crate::settings::show_tenant(tenant_id);
        let call = Call { actor: Actor::new(ActorKind::System, None), ..Call::from_sql(tenant_id) };
        let applied = crate::payment::webhook::retry_parked(database, &call)?;
        let (entries, blocks) = seal::seal(database, tenant_id)?;
        done.push((tenant_id, entries, blocks, applied));
        calls.push(call);
    }
    // Last, since it locks buckets that buyers want.
    for call in &calls {
        crate::settings::show_tenant(call.tenant_id);
        crate::order::expire(database, call)?;
        crate::event::refund_cancelled(database, call)?;
        if sweeping {
            crate::ticket::expire(database, call)?;
            crate::payment::reconciliation::begin_daily(database, call)?;
            sweep(database, call.tenant_id, call.now)?;
        }
    }
    // Nothing is waited for while tenants are locked.
    for call in calls.iter().filter(|_| sweeping) {
        crate::settings::show_tenant(call.tenant_id);
        crate::key::rotate_due(database, call)?;
    }
    Ok(done)
}

fn sweep_is_due() -> bool {
    let second = now().as_second();
    let due = second - SWEPT_AT.get() >= SWEEP_SECONDS;
    if due {
        SWEPT_AT.set(second);
    }
    due
}

/// Removes what has served its time; nothing that a user waits for depends on it.
fn sweep(database: &mut Database<'_, '_>, tenant_id: i32, now: Timestamp) -> Result<()> {
    database.write(include_str!("../../sql/statements/tick_sweep_idempotency.sql"), arguments![tenant_id, now])?;
    database.write(include_str!("../../sql/statements/tick_sweep_sessions.sql"), arguments![tenant_id, now])?;
    database.write(include_str!("../../sql/statements/tick_sweep_codes.sql"), arguments![tenant_id, now])?;
    database.write(include_str!("../../sql/statements/tick_sweep_holds.sql"), arguments![tenant_id, now])?;
    database.write(include_str!("../../sql/statements/tick_inventory_alerts.sql"), arguments![tenant_id, now])?;
    database.write(include_str!("../../sql/statements/tick_effect_alerts.sql"), arguments![tenant_id, now])?;
    database.write(
        "DELETE FROM admit.wallet_recovery WHERE tenant_id = $1 AND expires_at < $2",
        arguments![tenant_id, now],
    )?;
    database.write(
        "DELETE FROM admit.event_minute WHERE tenant_id = $1 AND minute < $2 - interval '48 hours'",
        arguments![tenant_id, now],
    )?;
    Ok(())
}

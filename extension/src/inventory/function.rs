//! Typed SQL functions of the hot path: `reserve` and `release` for one ticket type.

use admit_core::inventory::{HoldCreate, HoldLine, HoldRelease, HoldView};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use uuid::Uuid;

use super::hold;
use crate::call::Call;
use crate::database::{Column, Database, connect};
use crate::raise::settle;

type Row = (pgrx::Uuid, String, i32, TimestampWithTimeZone);

/// `hold.create` for one ticket type: typed arguments, one row.
#[pg_extern(sql = false, security_definer)]
#[allow(clippy::type_complexity, reason = "SQL callers name columns")]
fn reserve(
    tenant_id: i32,
    wallet_id: pgrx::Uuid,
    ticket_type_id: pgrx::Uuid,
    quantity: i32,
    hold_id: pgrx::Uuid,
    partial: bool,
) -> TableIterator<
    'static,
    (name!(hold_id, pgrx::Uuid), name!(state, String), name!(quantity, i32), name!(expires_at, TimestampWithTimeZone)),
> {
    let request = HoldCreate {
        lines: vec![HoldLine::of(Uuid::from_stored(ticket_type_id), quantity)],
        hold_id: Some(Uuid::from_stored(hold_id)),
        wallet_id: Some(Uuid::from_stored(wallet_id)),
        partial: Some(partial),
    };
    TableIterator::once(perform(tenant_id, |database, call| hold::create(database, call, request)))
}

/// `hold.release`: one row.
#[pg_extern(sql = false, security_definer)]
#[allow(clippy::type_complexity, reason = "SQL callers name columns")]
fn release(
    tenant_id: i32,
    hold_id: pgrx::Uuid,
) -> TableIterator<
    'static,
    (name!(hold_id, pgrx::Uuid), name!(state, String), name!(quantity, i32), name!(expires_at, TimestampWithTimeZone)),
> {
    let request = HoldRelease { hold_id: Uuid::from_stored(hold_id) };
    TableIterator::once(perform(tenant_id, |database, call| hold::release(database, call, request)))
}

fn perform(tenant_id: i32, command: impl FnOnce(&mut Database<'_, '_>, &Call) -> admit_core::Result<HoldView>) -> Row {
    let view = settle(connect(|database| {
        crate::dispatch::prepare(database, tenant_id)?;
        crate::settings::require_durable_commit()?;
        command(database, &Call::from_sql(tenant_id))
    }));
    let quantity = view.lines.iter().map(|line| line.quantity).sum();
    (view.hold_id.into_stored(), view.state, quantity, view.expires_at.into_stored())
}

//! Calling an event off: at once for everybody who sells, holds or scans; its orders are paid back
//! afterwards.

use admit_core::event::{CancellationFailure, CancellationView, EventCancel, EventCancellation, EventStatus};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::refund::HOLDS_MAX;
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::bucket;
use crate::journal::append;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event};

/// Failures that are shown at most.
const FAILURES_MAX: i64 = 100;

/// `event.cancel`
pub fn cancel(database: &mut Database<'_, '_>, call: &Call, request: EventCancel) -> Result<CancellationView> {
    require_event(database, call, request.event_id)?;
    let event_id = request.event_id;
    let reason = required_text("reason", &request.reason, 500)?;
    let keep_fees = request.keep_fees.unwrap_or(false);
    change_configuration(database, call)?;
    let mut rows = database.write(
        "SELECT status FROM admit.event WHERE tenant_id = $1 AND event_id = $2 FOR UPDATE",
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("event")?;
    let status: String = rows.get(1)?;
    if status == EventStatus::Cancelled.as_str() {
        return Err(Error::new(ErrorCode::Conflict, "the event is cancelled already: see event.cancellation"));
    }
    refuse_archived("event", &status)?;
    let due_cents = due_cents(database, call, event_id)?;
    crate::approval::require(database, call, due_cents)?;
    database.write(
        "UPDATE admit.event SET status = $3, updated_at = $4 WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id, EventStatus::Cancelled.as_str(), call.now],
    )?;
    database.write(
        "INSERT INTO admit.cancellation (tenant_id, event_id, reason, keep_fees, tried_to, cancelled_at, next_round_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        arguments![call.tenant_id, event_id, reason.as_str(), keep_fees, Uuid::nil(), call.now],
    )?;
    shut_pools(database, call, event_id)?;
    let body = json!({"keep_fees": keep_fees, "reason": reason});
    append(database, call, fact("event.cancelled", Some(event_id), None, body))?;
    crate::order::end_cancelled(database, call, event_id, &reason, HOLDS_MAX)?;
    read_one(database, call, event_id)
}

/// What goes back at most, in minor units.
fn due_cents(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<i64> {
    let mut rows = database.read(
        "SELECT coalesce(sum(total_cents - refunded_cents), 0)::bigint FROM admit.\"order\" \
         WHERE tenant_id = $1 AND event_id = $2 AND state IN ('paid', 'partially_refunded')",
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("answer")?;
    rows.get(1)
}

/// A sale that was planned before the event was called off finds its buckets no more: when this is
/// committed, no place is taken any more.
fn shut_pools(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<()> {
    let pools = database
        .read(
            "SELECT pool_id FROM admit.pool WHERE tenant_id = $1 AND event_id = $2",
            arguments![call.tenant_id, event_id],
        )?
        .collect(|row| row.get::<Uuid>(1))?;
    bucket::lock(database, call.tenant_id, &pools)?;
    database.write(
        "UPDATE admit.bucket SET generation = generation + 1 WHERE tenant_id = $1 AND pool_id = ANY ($2)",
        arguments![call.tenant_id, pools],
    )?;
    Ok(())
}

/// `event.cancellation`
pub fn cancellation(
    database: &mut Database<'_, '_>,
    call: &Call,
    request: EventCancellation,
) -> Result<CancellationView> {
    require_event(database, call, request.event_id)?;
    read_one(database, call, request.event_id)
}

/// How far a cancellation is, with what this transaction has done for it.
pub fn read_one(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<CancellationView> {
    let failures = failures(database, call, event_id)?;
    let mut rows = database
        .write(include_str!("../../../sql/statements/cancellation_read.sql"), arguments![call.tenant_id, event_id])?;
    rows.only("cancellation of the event")?;
    let (holds_left, orders_left): (i64, i64) = (rows.get(6)?, rows.get(9)?);
    let finished_at = rows.optional(4)?;
    let state = admit_core::event::cancellation_state(finished_at.is_some(), holds_left, orders_left);
    Ok(CancellationView {
        event_id,
        reason: rows.get(1)?,
        keep_fees: rows.get(2)?,
        state: state.as_str().to_owned(),
        cancelled_at: rows.get(3)?,
        finished_at,
        holds_left,
        orders_refunded: rows.get(7)?,
        orders_left,
        orders_failed: rows.get(10)?,
        refunded_cents: rows.get(8)?,
        left_cents: rows.get(11)?,
        currency: rows.get(5)?,
        failures,
    })
}

fn failures(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Vec<CancellationFailure>> {
    let rows = database.write(
        include_str!("../../../sql/statements/cancellation_failures.sql"),
        arguments![call.tenant_id, event_id, FAILURES_MAX],
    )?;
    rows.collect(|row| {
        Ok(CancellationFailure {
            order_id: row.get(1)?,
            order_number: row.get(2)?,
            attempts: row.get(3)?,
            error: row.get(4)?,
            detail: row.get(5)?,
            tried_at: row.get(6)?,
            retry_at: row.get(7)?,
        })
    })
}

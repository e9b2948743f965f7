//! Paying a cancelled event back, in rounds of bounded size and time. One round at a time works on an
//! event; it takes up where the last committed one ended, so a crash costs a round and repeats none.

use admit_core::Result;
use admit_core::event::{CancellationView, EventRefundBatch, ORDERS_MAX, retry_at};
use admit_core::order::{OrderRefunded, OrderState};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::call::{Call, now};
use crate::database::subtransaction::{Failed, attempt};
use crate::database::{Database, arguments};
use crate::order::{end_cancelled, refund_cancelled};
use crate::venue::require_event;

/// Holds that one round ends at most.
pub const HOLDS_MAX: i64 = 500;
/// A round, or those of one tenant's background work together, begins no further order after so long.
const ROUND_TIME_MAX: SignedDuration = SignedDuration::from_millis(250);
/// How long an order is waited for that somebody else works on; then it is left for the next round.
const LOCK_TIMEOUT_MS: i32 = 100;
/// Between two passes over an event's orders.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// A cancellation that is worked on.
struct Cancellation {
    event_id: Uuid,
    reason: String,
    keep_fees: bool,
    tried_to: Uuid,
}

/// `event.refund_batch`
pub fn batch(database: &mut Database<'_, '_>, call: &Call, request: EventRefundBatch) -> Result<CancellationView> {
    require_event(database, call, request.event_id)?;
    let orders_max = request.orders()?;
    let failed_before = if request.retry_failed.unwrap_or(false) { Timestamp::MAX } else { call.now };
    round(database, call, request.event_id, orders_max, failed_before, now() + ROUND_TIME_MAX)?;
    super::cancel::read_one(database, call, request.event_id)
}

/// Goes on with every event that is cancelled and not paid back: background work.
pub fn go_on(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let events = database
        .read(
            "SELECT event_id FROM admit.cancellation \
             WHERE tenant_id = $1 AND finished_at IS NULL AND next_round_at <= $2 ORDER BY next_round_at, event_id",
            arguments![call.tenant_id, call.now],
        )?
        .collect(|row| row.get::<Uuid>(1))?;
    // What does not fit waits longest and comes first the next time.
    let ends_at = now() + ROUND_TIME_MAX;
    for event_id in events {
        round(database, call, event_id, ORDERS_MAX, call.now, ends_at)?;
        if now() >= ends_at {
            break;
        }
    }
    Ok(())
}

/// One round. Orders that failed are tried when their next try was due by `failed_before`.
fn round(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    orders_max: i64,
    failed_before: Timestamp,
    ends_at: Timestamp,
) -> Result<()> {
    let Some(cancellation) = lock(database, call, event_id)? else { return Ok(()) };
    end_cancelled(database, call, event_id, &cancellation.reason, HOLDS_MAX)?;
    let states = [OrderState::Paid, OrderState::PartiallyRefunded].map(|state| state.as_str().to_owned()).to_vec();
    let due = database
        .point_read(
            include_str!("../../../sql/statements/cancellation_orders.sql"),
            arguments![call.tenant_id, event_id, cancellation.tried_to, states, failed_before, orders_max],
        )?
        .collect(|row| row.get::<Uuid>(1))?;
    let more = due.len() as i64 == orders_max;
    let mut tried = 0;
    for order_id in &due {
        if tried > 0 && now() >= ends_at {
            break;
        }
        pay_back(database, call, &cancellation, *order_id)?;
        tried += 1;
    }
    // After the last order background work pauses and begins again: for those that somebody worked on.
    let goes_on = more || tried < due.len();
    let tried_to = due.get(tried.wrapping_sub(1)).copied().filter(|_| goes_on).unwrap_or_default();
    let pause = if goes_on { SignedDuration::ZERO } else { PAUSE };
    let finished = !goes_on && nothing_left(database, call, event_id)?;
    database.point(
        "UPDATE admit.cancellation SET tried_to = $3, finished_at = $4, next_round_at = $5 \
         WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id, tried_to, finished.then(now), now() + pause],
    )?;
    Ok(())
}

fn lock(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Option<Cancellation>> {
    let mut rows = database.point(
        "SELECT reason, keep_fees, tried_to FROM admit.cancellation \
         WHERE tenant_id = $1 AND event_id = $2 AND finished_at IS NULL FOR NO KEY UPDATE SKIP LOCKED",
        arguments![call.tenant_id, event_id],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    Ok(Some(Cancellation { event_id, reason: rows.get(1)?, keep_fees: rows.get(2)?, tried_to: rows.get(3)? }))
}

/// Pays one order back, or notes why not; neither touches the others.
fn pay_back(database: &mut Database<'_, '_>, call: &Call, cancellation: &Cancellation, order_id: Uuid) -> Result<()> {
    let outcome = attempt(database, LOCK_TIMEOUT_MS, |database| {
        let refunded = refund_cancelled(database, call, order_id, &cancellation.reason, cancellation.keep_fees)?;
        refunded.map_or(Ok(()), |refunded| note_refund(database, call, cancellation, &refunded))
    });
    match outcome {
        Ok(()) | Err(Failed::Busy) => Ok(()),
        Err(Failed::Refused { code, detail }) => note_failure(database, call, cancellation, order_id, &code, &detail),
    }
}

/// Its key is the last word on paying an order back once.
fn note_refund(
    database: &mut Database<'_, '_>,
    call: &Call,
    cancellation: &Cancellation,
    refunded: &OrderRefunded,
) -> Result<()> {
    let mut rows = database.point(
        include_str!("../../../sql/statements/cancellation_refunded.sql"),
        arguments![
            call.tenant_id,
            cancellation.event_id,
            refunded.order_id,
            refunded.refund_id,
            refunded.amount_cents,
            call.now,
        ],
    )?;
    rows.only("refund that is missing so far")
}

fn note_failure(
    database: &mut Database<'_, '_>,
    call: &Call,
    cancellation: &Cancellation,
    order_id: Uuid,
    code: &str,
    detail: &str,
) -> Result<()> {
    let key = (call.tenant_id, cancellation.event_id);
    let mut rows = database.point(
        "SELECT attempts FROM admit.cancellation_refund WHERE tenant_id = $1 AND event_id = $2 AND order_id = $3",
        arguments![key.0, key.1, order_id],
    )?;
    let attempts = if rows.next() { rows.get::<i32>(1)?.saturating_add(1) } else { 1 };
    let detail: String = detail.chars().filter(|character| !character.is_control()).take(300).collect();
    let next = retry_at(call.now, attempts);
    database.point(
        include_str!("../../../sql/statements/cancellation_failed.sql"),
        arguments![key.0, key.1, order_id, attempts, code, detail, call.now, next],
    )?;
    database
        .point(include_str!("../../../sql/statements/cancellation_alert.sql"), arguments![key.0, key.1, call.now])?;
    Ok(())
}

fn nothing_left(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<bool> {
    let mut rows = database.write(
        include_str!("../../../sql/statements/cancellation_finished.sql"),
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("answer")?;
    rows.get(1)
}

//! Deliveries that came before what they are about: applied as soon as that is known.

use std::cell::RefCell;
use std::collections::HashMap;

use admit_core::Result;
use admit_core::journal::ActorKind;
use admit_core::payment::notice::{Report, Subject};
use admit_core::payment::{DeliveryState, Provider};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::effect::{self, Outcome, Told};
use super::outgoing::confirm;
use super::webhook::read;
use crate::call::{Actor, Call};
use crate::database::{Database, Rows, arguments};

/// How long a parked delivery is tried again.
const RETRY_DAYS: i64 = 7;
/// Deliveries a tenant and round at most.
const RETRIES_MAX: i64 = 100;

/// A stored delivery that waits.
pub struct Parked {
    delivery_id: Uuid,
    provider: Provider,
    subject: Subject,
    needs_confirmation: bool,
}

/// A delivery with delivery id, provider and body in the first three columns; none when nothing
/// can be done for it.
fn parked_of(row: &Rows<'_>) -> Result<Option<Parked>> {
    let (delivery_id, provider, body): (Uuid, String, Vec<u8>) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let Some(provider) = Provider::from_word(&provider) else { return Ok(None) };
    let Ok(notice) = read(provider, &body) else { return Ok(None) };
    let needs_confirmation = notice.needs_confirmation;
    Ok(notice.subject.map(|subject| Parked { delivery_id, provider, subject, needs_confirmation }))
}

/// Locks a provider's object until the end of the transaction, before anything else is locked:
/// who announces the object and who reports it take turns, so neither overlooks the other.
pub fn lock_object(database: &mut Database<'_, '_>, call: &Call, object_reference: &str) -> Result<()> {
    database.write(
        "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('admit object ' || $2, $1))",
        arguments![call.tenant_id, object_reference],
    )?;
    Ok(())
}

/// The same without waiting; false when somebody else has it.
fn try_lock_object(database: &mut Database<'_, '_>, call: &Call, object_reference: &str) -> Result<bool> {
    let mut rows = database.write(
        "SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('admit object ' || $2, $1))",
        arguments![call.tenant_id, object_reference],
    )?;
    rows.only("answer")?;
    rows.get(1)
}

/// Locks a provider's object, then the deliveries that are parked for it.
pub fn lock(database: &mut Database<'_, '_>, call: &Call, object_reference: Option<&str>) -> Result<Vec<Parked>> {
    let Some(object_reference) = object_reference else { return Ok(Vec::new()) };
    lock_object(database, call, object_reference)?;
    let rows = database.write(
        include_str!("../../../sql/statements/webhook_parked_of.sql"),
        arguments![call.tenant_id, object_reference, RETRIES_MAX],
    )?;
    Ok(rows.collect(parked_of)?.into_iter().flatten().collect())
}

/// Applies locked deliveries, now that what they are about is known.
pub fn apply(database: &mut Database<'_, '_>, call: &Call, deliveries: Vec<Parked>) -> Result<()> {
    for delivery in deliveries {
        apply_one(database, call, &delivery)?;
    }
    Ok(())
}

fn apply_one(database: &mut Database<'_, '_>, call: &Call, delivery: &Parked) -> Result<DeliveryState> {
    let Parked { delivery_id, provider, subject, needs_confirmation } = delivery;
    if *needs_confirmation {
        return Ok(confirm::ask(database, call, *provider, *delivery_id, subject)?.state);
    }
    // Whoever sets it going, it is the provider's word that moves the money.
    let by_provider = Call { actor: Actor::new(ActorKind::Provider, None), ..call.clone() };
    let told = Told { delivery_id: *delivery_id, provider: *provider, subject, created_at: None };
    let outcome = effect::apply(database, &by_provider, &told)?;
    store(database, call, *delivery_id, &outcome)?;
    Ok(outcome.state)
}

/// Stores what became of a parked delivery.
pub fn store(database: &mut Database<'_, '_>, call: &Call, delivery_id: Uuid, outcome: &Outcome) -> Result<()> {
    database.write(
        "UPDATE admit.webhook_delivery SET state = $3, detail = $4 \
         WHERE tenant_id = $1 AND delivery_id = $2 AND (state, detail) IS DISTINCT FROM ($3, $4)",
        arguments![call.tenant_id, delivery_id, outcome.state.as_str(), outcome.detail.clone()],
    )?;
    Ok(())
}

thread_local! {
    /// Where the last full round ended, by tenant: deliveries that stay parked must not keep
    /// later ones from being tried.
    static ROUND: RefCell<HashMap<i32, Timestamp>> = RefCell::default();
}

/// Tries parked deliveries again, oldest first; gives the number that was applied. It waits for
/// no lock: what somebody else works on is left for the next round.
pub fn retry_parked(database: &mut Database<'_, '_>, call: &Call) -> Result<i64> {
    let oldest = call.now - SignedDuration::from_hours(24 * RETRY_DAYS);
    let after =
        ROUND.with_borrow(|round| round.get(&call.tenant_id).copied()).map_or(oldest, |after| after.max(oldest));
    let rows = database.read(
        include_str!("../../../sql/statements/webhook_parked.sql"),
        arguments![call.tenant_id, after, RETRIES_MAX],
    )?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= RETRIES_MAX);
    let mut last = None;
    let deliveries = rows.collect(|row| {
        last = Some(row.get::<Timestamp>(4)?);
        parked_of(row)
    })?;
    ROUND.with_borrow_mut(|round| match last.filter(|_| full) {
        Some(last) => round.insert(call.tenant_id, last),
        None => round.remove(&call.tenant_id),
    });
    let mut applied = 0;
    for delivery in deliveries.into_iter().flatten() {
        if lock_target(database, call, &delivery)? {
            applied += i64::from(apply_one(database, call, &delivery)? == DeliveryState::Applied);
        }
    }
    Ok(applied)
}

/// Locks a delivery and what it is about without waiting; false when that is not known yet, or
/// somebody else holds one of the rows.
fn lock_target(database: &mut Database<'_, '_>, call: &Call, delivery: &Parked) -> Result<bool> {
    let Parked { delivery_id, provider, subject, .. } = delivery;
    let text = match subject.report {
        Report::PaidOut | Report::PayoutFailed => include_str!("../../../sql/statements/webhook_lock_payout.sql"),
        _ => include_str!("../../../sql/statements/webhook_lock_payment.sql"),
    };
    let mut rows = database.point(
        text,
        arguments![call.tenant_id, *delivery_id, provider.as_str(), subject.own_id, subject.reference.clone()],
    )?;
    if !rows.next() {
        return Ok(false);
    }
    if let Some(object_reference) = &subject.reference
        && !try_lock_object(database, call, object_reference)?
    {
        return Ok(false);
    }
    if let Some(order_id) = rows.optional::<Uuid>(2)? {
        let order = database.point(
            "SELECT 1 FROM admit.\"order\" WHERE tenant_id = $1 AND order_id = $2 FOR NO KEY UPDATE SKIP LOCKED",
            arguments![call.tenant_id, order_id],
        )?;
        return Ok(!order.is_empty());
    }
    let Some(wallet_id) = rows.optional::<Uuid>(1)? else { return Ok(true) };
    let wallet = database.point(
        "SELECT 1 FROM admit.wallet WHERE tenant_id = $1 AND wallet_id = $2 FOR NO KEY UPDATE SKIP LOCKED",
        arguments![call.tenant_id, wallet_id],
    )?;
    Ok(!wallet.is_empty())
}

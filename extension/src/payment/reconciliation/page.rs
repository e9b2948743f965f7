//! A page of the provider's list: what it shows is stored, what it shows to be missed is put into the
//! inbox of webhooks. The next tick books it from there, with the locks of any other delivery: a page
//! that booked its payments itself would hold the locks of all of them at once.

use admit_core::payment::outgoing::{Made, Step, dialect};
use admit_core::payment::reconciliation::{FindingKind, Found, ListedPage, ListedPayment, OwnPayment, Window, compare};
use admit_core::payment::{DeliveryState, PaymentState, Provider};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::super::effect::Outcome;
use super::super::outgoing;
use super::super::webhook::{read, store_delivery};
use super::fact;
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;

/// Payments at most that one reconciliation reports as missing at the provider.
const MISSING_MAX: i64 = 1_000;
/// Why a delivery that no webhook brought waits.
const MISSED: &str = "a reconciliation found that its webhook was missed";

/// A running reconciliation, locked until the end of the transaction.
struct Running {
    reconciliation_id: Uuid,
    provider: Provider,
    window: Window,
}

/// Where a difference was found.
struct Place<'a> {
    payment_id: Option<Uuid>,
    reference: Option<&'a str>,
}

/// Compares a page that was asked for at `asked_at`, then asks for the next one or ends.
pub fn compare_page(
    database: &mut Database<'_, '_>,
    call: &Call,
    reconciliation_id: Uuid,
    asked_at: Timestamp,
    mut made: Made,
) -> Result<Step> {
    let Some(running) = lock(database, call, reconciliation_id)? else {
        return Ok(Step::Failed("its reconciliation has ended".to_owned()));
    };
    let page = made.listed.take();
    let page = page.ok_or_else(|| Error::new(ErrorCode::Internal, "the answer to a list holds no page"))?;
    let mut compared = 0_i64;
    for payment in &page.payments {
        compared += i64::from(compare_one(database, call, &running, asked_at, payment)?);
    }
    go_on(database, call, &running, &page, compared)?;
    Ok(Step::Done(made))
}

/// Notes that the provider's list cannot be read to its end.
pub fn fail(database: &mut Database<'_, '_>, call: &Call, reconciliation_id: Uuid, why: &str) -> Result<()> {
    let Some(running) = lock(database, call, reconciliation_id)? else { return Ok(()) };
    database.point(
        "UPDATE admit.reconciliation SET state = 'failed', reason = $3, ended_at = $4 \
         WHERE tenant_id = $1 AND reconciliation_id = $2",
        arguments![call.tenant_id, reconciliation_id, why, call.now],
    )?;
    forget_seen(database, call, reconciliation_id)?;
    let body = json!({"provider": running.provider, "reason": why, "reconciliation_id": reconciliation_id});
    append(database, call, fact("reconciliation.failed", body)).map(|_| ())
}

/// Locks a reconciliation; none when it has ended.
fn lock(database: &mut Database<'_, '_>, call: &Call, reconciliation_id: Uuid) -> Result<Option<Running>> {
    let mut rows = database.point(
        "SELECT provider, created_from, created_until FROM admit.reconciliation \
         WHERE tenant_id = $1 AND reconciliation_id = $2 AND state = $3 FOR NO KEY UPDATE",
        arguments![call.tenant_id, reconciliation_id, "running"],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    let provider = outgoing::known_provider(&rows.get::<String>(1)?)?;
    let window = Window { from: rows.get(2)?, until: rows.get(3)? };
    Ok(Some(Running { reconciliation_id, provider, window }))
}

/// Compares one payment; whether it is the tenant's.
fn compare_one(
    database: &mut Database<'_, '_>,
    call: &Call,
    running: &Running,
    asked_at: Timestamp,
    listed: &ListedPayment,
) -> Result<bool> {
    let rows = database.point_read(
        include_str!("../../../../sql/statements/reconciliation_own.sql"),
        arguments![call.tenant_id, running.provider.as_str(), listed.own_id, listed.reference.as_str(), asked_at,],
    )?;
    let compared = compare(call.tenant_id, listed, &rows.collect(own)?);
    if let Some(payment_id) = compared.payment_id {
        database.point(
            "INSERT INTO admit.reconciliation_seen (tenant_id, reconciliation_id, payment_id) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
            arguments![call.tenant_id, running.reconciliation_id, payment_id],
        )?;
    }
    let place = Place { payment_id: compared.payment_id.or(listed.own_id), reference: Some(listed.reference.as_str()) };
    for found in compared.found {
        let delivery_id = deliver(database, call, running.provider, listed, found.kind)?;
        store(database, call, running, &place, found, delivery_id)?;
    }
    Ok(compared.is_own)
}

fn own(row: &Rows<'_>) -> Result<OwnPayment> {
    let state = PaymentState::from_word(&row.get::<String>(3)?);
    Ok(OwnPayment {
        payment_id: row.get(1)?,
        provider_reference: row.optional(2)?,
        state: state.ok_or_else(|| Error::new(ErrorCode::Internal, "a stored payment's state cannot be read"))?,
        amount_cents: row.get(4)?,
        currency: row.get(5)?,
        succeeded_before: row.get(6)?,
        refunded_cents: row.get(7)?,
        unsettled_cents: row.get(8)?,
        disputed: row.get(9)?,
    })
}

/// Parks the notice that was missed, once however often it is found; gives its delivery. None where
/// nothing was missed.
fn deliver(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    listed: &ListedPayment,
    kind: FindingKind,
) -> Result<Option<Uuid>> {
    let Some(event) = dialect::missed(provider, listed, kind) else { return Ok(None) };
    let body = event.to_string().into_bytes();
    let notice = read(provider, &body)?;
    let missed = Outcome { state: DeliveryState::Parked, detail: Some(MISSED.to_owned()) };
    if let Some(delivery_id) = store_delivery(database, call, provider, &notice, &body, &missed)? {
        return Ok(Some(delivery_id));
    }
    let mut rows = database.point(
        "SELECT delivery_id FROM admit.webhook_delivery \
         WHERE tenant_id = $1 AND provider = $2 AND event_reference = $3",
        arguments![call.tenant_id, provider.as_str(), notice.reference.as_str()],
    )?;
    rows.only("delivery")?;
    rows.get(1).map(Some)
}

fn store(
    database: &mut Database<'_, '_>,
    call: &Call,
    running: &Running,
    place: &Place<'_>,
    found: Found,
    delivery_id: Option<Uuid>,
) -> Result<()> {
    database.point(
        include_str!("../../../../sql/statements/reconciliation_found.sql"),
        arguments![
            call.tenant_id,
            new_id(call.now)?,
            running.reconciliation_id,
            found.kind.as_str(),
            place.payment_id,
            place.reference.map(ToOwned::to_owned),
            found.ours,
            found.theirs,
            delivery_id,
            call.now,
        ],
    )?;
    Ok(())
}

/// Asks for the next page; after the last one tells what was in none.
fn go_on(
    database: &mut Database<'_, '_>,
    call: &Call,
    running: &Running,
    page: &ListedPage,
    compared: i64,
) -> Result<()> {
    let Running { reconciliation_id, provider, window } = running;
    let next = page.next_after.as_deref().and_then(|after| dialect::payments(*provider, window, Some(after)));
    let mut rows = database.point(
        include_str!("../../../../sql/statements/reconciliation_advance.sql"),
        arguments![call.tenant_id, *reconciliation_id, compared, next.is_none(), call.now],
    )?;
    rows.only("reconciliation")?;
    let pages: i32 = rows.get(1)?;
    if let Some(question) = next {
        return outgoing::list_payments(database, call, *reconciliation_id, *provider, pages + 1, &question);
    }
    store_missing(database, call, running)?;
    forget_seen(database, call, *reconciliation_id)?;
    let body = json!({"pages": pages, "provider": provider, "reconciliation_id": reconciliation_id});
    append(database, call, fact("reconciliation.done", body)).map(|_| ())
}

fn store_missing(database: &mut Database<'_, '_>, call: &Call, running: &Running) -> Result<()> {
    let missing = database
        .read(
            include_str!("../../../../sql/statements/reconciliation_missing.sql"),
            arguments![call.tenant_id, running.reconciliation_id, MISSING_MAX],
        )?
        .collect(|row| {
            let ours = format!("succeeded, {} {}", row.get::<i64>(3)?, row.get::<String>(4)?);
            Ok((row.get::<Uuid>(1)?, row.optional::<String>(2)?, ours))
        })?;
    for (payment_id, reference, ours) in missing {
        let place = Place { payment_id: Some(payment_id), reference: reference.as_deref() };
        let found = Found { kind: FindingKind::MissingAtProvider, ours: Some(ours), theirs: None };
        store(database, call, running, &place, found, None)?;
    }
    Ok(())
}

/// Removes what a reconciliation needs only while it runs.
pub fn forget_seen(database: &mut Database<'_, '_>, call: &Call, reconciliation_id: Uuid) -> Result<()> {
    database.point(
        "DELETE FROM admit.reconciliation_seen WHERE tenant_id = $1 AND reconciliation_id = $2",
        arguments![call.tenant_id, reconciliation_id],
    )?;
    Ok(())
}

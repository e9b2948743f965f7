//! Typed SQL functions that are more than a wrapper of `call`.

use admit_core::scan::{Item, ScanAnswer, ScanKind, ScanRecord};
use admit_core::{Error, Result};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use pgrx::{JsonB, Uuid};

use crate::call::{Call, new_id, now};
use crate::database::{Column, connect};
use crate::raise::settle;

/// `scan.record` for SQL callers: typed arguments, one row.
#[pg_extern(sql = false, security_definer)]
#[allow(clippy::too_many_arguments, clippy::type_complexity, reason = "SQL callers name arguments and columns")]
fn scan(
    tenant_id: i32,
    token: &str,
    device_id: Uuid,
    kind: &str,
    nonce: Uuid,
    event_id: Option<Uuid>,
    gate_id: Option<Uuid>,
    amount_cents: Option<i64>,
    items: Option<JsonB>,
    scanned_at: Option<TimestampWithTimeZone>,
) -> TableIterator<
    'static,
    (
        name!(outcome, String),
        name!(reason, Option<String>),
        name!(rule, Option<String>),
        name!(passes_at, Option<TimestampWithTimeZone>),
        name!(action, String),
        name!(entry_number, Option<i32>),
        name!(inside, Option<bool>),
        name!(charged_cents, i64),
        name!(currency, Option<String>),
        name!(charges, JsonB),
        name!(balance_cents, Option<i64>),
        name!(prior, Option<JsonB>),
        name!(scan_id, Uuid),
        name!(wallet_id, Option<Uuid>),
        name!(recorded_at, TimestampWithTimeZone),
        name!(receipt, Option<String>),
    ),
> {
    let request = || -> Result<ScanRecord> {
        let items: Option<Vec<Item>> = items
            .map(|items| serde_json::from_value(items.0))
            .transpose()
            .map_err(|_| Error::invalid("items must be [{\"name\", \"quantity\", \"unit_price_cents\"}]"))?;
        Ok(ScanRecord {
            token: token.to_owned(),
            kind: ScanKind::from_word(kind)
                .ok_or_else(|| Error::invalid("kind must be entry, exit, concession, merchandise or general"))?,
            nonce: Some(uuid::Uuid::from_stored(nonce)),
            device_id: Some(uuid::Uuid::from_stored(device_id)),
            gate_id: gate_id.map(uuid::Uuid::from_stored),
            event_id: event_id.map(uuid::Uuid::from_stored),
            amount_cents,
            items,
            scanned_at: scanned_at.map(jiff::Timestamp::from_stored),
        })
    };
    let answer = settle(request().and_then(|request| {
        connect(|database| {
            crate::dispatch::prepare(database, tenant_id)?;
            crate::settings::require_durable_commit()?;
            crate::scan::record(database, &Call::from_sql(tenant_id), request)
        })
    }));
    TableIterator::once(row(answer))
}

/// A scan's row, in the order of the function's columns.
#[allow(clippy::type_complexity, reason = "one row of sixteen columns")]
fn row(
    answer: ScanAnswer,
) -> (
    String,
    Option<String>,
    Option<String>,
    Option<TimestampWithTimeZone>,
    String,
    Option<i32>,
    Option<bool>,
    i64,
    Option<String>,
    JsonB,
    Option<i64>,
    Option<JsonB>,
    Uuid,
    Option<Uuid>,
    TimestampWithTimeZone,
    Option<String>,
) {
    let json = |value: std::result::Result<serde_json::Value, serde_json::Error>| JsonB(value.unwrap_or_default());
    (
        answer.outcome.as_str().to_owned(),
        answer.reason.map(|reason| reason.as_str().to_owned()),
        answer.rule.map(|rule| rule.as_str().to_owned()),
        answer.passes_at.map(Column::into_stored),
        serde_json::to_value(answer.action).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default(),
        answer.entry_number,
        answer.inside,
        answer.charged_cents,
        answer.currency,
        json(serde_json::to_value(&answer.charges)),
        answer.balance_cents,
        answer.prior.map(|prior| json(serde_json::to_value(prior))),
        answer.scan_id.into_stored(),
        answer.wallet_id.map(Column::into_stored),
        answer.recorded_at.into_stored(),
        answer.receipt,
    )
}

/// A new UUIDv7 (RFC 9562): nonces in time order keep indexes small.
#[pg_extern(sql = false, volatile, parallel_safe)]
fn uuid7() -> Uuid {
    settle(new_id(now())).into_stored()
}

/// The error catalogue, for the view `admit.error_code`.
#[pg_extern(sql = false, immutable, parallel_safe)]
fn error_codes()
-> TableIterator<'static, (name!(name, String), name!(sqlstate, String), name!(status, i32), name!(title, String))> {
    TableIterator::new(admit_core::ErrorCode::ALL.iter().map(|code| {
        (code.name().to_owned(), code.sqlstate().to_owned(), i32::from(code.status()), code.title().to_owned())
    }))
}

/// The commands with their routes, for the view `admit.command`.
#[pg_extern(sql = false, immutable, parallel_safe)]
fn commands() -> TableIterator<
    'static,
    (name!(name, String), name!(method, String), name!(path, String), name!(public, bool), name!(summary, String)),
> {
    TableIterator::new(admit_core::registry::COMMANDS.iter().map(|command| {
        (
            command.name.to_owned(),
            command.method.as_str().to_owned(),
            command.path.to_owned(),
            command.access == admit_core::registry::Access::Public,
            command.summary.to_owned(),
        )
    }))
}

/// Gauges of the whole database for a monitoring system.
#[pg_extern(sql = false, security_definer)]
fn metrics() -> TableIterator<'static, (name!(name, String), name!(labels, String), name!(value, f64))> {
    TableIterator::new(settle(connect(|database| {
        crate::migrate::require_current(database)?;
        crate::settings::show_tenant(crate::settings::EVERY_TENANT);
        let tenants = database
            .read("SELECT tenant_id FROM admit.tenant ORDER BY tenant_id", &[])?
            .collect(|row| row.get::<i32>(1))?;
        let mut gauges = Vec::new();
        for tenant_id in tenants {
            crate::settings::show_tenant(tenant_id);
            let rows = database
                .read(include_str!("../../sql/statements/metrics.sql"), crate::database::arguments![tenant_id])?;
            let labels = format!("{{\"tenant\":\"{tenant_id}\"}}");
            gauges.extend(rows.collect(|row| Ok((row.get::<String>(1)?, labels.clone(), row.get::<f64>(2)?)))?);
        }
        Ok(gauges)
    })))
}

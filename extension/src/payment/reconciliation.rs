//! Reconciliation: the provider's own list of payments, page by page, compared with what is known here.
//! Each page is an effect; what it shows is stored in the transaction that takes its answer.

mod page;

pub use page::{compare_page, fail};

use admit_core::payment::Provider;
use admit_core::payment::outgoing::dialect;
use admit_core::payment::reconciliation::{
    FindingPage, FindingView, ReconciliationFindings, ReconciliationGet, ReconciliationList, ReconciliationPage,
    ReconciliationStart, ReconciliationView, Window,
};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use super::{outgoing, provider};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::journal::{Fact, append};
use crate::page::Page;

/// A fact about a reconciliation.
fn fact(action: &'static str, body: serde_json::Value) -> Fact<serde_json::Value> {
    let body = crate::venue::without_nulls(body);
    Fact { action, event_id: None, gate_id: None, wallet_id: None, money: None, body }
}

/// `reconciliation.start`
pub fn start(database: &mut Database<'_, '_>, call: &Call, request: ReconciliationStart) -> Result<ReconciliationView> {
    call.require_whole_tenant("reconciliation")?;
    let provider = request.provider.unwrap_or(Provider::Stripe);
    let name = provider.as_str();
    let window = Window::of(request.created_from, request.created_until, call.now)?;
    if dialect::payments(provider, &window, None).is_none() {
        return Err(Error::invalid(format!("provider must be stripe: {name} has no list of payments")));
    }
    if !provider::terms(database, call, provider)?.has_api_key {
        let detail = format!("reconciliation asks {name} itself: configure its api_key first with provider.configure");
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    let Some(reconciliation_id) = begin(database, call, provider, &window, false)? else {
        let detail = format!("a reconciliation of {name} is running: wait for its end, see reconciliation.list");
        return Err(Error::new(ErrorCode::Conflict, detail));
    };
    get(database, call, ReconciliationGet { reconciliation_id })
}

/// Begins a reconciliation, unless one of the provider is running; `daily` ones once a UTC day.
fn begin(
    database: &mut Database<'_, '_>,
    call: &Call,
    provider: Provider,
    window: &Window,
    daily: bool,
) -> Result<Option<Uuid>> {
    let Some(question) = dialect::payments(provider, window, None) else { return Ok(None) };
    let reconciliation_id = new_id(call.now)?;
    let begun = database.write(
        include_str!("../../../sql/statements/reconciliation_create.sql"),
        arguments![call.tenant_id, reconciliation_id, provider.as_str(), daily, window.from, window.until, call.now,],
    )?;
    if begun.is_empty() {
        return Ok(None);
    }
    outgoing::list_payments(database, call, reconciliation_id, provider, 1, &question)?;
    let body = json!({
        "created_from": window.from, "created_until": window.until, "daily": daily, "provider": provider,
        "reconciliation_id": reconciliation_id,
    });
    append(database, call, fact("reconciliation.started", body))?;
    Ok(Some(reconciliation_id))
}

/// Begins the reconciliations of the day, and ends those that nobody can go on with.
pub fn begin_daily(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let abandoned = database
        .write(
            include_str!("../../../sql/statements/reconciliation_abandon.sql"),
            arguments![call.tenant_id, call.now],
        )?
        .collect(|row| row.get::<Uuid>(1))?;
    for reconciliation_id in abandoned {
        page::forget_seen(database, call, reconciliation_id)?;
    }
    for provider in Provider::ALL {
        let due = database.read(
            include_str!("../../../sql/statements/reconciliation_daily.sql"),
            arguments![call.tenant_id, provider.as_str(), call.now],
        )?;
        if !due.is_empty() {
            begin(database, call, *provider, &Window::daily(call.now), true)?;
        }
    }
    Ok(())
}

/// `reconciliation.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: ReconciliationGet) -> Result<ReconciliationView> {
    call.require_whole_tenant("reconciliation")?;
    let mut rows = database.read(
        include_str!("../../../sql/statements/reconciliation_list.sql"),
        arguments![call.tenant_id, Some(request.reconciliation_id), None::<Uuid>, None::<String>, 1_i64],
    )?;
    rows.only("reconciliation")?;
    view(&rows)
}

/// `reconciliation.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: ReconciliationList) -> Result<ReconciliationPage> {
    call.require_whole_tenant("reconciliation")?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let state = request.state.map(|state| state.as_str().to_owned());
    let rows = database.read(
        include_str!("../../../sql/statements/reconciliation_list.sql"),
        arguments![call.tenant_id, None::<Uuid>, page.after, state, page.fetch()],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.reconciliation_id);
    Ok(ReconciliationPage { items, next_cursor })
}

fn view(row: &Rows<'_>) -> Result<ReconciliationView> {
    Ok(ReconciliationView {
        reconciliation_id: row.get(1)?,
        provider: row.get(2)?,
        created_from: row.get(3)?,
        created_until: row.get(4)?,
        state: row.get(5)?,
        reason: row.optional(6)?,
        pages: row.get(7)?,
        compared: row.get(8)?,
        repaired: row.get(9)?,
        waiting: row.get(10)?,
        differences: row.get(11)?,
        started_at: row.get(12)?,
        ended_at: row.optional(13)?,
    })
}

/// `reconciliation.findings`
pub fn findings(database: &mut Database<'_, '_>, call: &Call, request: ReconciliationFindings) -> Result<FindingPage> {
    let reconciliation_id = request.reconciliation_id;
    get(database, call, ReconciliationGet { reconciliation_id })?;
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let result = request.result.map(|result| result.as_str().to_owned());
    let rows = database.read(
        include_str!("../../../sql/statements/reconciliation_findings.sql"),
        arguments![call.tenant_id, reconciliation_id, page.after, result, page.fetch()],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(finding)?, |item| item.finding_id);
    Ok(FindingPage { items, next_cursor })
}

fn finding(row: &Rows<'_>) -> Result<FindingView> {
    Ok(FindingView {
        finding_id: row.get(1)?,
        kind: row.get(2)?,
        result: row.get(3)?,
        payment_id: row.optional(4)?,
        provider_reference: row.optional(5)?,
        ours: row.optional(6)?,
        theirs: row.optional(7)?,
        delivery_id: row.optional(8)?,
        detail: row.optional(9)?,
        found_at: row.get(10)?,
    })
}

//! What an event's tickets brought in, and the transactions behind it.

use admit_core::report::{
    EventFinancialsGet, FinancialRow, FinancialsView, TRANSACTIONS, TransactionEntries, TransactionList,
    TransactionPage, TransactionType, TransactionView, financials, transaction_type,
};
use admit_core::{Error, Result};

use super::{id_range, require_order_of_times};
use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::page::Page;
use crate::payout::PAYABLE;
use crate::venue::require_event;

/// `event.financials`
pub fn event(database: &mut Database<'_, '_>, call: &Call, request: EventFinancialsGet) -> Result<FinancialsView> {
    require_event(database, call, request.event_id)?;
    let rows = database.read(
        include_str!("../../../sql/statements/report_financials.sql"),
        arguments![call.tenant_id, request.event_id],
    )?;
    let rows = rows.collect(|row| {
        Ok(FinancialRow {
            day: row.get(1)?,
            ticket_type_id: row.get(2)?,
            name: row.get(3)?,
            refund: row.get(4)?,
            tickets: row.get(5)?,
            price_cents: row.get(6)?,
            fees_cents: row.get(7)?,
            tax_cents: row.get(8)?,
        })
    })?;
    let (totals, ticket_types, days) = financials(&rows);
    let mut event = database.read(
        "SELECT e.name, e.currency, e.time_zone, \
                (SELECT coalesce(sum(f.charged_cents), 0)::bigint FROM admit.event_figure AS f \
                 WHERE f.tenant_id = $1 AND f.event_id = $2) \
         FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = $2",
        arguments![call.tenant_id, request.event_id],
    )?;
    event.only("event")?;
    Ok(FinancialsView {
        event_id: request.event_id,
        name: event.get(1)?,
        currency: event.get(2)?,
        time_zone: event.get(3)?,
        totals,
        ticket_types,
        days,
        scans_charged_cents: event.get(4)?,
    })
}

/// `transaction.list`
pub fn transactions(database: &mut Database<'_, '_>, call: &Call, request: TransactionList) -> Result<TransactionPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    require_order_of_times(request.from, request.until)?;
    if let Some(account_id) = request.account_id {
        call.require_whole_tenant("account")?;
        require_known(database, call, account_id)?;
    }
    if let Some(event_id) = request.event_id {
        require_event(database, call, event_id)?;
    }
    let entries = request.transaction_type.map(entries_of).unwrap_or_default();
    let kinds: Vec<String> = PAYABLE.iter().map(|kind| kind.as_str().to_owned()).collect();
    let (first_id, end_id) = id_range(request.from, request.until, page.after);
    let rows = database.read(
        include_str!("../../../sql/statements/report_transactions.sql"),
        arguments![
            call.tenant_id,
            first_id,
            end_id,
            request.from,
            request.until,
            request.account_id,
            kinds,
            request.event_id,
            entries.actions,
            entries.scan_actions,
            entries.other_than,
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.transaction_id);
    Ok(TransactionPage { items, next_cursor })
}

fn require_known(database: &mut Database<'_, '_>, call: &Call, account_id: uuid::Uuid) -> Result<()> {
    let known = database.read(
        "SELECT 1 FROM admit.account WHERE tenant_id = $1 AND account_id = $2",
        arguments![call.tenant_id, account_id],
    )?;
    if known.is_empty() { Err(Error::not_found("account")) } else { Ok(()) }
}

/// What a type asks of entries.
#[derive(Default)]
struct Asked {
    actions: Option<Vec<String>>,
    scan_actions: Option<Vec<String>>,
    other_than: Option<Vec<String>>,
}

fn entries_of(asked: TransactionType) -> Asked {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let is = |known: &&TransactionEntries| known.transaction_type == asked;
    match TRANSACTIONS.iter().find(is) {
        Some(known) => Asked {
            actions: Some(owned(known.actions)),
            scan_actions: Some(owned(known.scan_actions)).filter(|scan_actions| !scan_actions.is_empty()),
            other_than: None,
        },
        None => Asked {
            other_than: Some(TRANSACTIONS.iter().flat_map(|known| owned(known.actions)).collect()),
            ..Asked::default()
        },
    }
}

fn view(row: &Rows<'_>) -> Result<TransactionView> {
    let (action, scan_action): (String, Option<String>) = (row.get(2)?, row.optional(3)?);
    Ok(TransactionView {
        transaction_id: row.get(1)?,
        transaction_type: transaction_type(&action, scan_action.as_deref()).as_str().to_owned(),
        recorded_at: row.get(4)?,
        event_id: row.optional(5)?,
        gate_id: row.optional(6)?,
        order_id: row.optional(7)?,
        payment_id: row.optional(8)?,
        payout_id: row.optional(9)?,
        amount_cents: row.get(10)?,
        currency: row.get(11)?,
    })
}

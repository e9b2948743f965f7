//! Live figures, alerts and the audit journal.

mod financials;

pub use financials::{event as event_financials, transactions};

use admit_core::report::{
    AlertList, AlertPage, AlertView, GateFigures, JournalEntryView, JournalList, JournalPage, LegView, LiveGet,
    LiveView, TypeFigures,
};
use admit_core::staff::StaffActivity;
use admit_core::venue::optional_text;
use admit_core::{Error, Result};
use jiff::Timestamp;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::entry_of;
use crate::page::Page;
use crate::venue::require_event;

/// What one gate adds to an event's figures.
struct GateRow {
    gate: GateFigures,
    reentries: i64,
    charged_cents: i64,
}

/// `report.live`
pub fn live(database: &mut Database<'_, '_>, call: &Call, request: LiveGet) -> Result<LiveView> {
    require_event(database, call, request.event_id)?;
    let mut rows = database.read(
        include_str!("../../sql/statements/report_live.sql"),
        arguments![call.tenant_id, request.event_id, last_full_minute(call.now)],
    )?;
    rows.only("event")?;
    let (seq, capacity, entries_per_minute): (i64, Option<i32>, i64) = (rows.get(1)?, rows.optional(2)?, rows.get(3)?);
    let inside: i64 = rows.get(4)?;
    // The figures of an event without any scan are one row without a gate.
    let mut gates: Vec<GateRow> = gate_row(&rows)?.into_iter().collect();
    gates.extend(rows.collect(gate_row)?.into_iter().flatten());
    let sum = |figure: fn(&GateRow) -> i64| gates.iter().map(figure).sum::<i64>();
    Ok(LiveView {
        event_id: request.event_id,
        seq,
        entries: sum(|row| row.gate.entries),
        reentries: sum(|row| row.reentries),
        exits: sum(|row| row.gate.exits),
        inside,
        denied: sum(|row| row.gate.denied),
        sales: sum(|row| row.gate.sales),
        charged_cents: sum(|row| row.charged_cents),
        entries_per_minute,
        capacity,
        gates: gates.into_iter().map(|row| row.gate).collect(),
        ticket_types: sales(database, call, request.event_id)?,
    })
}

fn sales(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Vec<TypeFigures>> {
    let rows =
        database.read(include_str!("../../sql/statements/report_sales.sql"), arguments![call.tenant_id, event_id])?;
    rows.collect(|row| {
        let total: Option<i64> = row.optional(3)?;
        let available: i64 = row.get(6)?;
        Ok(TypeFigures {
            ticket_type_id: row.get(1)?,
            name: row.get(2)?,
            total,
            held: row.get(4)?,
            sold: row.get(5)?,
            available: total.map(|_| available),
            revenue_cents: row.get(7)?,
        })
    })
}

/// When the last minute began that has ended by now.
fn last_full_minute(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(60) - 60).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn gate_row(row: &Rows<'_>) -> Result<Option<GateRow>> {
    let Some(gate_id) = row.optional(5)? else { return Ok(None) };
    let gate = GateFigures {
        gate_id,
        name: row.optional(6)?.unwrap_or_default(),
        entries: row.get(7)?,
        exits: row.get(9)?,
        denied: row.get(10)?,
        sales: row.get(11)?,
    };
    Ok(Some(GateRow { gate, reentries: row.get(8)?, charged_cents: row.get(12)? }))
}

/// `alert.list`
pub fn alerts(database: &mut Database<'_, '_>, call: &Call, request: AlertList) -> Result<AlertPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    if let Some(event_id) = request.event_id {
        require_event(database, call, event_id)?;
    }
    let rows = database.read(
        include_str!("../../sql/statements/report_alerts.sql"),
        arguments![
            call.tenant_id,
            page.after,
            request.event_id,
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch()
        ],
    )?;
    let items = rows.collect(|row| {
        Ok(AlertView {
            alert_id: row.get(1)?,
            event_id: row.optional(2)?,
            kind: row.get(3)?,
            message: row.get(4)?,
            raised_at: row.get(5)?,
        })
    })?;
    let (items, next_cursor) = page.cut(items, |item| item.alert_id);
    Ok(AlertPage { items, next_cursor })
}

/// `journal.list`
pub fn journal(database: &mut Database<'_, '_>, call: &Call, request: JournalList) -> Result<JournalPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    require_order_of_times(request.from, request.until)?;
    let own = crate::payment::own_wallet(call);
    if own.is_some() && request.wallet_id.is_some() && own != request.wallet_id {
        return Err(Error::not_found("wallet"));
    }
    let (prefix, exact) = action_filter(request.action.as_deref())?;
    let (first_id, end_id) = id_range(request.from, request.until, page.after);
    let rows = database.read(
        include_str!("../../sql/statements/report_journal.sql"),
        arguments![
            call.tenant_id,
            first_id,
            end_id,
            request.from,
            request.until,
            exact,
            prefix,
            request.actor_id,
            request.event_id,
            request.gate_id,
            own.or(request.wallet_id),
            request.venue_id,
            call.actor.venue_id,
            call.actor.event_id,
            page.fetch(),
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(entry_view)?, |item| item.entry_id);
    Ok(JournalPage { items, next_cursor })
}

/// `staff.activity`, of a person whom the caller may see.
pub fn staff_activity(database: &mut Database<'_, '_>, call: &Call, request: StaffActivity) -> Result<JournalPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    require_order_of_times(request.from, request.until)?;
    let (prefix, exact) = action_filter(request.action.as_deref())?;
    let (first_id, end_id) = id_range(request.from, request.until, page.after);
    let rows = database.point_read(
        include_str!("../../sql/statements/staff_activity.sql"),
        arguments![
            call.tenant_id,
            request.staff_id,
            first_id,
            end_id,
            request.from,
            request.until,
            exact,
            prefix,
            request.event_id,
            request.gate_id,
            request.device_id,
            page.fetch(),
            call.actor.venue_id,
            call.actor.event_id,
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(entry_view)?, |item| item.entry_id);
    Ok(JournalPage { items, next_cursor })
}

/// An action to look for: what it starts with, when it ends with a dot, or all of it.
fn action_filter(action: Option<&str>) -> Result<(Option<String>, Option<String>)> {
    let action = optional_text("action", action, 100)?;
    Ok(match action {
        Some(action) if action.ends_with('.') => (Some(action), None),
        exact => (None, exact),
    })
}

fn require_order_of_times(from: Option<Timestamp>, until: Option<Timestamp>) -> Result<()> {
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err(Error::invalid("from must be earlier than until"));
    }
    Ok(())
}

/// The entry ids from the first to before the second that can match: ids are UUIDv7, so the
/// index by id serves the range of times, to the millisecond.
fn id_range(from: Option<Timestamp>, until: Option<Timestamp>, cursor: Option<Uuid>) -> (Uuid, Uuid) {
    let first = from.map_or(Uuid::nil(), |from| first_id_of(from.as_millisecond()));
    let end = until.map_or(Uuid::max(), |until| first_id_of(until.as_millisecond() + 1));
    (first, cursor.map_or(end, |cursor| cursor.min(end)))
}

/// No UUIDv7 of this millisecond, or a later one, is smaller.
fn first_id_of(millisecond: i64) -> Uuid {
    let millisecond = u128::try_from(millisecond).unwrap_or_default().min((1 << 48) - 1);
    Uuid::from_u128(millisecond << 80)
}

fn entry_view(row: &Rows<'_>) -> Result<JournalEntryView> {
    let hash: Vec<u8> = row.get(14)?;
    let entry = entry_of(row)?;
    Ok(JournalEntryView {
        entry_id: entry.entry_id,
        action: entry.action,
        recorded_at: entry.recorded_at,
        actor_kind: entry.actor_kind.as_str().to_owned(),
        actor_id: entry.actor_id,
        event_id: entry.event_id,
        gate_id: entry.gate_id,
        wallet_id: entry.wallet_id,
        currency: entry.currency.map(|currency| currency.to_string()),
        legs: entry.legs.into_iter().map(|(account_id, amount_cents)| LegView { account_id, amount_cents }).collect(),
        body: entry.body,
        hash: data_encoding::HEXLOWER.encode(&hash),
    })
}

//! Events: when people come in, by which rules, and how many of them.

mod cancel;
mod fields;
mod refund;

pub use cancel::{cancel, cancellation};
pub use refund::{batch as refund_batch, go_on as refund_cancelled};

use admit_core::event::{EventCreate, EventGet, EventList, EventPage, EventUpdate, EventView, SaleTimes, Visibility};
use admit_core::fee::{FeeScope, FeeSet, Rounding};
use admit_core::ledger::AccountKind;
use admit_core::money::Currency;
use admit_core::venue::{Status, capacity, optional_text, required_text};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use self::fields::{fee_rules, require_age, require_limits, require_prices, require_times};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::inventory::pool::set_capacity;
use crate::journal::append;
use crate::ledger::require_account;
use crate::page::Page;
use crate::tenant::change_configuration;
use crate::venue::place::set_places;
use crate::venue::{fact, refuse_archived, require_event, require_time_zone, without_nulls};

/// Duplicate window without one given, in milliseconds.
const DUPLICATE_WINDOW_MS_DEFAULT: i64 = 5_000;

/// `event.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: EventCreate) -> Result<EventView> {
    call.require_scope("venue", Some(request.venue_id), None)?;
    let name = required_text("name", &request.name, 200)?;
    let description = optional_text("description", request.description.as_deref(), 5_000)?;
    require_times(request.starts_at, request.ends_at)?;
    require_prices(request.pass_prices_cents.as_ref(), request.ticket_price_cents)?;
    require_limits(request.entries_max, request.duplicate_window_ms)?;
    require_age(request.age_min)?;
    let times = SaleTimes::check(request.hold_seconds, request.hold_seconds_max, request.payment_seconds, None)?;
    let capacity = capacity(request.capacity)?;
    let rules = fee_rules(&request)?;
    if let Some(time_zone) = &request.time_zone {
        require_time_zone(database, time_zone)?;
    }
    change_configuration(database, call)?;
    let (venue_time_zone, tenant_currency) = active_venue(database, call, request.venue_id)?;
    let time_zone = request.time_zone.unwrap_or(venue_time_zone);
    let currency = request.currency.unwrap_or(tenant_currency);
    for account_id in [request.promoter_account_id, request.organizer_account_id].into_iter().flatten() {
        require_account(database, call, account_id, Some(currency))?;
    }
    crate::ledger::ensure_accounts(database, call, currency)?;
    crate::ledger::ensure(database, call, AccountKind::Venue, &request.venue_id.to_string(), currency)?;
    let event_id = new_id(call.now)?;
    database.write(
        include_str!("../../sql/statements/event_create.sql"),
        arguments![
            call.tenant_id,
            event_id,
            request.venue_id,
            name.as_str(),
            description,
            currency.as_str(),
            time_zone.as_str(),
            request.starts_at,
            request.ends_at,
            request.requires_pass.unwrap_or(false),
            request.pass_prices_cents.map(|prices| json!(prices)),
            request.ticket_price_cents,
            capacity,
            request.reentry_allowed.unwrap_or(false),
            request.entries_max,
            request.exit_scans.unwrap_or(true),
            request.duplicate_window_ms.unwrap_or(DUPLICATE_WINDOW_MS_DEFAULT),
            request.promoter_account_id,
            call.now,
            request.organizer_account_id,
            request.visibility.unwrap_or(Visibility::Public).as_str(),
            request.age_min,
            times.hold_seconds,
            times.hold_seconds_max,
            times.payment_seconds,
        ],
    )?;
    set_places(database, call.tenant_id, event_id, None, capacity, 0)?;
    if let Some(capacity) = capacity {
        set_capacity(database, call, event_id, i64::from(capacity))?;
    }
    let body = json!({
        "capacity": capacity, "currency": currency, "ends_at": request.ends_at, "name": name,
        "starts_at": request.starts_at, "time_zone": time_zone, "venue_id": request.venue_id,
    });
    append(database, call, fact("event.created", Some(event_id), None, without_nulls(body)))?;
    if !rules.is_empty() {
        let fees = FeeSet { scope: FeeScope::Event, scope_id: Some(event_id), rules, rounding: Rounding::default() };
        crate::fee::store(database, call, fees, Some(currency))?;
    }
    get(database, call, EventGet { event_id })
}

/// Time zone of a venue in use, and the tenant's currency.
fn active_venue(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid) -> Result<(String, Currency)> {
    let mut rows = database.read(
        "SELECT v.status, v.time_zone, t.currency FROM admit.venue AS v \
         JOIN admit.tenant AS t ON t.tenant_id = v.tenant_id WHERE v.tenant_id = $1 AND v.venue_id = $2",
        arguments![call.tenant_id, venue_id],
    )?;
    rows.only("venue")?;
    let status: String = rows.get(1)?;
    refuse_archived("venue", &status)?;
    if status != Status::Active.as_str() {
        return Err(Error::new(ErrorCode::Conflict, "the venue is not active: make it active first with venue.update"));
    }
    Ok((rows.get(2)?, rows.get::<String>(3)?.parse()?))
}

fn view(row: &Rows<'_>) -> Result<EventView> {
    Ok(EventView {
        event_id: row.get(1)?,
        venue_id: row.get(2)?,
        name: row.get(3)?,
        description: row.optional(4)?,
        currency: row.get(5)?,
        time_zone: row.get(6)?,
        starts_at: row.get(7)?,
        ends_at: row.get(8)?,
        requires_pass: row.get(9)?,
        pass_prices_cents: row.optional(10)?,
        ticket_price_cents: row.optional(11)?,
        capacity: row.optional(12)?,
        reentry_allowed: row.get(13)?,
        entries_max: row.optional(14)?,
        exit_scans: row.get(15)?,
        duplicate_window_ms: row.get(16)?,
        promoter_account_id: row.optional(17)?,
        status: row.get(18)?,
        created_at: row.get(19)?,
        updated_at: row.get(20)?,
        organizer_account_id: row.optional(21)?,
        visibility: row.get(22)?,
        age_min: row.optional(23)?,
        hold_seconds: row.get(24)?,
        hold_seconds_max: row.get(25)?,
        payment_seconds: row.get(26)?,
    })
}

/// `event.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: EventGet) -> Result<EventView> {
    require_event(database, call, request.event_id)?;
    read_one(database, call, request.event_id)
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<EventView> {
    let mut rows = database.read(
        include_str!("../../sql/statements/event_list.sql"),
        arguments![
            call.tenant_id,
            Some(event_id),
            None::<Uuid>,
            None::<Uuid>,
            None::<Uuid>,
            None::<String>,
            1_i64,
            false
        ],
    )?;
    rows.only("event")?;
    view(&rows)
}

/// `event.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: EventList) -> Result<EventPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../sql/statements/event_list.sql"),
        arguments![
            call.tenant_id,
            call.actor.event_id,
            call.actor.venue_id,
            request.venue_id,
            page.after,
            request.status.map(|status| status.as_str().to_owned()),
            page.fetch(),
            crate::payment::own_wallet(call).is_some(),
        ],
    )?;
    let (items, next_cursor) = page.cut(rows.collect(view)?, |item| item.event_id);
    Ok(EventPage { items, next_cursor })
}

/// `event.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: EventUpdate) -> Result<EventView> {
    require_event(database, call, request.event_id)?;
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    let description = optional_text("description", request.description.as_deref(), 5_000)?;
    require_prices(request.pass_prices_cents.as_ref(), request.ticket_price_cents)?;
    require_limits(request.entries_max, request.duplicate_window_ms)?;
    require_age(request.age_min)?;
    let capacity = capacity(request.capacity)?;
    if let Some(time_zone) = &request.time_zone {
        require_time_zone(database, time_zone)?;
    }
    change_configuration(database, call)?;
    let mut rows = database.write(
        "SELECT status, capacity, starts_at, ends_at, currency, hold_seconds, hold_seconds_max, payment_seconds \
         FROM admit.event \
         WHERE tenant_id = $1 AND event_id = $2 FOR UPDATE",
        arguments![call.tenant_id, request.event_id],
    )?;
    rows.only("event")?;
    refuse_archived("event", &rows.get::<String>(1)?)?;
    let capacity_before: Option<i32> = rows.optional(2)?;
    require_times(request.starts_at.unwrap_or(rows.get(3)?), request.ends_at.unwrap_or(rows.get(4)?))?;
    for account_id in [request.promoter_account_id, request.organizer_account_id].into_iter().flatten() {
        require_account(database, call, account_id, Some(rows.get::<String>(5)?.parse()?))?;
    }
    let known = (rows.get(6)?, rows.get(7)?, rows.get(8)?);
    let times = SaleTimes::check(request.hold_seconds, request.hold_seconds_max, request.payment_seconds, Some(known))?;
    if let Some(people) = capacity {
        set_places(database, call.tenant_id, request.event_id, capacity_before, capacity, 0)?;
        set_capacity(database, call, request.event_id, i64::from(people))?;
    }
    database.write(
        include_str!("../../sql/statements/event_update.sql"),
        arguments![
            call.tenant_id,
            request.event_id,
            name,
            description,
            request.time_zone.clone(),
            request.starts_at,
            request.ends_at,
            request.requires_pass,
            request.pass_prices_cents.as_ref().map(|prices| json!(prices)),
            request.ticket_price_cents,
            capacity,
            request.reentry_allowed,
            request.entries_max,
            request.exit_scans,
            request.duplicate_window_ms,
            request.promoter_account_id,
            request.status.map(|status| status.as_str().to_owned()),
            call.now,
            request.organizer_account_id,
            request.visibility.map(|visibility| visibility.as_str().to_owned()),
            request.age_min,
            times.hold_seconds,
            times.hold_seconds_max,
            times.payment_seconds,
        ],
    )?;
    let body = serde_json::to_value(&request).unwrap_or_default();
    append(database, call, fact("event.updated", Some(request.event_id), None, without_nulls(body)))?;
    read_one(database, call, request.event_id)
}

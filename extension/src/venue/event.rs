//! Events: when people come in, by which rules, and how many of them.

use std::collections::BTreeMap;

use admit_core::fee::{Action, Component, FeeRule, FeeScope, FeeSet, Payee, Rounding};
use admit_core::ledger::AccountKind;
use admit_core::money::Currency;
use admit_core::venue::{
    EventCreate, EventGet, EventList, EventPage, EventUpdate, EventView, SaleTimes, Status, Visibility, capacity,
    optional_text, required_text,
};
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::place::set_places;
use super::{fact, refuse_archived, require_event, require_time_zone, without_nulls};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::fee::{require_price, rule};
use crate::inventory::pool::set_capacity;
use crate::journal::append;
use crate::ledger::require_account;
use crate::page::Page;
use crate::tenant::change_configuration;

/// An event is at most this long.
const DAYS_MAX: i64 = 400;
/// A pass is for at most this many days.
const PASS_DAYS_MAX: u16 = 366;
/// Duplicate window without one given, in milliseconds.
const DUPLICATE_WINDOW_MS_DEFAULT: i64 = 5_000;
/// Duplicate window at most, in milliseconds.
const DUPLICATE_WINDOW_MS_MAX: i64 = 86_400_000;

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
        include_str!("../../../sql/statements/event_create.sql"),
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

/// The rules that the fee fields stand for; none when no field is given.
fn fee_rules(request: &EventCreate) -> Result<Vec<FeeRule>> {
    let fees = [
        ("entry_fee_cents", request.entry_fee_cents),
        ("venue_reentry_fee_cents", request.venue_reentry_fee_cents),
        ("platform_entry_fee_cents", request.platform_entry_fee_cents),
        ("platform_reentry_fee_cents", request.platform_reentry_fee_cents),
    ];
    for (name, fee) in fees {
        require_price(name, fee.unwrap_or_default())?;
    }
    let percentage = request.platform_fee_percentage;
    let allowed =
        |share: Decimal| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&share) && share.normalize().scale() <= 4;
    if percentage.is_some_and(|share| !allowed(share)) {
        return Err(Error::new(
            ErrorCode::InvalidFee,
            "platform_fee_percentage must be between 0 and 100 and have at most four decimals",
        ));
    }
    let mut rules = Vec::new();
    for (action, venue_fee, platform_fee) in [
        (Action::Entry, request.entry_fee_cents, request.platform_entry_fee_cents),
        (Action::Reentry, request.venue_reentry_fee_cents, request.platform_reentry_fee_cents),
    ] {
        if let Some(fee) = venue_fee {
            rules.push(rule(action, Component::VenueFee, fee, Decimal::ZERO, Payee::Venue));
        }
        if platform_fee.is_some() || percentage.is_some() {
            let (fee, share) = (platform_fee.unwrap_or_default(), percentage.unwrap_or_default());
            rules.push(rule(action, Component::PlatformFee, fee, share, Payee::Platform));
        }
    }
    if let Some(share) = percentage {
        let sales = [Action::Concession, Action::Merchandise, Action::General];
        rules.extend(sales.map(|action| rule(action, Component::PlatformFee, 0, share, Payee::Platform)));
    }
    Ok(rules)
}

fn require_times(starts_at: Timestamp, ends_at: Timestamp) -> Result<()> {
    let length = ends_at.duration_since(starts_at);
    if length > SignedDuration::ZERO && length <= SignedDuration::from_hours(24 * DAYS_MAX) {
        return Ok(());
    }
    Err(Error::invalid(format!("ends_at must be later than starts_at, by at most {DAYS_MAX} days")))
}

fn require_prices(pass_prices: Option<&BTreeMap<String, i64>>, ticket_price: Option<i64>) -> Result<()> {
    for (days, price) in pass_prices.into_iter().flatten() {
        // Written in one way only, so that no number of days has two prices.
        let known = days
            .parse::<u16>()
            .is_ok_and(|number| (1..=PASS_DAYS_MAX).contains(&number) && number.to_string() == *days);
        if !known {
            return Err(Error::invalid(format!(
                "pass_prices_cents must have numbers of days from 1 to {PASS_DAYS_MAX} as names"
            )));
        }
        require_price("pass_prices_cents", *price)?;
    }
    require_price("ticket_price_cents", ticket_price.unwrap_or_default())
}

fn require_limits(entries_max: Option<i32>, duplicate_window_ms: Option<i64>) -> Result<()> {
    if entries_max.is_some_and(|entries| entries < 1) {
        return Err(Error::invalid("entries_max must be at least 1"));
    }
    if duplicate_window_ms.is_some_and(|window| !(0..=DUPLICATE_WINDOW_MS_MAX).contains(&window)) {
        return Err(Error::invalid(format!("duplicate_window_ms must be between 0 and {DUPLICATE_WINDOW_MS_MAX}")));
    }
    Ok(())
}

fn require_age(age_min: Option<i32>) -> Result<()> {
    if age_min.is_some_and(|years| !(0..=150).contains(&years)) {
        return Err(Error::invalid("age_min must be between 0 and 150 years"));
    }
    Ok(())
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
        include_str!("../../../sql/statements/event_list.sql"),
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
        include_str!("../../../sql/statements/event_list.sql"),
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
        include_str!("../../../sql/statements/event_update.sql"),
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

//! Ticket types: made, changed and shown.

use admit_core::inventory::{
    EventTime, Offer, SHARED_POOLS_MAX, TicketTypeCreate, TicketTypeGet, TicketTypeList, TicketTypePage,
    TicketTypeUpdate, TicketTypeView, pool_total, purchase_limits, seat_areas,
};
use admit_core::venue::{Status, optional_text, required_text};
use admit_core::zone::zone_names;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{bucket, pool, price};
use crate::call::{Call, new_id};
use crate::database::{Database, Rows, arguments};
use crate::fee::require_price;
use crate::journal::append;
use crate::payment::own_wallet;
use crate::tenant::change_configuration;
use crate::venue::{fact, refuse_archived, require_event, without_nulls};

/// Ticket types of one event, archived ones included: they are listed without pages.
const TYPES_MAX: i64 = 200;

/// `ticket_type.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: TicketTypeCreate) -> Result<TicketTypeView> {
    let event_id = request.event_id;
    require_event(database, call, event_id)?;
    let name = required_text("name", &request.name, 200)?;
    let description = optional_text("description", request.description.as_deref(), 5_000)?;
    require_price("price_cents", request.price_cents.unwrap_or_default())?;
    purchase_limits(request.order_max, request.wallet_max)?;
    let total = request.total.map(pool_total).transpose()?;
    let zones = zone_names("zones", request.zones.unwrap_or_default())?;
    if request.pass_days.is_some_and(|days| !(1..=366).contains(&days)) {
        return Err(Error::invalid("pass_days must be between 1 and 366"));
    }
    change_configuration(database, call)?;
    pool::require_usable_event(database, call, event_id)?;
    require_room(database, call, event_id)?;
    let price_cents = match request.price_cents {
        Some(price_cents) => price_cents,
        None => price::of_event(database, call, event_id, request.pass_days)?,
    };
    let seat_areas = known_areas(database, call, event_id, request.seat_areas.unwrap_or_default())?;
    let times = Times::resolve(
        database,
        call,
        event_id,
        [request.sale_starts_at, request.sale_ends_at, request.valid_from, request.valid_until],
    )?;
    times.require_order([None; 4])?;
    let ticket_type_id = new_id(call.now)?;
    let [sale_starts_at, sale_ends_at, valid_from, valid_until] = times.0;
    database.write(
        include_str!("../../../sql/statements/ticket_type_create.sql"),
        arguments![
            call.tenant_id,
            ticket_type_id,
            event_id,
            name.as_str(),
            description,
            price_cents,
            request.order_max.unwrap_or(10),
            request.wallet_max,
            sale_starts_at,
            sale_ends_at,
            request.offer.unwrap_or(Offer::Public).as_str(),
            zones,
            valid_from,
            valid_until,
            request.pass_days,
            seat_areas,
            call.now,
        ],
    )?;
    bucket::create_pool(database, call.tenant_id, ticket_type_id, event_id, "ticket_type", &name, total, call.now)?;
    link_pools(database, call, event_id, ticket_type_id, request.pool_ids.unwrap_or_default())?;
    let body = json!({
        "name": name, "pass_days": request.pass_days, "price_cents": price_cents,
        "ticket_type_id": ticket_type_id, "total": total,
    });
    append(database, call, fact("ticket_type.created", Some(event_id), None, without_nulls(body)))?;
    read_one(database, call, ticket_type_id)
}

fn require_room(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<()> {
    let mut rows = database.read(
        "SELECT count(*) FROM admit.ticket_type WHERE tenant_id = $1 AND event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    rows.only("answer")?;
    if rows.get::<i64>(1)? < TYPES_MAX {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::LimitExceeded,
        format!("an event has at most {TYPES_MAX} ticket types: change one of them instead"),
    ))
}

/// Areas that the event's layout has, each once. The tenant's row is locked, so the layout stays.
fn known_areas(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    asked: Vec<String>,
) -> Result<Vec<String>> {
    if asked.is_empty() {
        return Ok(asked);
    }
    let mut rows = database.read(
        "SELECT l.areas FROM admit.seating AS s \
         JOIN admit.seat_layout AS l ON l.tenant_id = s.tenant_id AND l.layout_id = s.layout_id \
         WHERE s.tenant_id = $1 AND s.event_id = $2",
        arguments![call.tenant_id, event_id],
    )?;
    if !rows.next() {
        return Err(Error::new(ErrorCode::Conflict, "the event has no seats: seat it with seating.set first"));
    }
    seat_areas(asked, &rows.get::<Vec<String>>(1)?)
}

/// Ties a type to its own pool, the shared ones and the event's, if that has a capacity.
fn link_pools(
    database: &mut Database<'_, '_>,
    call: &Call,
    event_id: Uuid,
    ticket_type_id: Uuid,
    shared: Vec<Uuid>,
) -> Result<()> {
    if shared.len() > SHARED_POOLS_MAX {
        return Err(Error::invalid(format!("pool_ids must have at most {SHARED_POOLS_MAX} pools")));
    }
    let asked = shared.len();
    let linked = database.write(
        "INSERT INTO admit.ticket_type_pool (tenant_id, ticket_type_id, pool_id) \
         SELECT $1, $2, p.pool_id FROM admit.pool AS p WHERE p.tenant_id = $1 AND p.event_id = $3 \
         AND (p.pool_id = ANY ($4) AND p.kind = 'shared' OR p.pool_id IN ($2, $3)) RETURNING pool_id",
        arguments![call.tenant_id, ticket_type_id, event_id, shared],
    )?;
    let own = [ticket_type_id, event_id];
    let found = linked.collect(|row| row.get::<Uuid>(1))?.iter().filter(|pool_id| !own.contains(pool_id)).count();
    if found == asked { Ok(()) } else { Err(Error::not_found("shared pool of this event")) }
}

/// The four times of a ticket type: sale from and until, validity from and until.
struct Times([Option<Timestamp>; 4]);

impl Times {
    /// Local times become instants in the event's time zone, as Postgres knows it.
    fn resolve(
        database: &mut Database<'_, '_>,
        call: &Call,
        event_id: Uuid,
        asked: [Option<EventTime>; 4],
    ) -> Result<Self> {
        let mut times = [None; 4];
        for (time, asked) in times.iter_mut().zip(asked) {
            *time = match asked {
                None => None,
                Some(EventTime::Instant(instant)) => Some(instant),
                Some(EventTime::Local(local)) => {
                    let mut rows = database.read(
                        "SELECT $3::text::timestamp AT TIME ZONE time_zone FROM admit.event \
                         WHERE tenant_id = $1 AND event_id = $2",
                        arguments![call.tenant_id, event_id, local.to_string()],
                    )?;
                    rows.only("event")?;
                    Some(rows.get(1)?)
                }
            };
        }
        Ok(Self(times))
    }

    /// Refuses ends that are not later than their beginnings, with what is known for what is absent.
    fn require_order(&self, known: [Option<Timestamp>; 4]) -> Result<()> {
        let time = |index: usize| self.0[index].or(known[index]);
        for (first, name) in
            [(0, "sale_ends_at must be later than sale_starts_at"), (2, "valid_until must be later than valid_from")]
        {
            if time(first).zip(time(first + 1)).is_some_and(|(from, until)| from >= until) {
                return Err(Error::invalid(name));
            }
        }
        Ok(())
    }
}

/// `ticket_type.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: TicketTypeUpdate) -> Result<TicketTypeView> {
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    let description = optional_text("description", request.description.as_deref(), 5_000)?;
    require_price("price_cents", request.price_cents.unwrap_or_default())?;
    purchase_limits(request.order_max, request.wallet_max)?;
    let total = request.total.map(pool_total).transpose()?;
    let zones = request.zones.clone().map(|zones| zone_names("zones", zones)).transpose()?;
    change_configuration(database, call)?;
    let event_id = require_changeable(database, call, &request)?;
    let mut rows = database.read(
        "SELECT sale_starts_at, sale_ends_at, valid_from, valid_until FROM admit.ticket_type \
         WHERE tenant_id = $1 AND ticket_type_id = $2",
        arguments![call.tenant_id, request.ticket_type_id],
    )?;
    rows.only("ticket type")?;
    let known = [rows.optional(1)?, rows.optional(2)?, rows.optional(3)?, rows.optional(4)?];
    let times = Times::resolve(
        database,
        call,
        event_id,
        [request.sale_starts_at, request.sale_ends_at, request.valid_from, request.valid_until],
    )?;
    times.require_order(known)?;
    if let Some(total) = total {
        pool::resize(database, call, request.ticket_type_id, total)?;
    }
    let [sale_starts_at, sale_ends_at, valid_from, valid_until] = times.0;
    database.write(
        include_str!("../../../sql/statements/ticket_type_update.sql"),
        arguments![
            call.tenant_id,
            request.ticket_type_id,
            name,
            description,
            request.price_cents,
            request.order_max,
            request.wallet_max,
            sale_starts_at,
            sale_ends_at,
            request.offer.map(|offer| offer.as_str().to_owned()),
            zones,
            valid_from,
            valid_until,
            request.status.map(|status| status.as_str().to_owned()),
            call.now,
        ],
    )?;
    let body = serde_json::to_value(&request).unwrap_or_default();
    append(database, call, fact("ticket_type.updated", Some(event_id), None, without_nulls(body)))?;
    read_one(database, call, request.ticket_type_id)
}

/// Refuses a type that is archived or not the caller's, and a first limit for wallets that may have
/// bought already; gives the event.
fn require_changeable(database: &mut Database<'_, '_>, call: &Call, request: &TicketTypeUpdate) -> Result<Uuid> {
    let mut rows = database.write(
        "SELECT event_id, status, wallet_max FROM admit.ticket_type \
         WHERE tenant_id = $1 AND ticket_type_id = $2 FOR UPDATE",
        arguments![call.tenant_id, request.ticket_type_id],
    )?;
    rows.only("ticket type")?;
    let event_id: Uuid = rows.get(1)?;
    require_event(database, call, event_id).map_err(|_| Error::not_found("ticket type"))?;
    let status: String = rows.get(2)?;
    if status == Status::Archived.as_str() {
        refuse_archived("ticket type", &status)?;
    }
    if request.wallet_max.is_some() && rows.optional::<i32>(3)?.is_none() {
        return Err(Error::new(
            ErrorCode::Conflict,
            "the type was made without wallet_max, so nobody's tickets were counted: make a new type",
        ));
    }
    Ok(event_id)
}

fn view(row: &Rows<'_>) -> Result<TicketTypeView> {
    Ok(TicketTypeView {
        ticket_type_id: row.get(1)?,
        event_id: row.get(2)?,
        name: row.get(3)?,
        description: row.optional(4)?,
        price_cents: row.get(5)?,
        fees_cents: None,
        tax_cents: None,
        currency: row.get(6)?,
        total: row.optional(7)?,
        held: row.get(8)?,
        sold: row.get(9)?,
        available: row.optional(10)?,
        pool_ids: row.get(11)?,
        order_max: row.get(12)?,
        wallet_max: row.optional(13)?,
        sale_starts_at: row.optional(14)?,
        sale_ends_at: row.get(15)?,
        on_sale: row.get(16)?,
        offer: row.get(17)?,
        zones: row.get(18)?,
        valid_from: row.optional(19)?,
        valid_until: row.optional(20)?,
        pass_days: row.optional(21)?,
        seat_areas: row.get(22)?,
        status: row.get(23)?,
        created_at: row.get(24)?,
        updated_at: row.get(25)?,
    })
}

/// Whether guests are offered a listed type at all: what they are not, they neither see nor buy.
fn is_offered(row: &Rows<'_>) -> Result<bool> {
    Ok(row.get::<String>(17)? != Offer::Staff.as_str() && !row.get::<bool>(26)?)
}

fn read_one(database: &mut Database<'_, '_>, call: &Call, ticket_type_id: Uuid) -> Result<TicketTypeView> {
    let mut rows = database.read(
        include_str!("../../../sql/statements/ticket_type_list.sql"),
        arguments![call.tenant_id, Some(ticket_type_id), None::<Uuid>, call.now],
    )?;
    rows.only("ticket type")?;
    if own_wallet(call).is_some() && !is_offered(&rows)? {
        return Err(Error::not_found("ticket type"));
    }
    let mut found = view(&rows)?;
    price::add_fees(database, call, found.event_id, std::slice::from_mut(&mut found))?;
    Ok(found)
}

/// `ticket_type.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: TicketTypeGet) -> Result<TicketTypeView> {
    let found = read_one(database, call, request.ticket_type_id)?;
    require_event(database, call, found.event_id).map_err(|_| Error::not_found("ticket type"))?;
    Ok(found)
}

/// `ticket_type.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: TicketTypeList) -> Result<TicketTypePage> {
    require_event(database, call, request.event_id)?;
    let rows = database.read(
        include_str!("../../../sql/statements/ticket_type_list.sql"),
        arguments![call.tenant_id, None::<Uuid>, Some(request.event_id), call.now],
    )?;
    let found = rows.collect(|row| Ok((view(row)?, is_offered(row)?)))?;
    // Guests see what they are offered and need not know the id of.
    let guest = own_wallet(call).is_some();
    let shown = |item: &TicketTypeView, offered: bool| {
        !guest || offered && item.offer == Offer::Public.as_str() && item.status == Status::Active.as_str()
    };
    let shown = found.into_iter().filter(|(item, offered)| shown(item, *offered));
    let mut items: Vec<_> = shown.map(|(item, _)| item).collect();
    price::add_fees(database, call, request.event_id, &mut items)?;
    Ok(TicketTypePage { items })
}

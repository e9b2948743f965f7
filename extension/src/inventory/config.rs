//! What a sale at an event looks at, read once a backend and kept until the tenant's revision
//! changes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use admit_core::event::{EventStatus, Visibility};
use admit_core::fee::{EffectiveFees, FeeSchedule, PayeeAccounts};
use admit_core::inventory::{SaleEvent, SaleType};
use admit_core::ledger::AccountKind;
use admit_core::money::Currency;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::ledger::tenant_account;
use crate::scan::config::current_revision;

/// A kept configuration.
pub struct SaleConfig {
    /// The tenant's revision it belongs to.
    revision: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Its venue.
    pub venue_id: Uuid,
    /// Whether and until when the event sells.
    pub event: SaleEvent,
    /// The event's currency.
    pub currency: Currency,
    /// How long a hold lives, in seconds.
    pub hold_seconds: i64,
    /// How long a hold lives with its extensions, in seconds.
    pub hold_seconds_max: i64,
    /// How long an unpaid order keeps its places, in seconds.
    pub payment_seconds: i64,
    /// The fees of sales.
    pub fees: EffectiveFees,
    /// The accounts behind the payees.
    pub accounts: PayeeAccounts,
    /// Number of the key that signs receipts.
    pub receipt_key: i32,
    /// Number of the key that makes ticket codes.
    pub ticket_key: i32,
    /// Whether buyers have to queue.
    pub waiting_room: bool,
    /// By which layout it is seated, if it is.
    pub seating: Option<Seating>,
    /// The event's ticket types, by id.
    pub types: Vec<SaleType>,
}

/// How an event is seated.
#[derive(Debug, Clone, Copy)]
pub struct Seating {
    /// The layout.
    pub layout_id: Uuid,
    /// Whether buyers may leave a single free seat though they need not.
    pub single_seats: bool,
}

impl SaleConfig {
    /// How the event is seated.
    ///
    /// # Errors
    /// `internal`: a type with seats needs a seated event.
    pub fn seating(&self) -> Result<&Seating> {
        self.seating.as_ref().ok_or_else(|| Error::new(ErrorCode::Internal, "a type with seats has no seated event"))
    }

    /// The tenant's revision that it belongs to.
    pub fn revision(&self) -> Uuid {
        self.revision
    }

    /// Whether a ticket type has seats.
    pub fn is_seated(&self, ticket_type_id: Uuid) -> bool {
        self.ticket_type(ticket_type_id).is_ok_and(|ticket_type| !ticket_type.seat_areas.is_empty())
    }

    /// A ticket type of the event.
    ///
    /// # Errors
    /// `not_found` for one of another event: an order is for one event.
    pub fn ticket_type(&self, ticket_type_id: Uuid) -> Result<&SaleType> {
        let found = self.types.binary_search_by_key(&ticket_type_id, |known| known.ticket_type_id);
        found.map(|index| &self.types[index]).map_err(|_| Error::not_found("ticket type of this event"))
    }
}

/// More configurations than this are not kept; the cache starts again.
const KEPT_MAX: usize = 1024;

thread_local! {
    static KEPT: RefCell<HashMap<(i32, Uuid), Rc<SaleConfig>>> = RefCell::default();
    /// The events of ticket types, which never change.
    static EVENTS: RefCell<HashMap<(i32, Uuid), Uuid>> = RefCell::default();
}

/// The event of a ticket type.
///
/// # Errors
/// `not_found`
pub fn event_of(database: &mut Database<'_, '_>, call: &Call, ticket_type_id: Uuid) -> Result<Uuid> {
    let key = (call.tenant_id, ticket_type_id);
    if let Some(event_id) = EVENTS.with_borrow(|events| events.get(&key).copied()) {
        return Ok(event_id);
    }
    let mut rows = database.point_read(
        "SELECT event_id, created_at < pg_catalog.transaction_timestamp() FROM admit.ticket_type \
         WHERE tenant_id = $1 AND ticket_type_id = $2",
        arguments![call.tenant_id, ticket_type_id],
    )?;
    rows.only("ticket type")?;
    let event_id = rows.get(1)?;
    // One that this transaction made may be rolled back.
    if rows.get::<bool>(2)? {
        EVENTS.with_borrow_mut(|events| {
            if events.len() >= KEPT_MAX * 16 {
                events.clear();
            }
            events.insert(key, event_id);
        });
    }
    Ok(event_id)
}

/// What is kept of an event, of whatever revision it is.
pub fn kept(tenant_id: i32, event_id: Uuid) -> Option<Rc<SaleConfig>> {
    KEPT.with_borrow(|kept| kept.get(&(tenant_id, event_id)).cloned())
}

/// The configuration as of `revision`, which the caller read in its own snapshot.
pub fn load(database: &mut Database<'_, '_>, call: &Call, revision: Uuid, event_id: Uuid) -> Result<Rc<SaleConfig>> {
    if let Some(kept) = kept(call.tenant_id, event_id).filter(|kept| kept.revision == revision) {
        return Ok(kept);
    }
    let config = Rc::new(read(database, call, event_id, revision)?);
    // A change may have been committed between the two statements: then it is used, but not kept.
    if current_revision(database, call.tenant_id)? == revision {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert((call.tenant_id, event_id), Rc::clone(&config));
        });
    }
    Ok(config)
}

/// The configuration as it is now.
pub fn now(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<Rc<SaleConfig>> {
    let revision = current_revision(database, call.tenant_id)?;
    load(database, call, revision, event_id)
}

fn read(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, revision: Uuid) -> Result<SaleConfig> {
    let mut rows =
        database.read(include_str!("../../../sql/statements/sale_config.sql"), arguments![call.tenant_id, event_id])?;
    rows.only("event")?;
    let currency: Currency = rows.get::<String>(2)?.parse()?;
    let venue: Uuid = rows.get(11)?;
    let unreadable = |what: &str| Error::new(ErrorCode::Internal, format!("a stored {what} cannot be read"));
    let schedules: Vec<FeeSchedule> = serde_json::from_value(rows.get(14)?).map_err(|_| unreadable("fee schedule"))?;
    let accounts = PayeeAccounts {
        platform: tenant_account(call.tenant_id, AccountKind::Platform, currency),
        pool: tenant_account(call.tenant_id, AccountKind::Pool, currency),
        venue,
        vendor: venue,
        promoter: rows.optional(9)?.unwrap_or(venue),
        organizer: rows.optional(10)?.unwrap_or(venue),
    };
    let config = SaleConfig {
        revision,
        event_id,
        venue_id: rows.get(1)?,
        event: SaleEvent {
            status: EventStatus::from_word(&rows.get::<String>(3)?).ok_or_else(|| unreadable("status"))?,
            visibility: Visibility::from_word(&rows.get::<String>(4)?).ok_or_else(|| unreadable("visibility"))?,
            ends_at: rows.get(5)?,
        },
        currency,
        hold_seconds: i64::from(rows.get::<i32>(6)?),
        hold_seconds_max: i64::from(rows.get::<i32>(7)?),
        payment_seconds: i64::from(rows.get::<i32>(8)?),
        fees: EffectiveFees::resolve(schedules),
        accounts,
        receipt_key: rows.get(12)?,
        ticket_key: rows.get(13)?,
        types: serde_json::from_value(rows.get(15)?).map_err(|_| unreadable("ticket type"))?,
        waiting_room: rows.get(16)?,
        seating: rows
            .optional(17)?
            .map(|layout_id| Ok::<_, Error>(Seating { layout_id, single_seats: rows.get(18)? }))
            .transpose()?,
    };
    for account in config.fees.named_accounts() {
        crate::ledger::require_account(database, call, account, Some(currency))?;
    }
    Ok(config)
}

//! Reserving places: from one bucket alone while there is plenty, else over all of them.

mod all;
mod quota;

pub use all::{lock_with, merge};

use std::rc::Rc;

use admit_core::inventory::bucket::{Allocation, plenty};
use admit_core::inventory::{HoldLine, SalePool};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use uuid::Uuid;

use all::take_from_all;
use quota::{count_quotas, within_quotas};

use super::config::{self, SaleConfig};
use super::hold::{self, Hold};
use super::seat::{self, Picked};
use super::waiting;
use crate::call::Call;
use crate::database::{Database, arguments};

/// Expired holds that one reservation gives back at most.
pub(super) const EXPIRED_MAX: i64 = 200;

/// What is to be reserved.
pub struct Ask<'a> {
    /// The hold's id.
    pub hold_id: Uuid,
    /// The order that takes it over at once.
    pub order_id: Option<Uuid>,
    /// The buyer's wallet.
    pub wallet_id: Uuid,
    /// Whether staff sells.
    pub staff: bool,
    /// Ticket types and quantities, sorted by type.
    pub lines: &'a [HoldLine],
    /// Whether fewer will do.
    pub partial: bool,
    /// Fingerprint of the request.
    pub digest: i64,
}

/// What came of it.
pub enum Reserved {
    /// A new hold.
    New(Hold, Rc<SaleConfig>),
    /// The hold of an earlier request with this id.
    Earlier(Hold),
}

/// What the load statement found.
struct Loaded {
    revision: Uuid,
    wallet_known: bool,
    /// The venue and event that the wallet was last opened for.
    wallet_place: (Option<Uuid>, Option<Uuid>),
    earlier_digest: Option<i64>,
    available: Vec<i64>,
}

/// The pools of a reservation, by id, each with what is needed of it.
pub(super) type Needs = Vec<(SalePool, i64)>;

/// Reserves places for a buyer.
///
/// # Errors
/// `sold_out` with what is left, `not_on_sale`, `limit_exceeded`, `not_found`, `nonce_reused`.
pub fn reserve(database: &mut Database<'_, '_>, call: &Call, ask: &Ask<'_>) -> Result<Reserved> {
    let first = ask.lines.first().ok_or_else(|| Error::invalid("lines must not be empty"))?;
    let event_id = config::event_of(database, call, first.ticket_type_id)?;
    let kept = config::kept(call.tenant_id, event_id);
    if let Some(config) = &kept
        && let Some(hold) = take_at_once(database, call, ask, config)?
    {
        return Ok(Reserved::New(hold, Rc::clone(config)));
    }
    let mut needs = kept.as_deref().and_then(|config| needs(config, ask.lines).ok()).unwrap_or_default();
    let mut loaded = load(database, call, ask, &needs)?;
    if let Some(earlier) = loaded.earlier_digest {
        return earlier_hold(database, call, ask, earlier);
    }
    let config = config::load(database, call, loaded.revision, event_id)?;
    if kept.is_none_or(|kept| !Rc::ptr_eq(&kept, &config)) {
        needs = self::needs(&config, ask.lines)?;
        loaded = load(database, call, ask, &needs)?;
    }
    if !loaded.wallet_known {
        return Err(Error::not_found("wallet"));
    }
    if ask.staff {
        call.require_scope("wallet", loaded.wallet_place.0, loaded.wallet_place.1)?;
    }
    require_on_sale(call, ask, &config)?;
    if config.waiting_room && !ask.staff {
        waiting::require_admitted(database, call, event_id, ask.wallet_id)?;
    }
    let seated = ask.lines.iter().any(|line| config.is_seated(line.ticket_type_id));
    // Seats of holds whose time is over are free, and fewer seats than asked for mean fewer places.
    let all = seated && (ask.partial || any_expired(database, call, event_id)?);
    let enough = !all
        && loaded.available.len() == needs.len()
        && loaded.available.iter().zip(&needs).all(|(available, (_, quantity))| *available >= plenty(*quantity));
    let within = within_quotas(database, call, &config, ask)?;
    let mut taken = Vec::new();
    if enough && within {
        let mut hold = new_hold(call, ask, &config, ask.lines, allocations(&needs));
        if take_own(database, call, &config, ask, &mut hold, &needs, &mut taken)? {
            count_quotas(database, call, &config, &hold)?;
            return Ok(Reserved::New(hold, config));
        }
    }
    let hold = take_from_all(database, call, ask, &config, &needs, &taken)?;
    Ok(Reserved::New(hold, config))
}

fn load(database: &mut Database<'_, '_>, call: &Call, ask: &Ask<'_>, needs: &Needs) -> Result<Loaded> {
    let pools: Vec<Uuid> = needs.iter().map(|(pool, _)| pool.pool_id).collect();
    let numbers: Vec<i16> = needs.iter().map(|(pool, _)| own_number(pool)).collect();
    let mut rows = database.point_read(
        include_str!("../../../sql/statements/hold_load.sql"),
        arguments![call.tenant_id, ask.wallet_id, ask.hold_id, pools, numbers],
    )?;
    rows.only("tenant")?;
    Ok(Loaded {
        revision: rows.get(1)?,
        wallet_known: rows.optional::<Uuid>(2)?.is_some(),
        wallet_place: (rows.optional(5)?, rows.optional(6)?),
        earlier_digest: rows.optional(3)?,
        available: rows.optional(4)?.unwrap_or_default(),
    })
}

/// Refuses what is out of the credential's scope or not on sale.
fn require_on_sale(call: &Call, ask: &Ask<'_>, config: &SaleConfig) -> Result<()> {
    call.require_scope("ticket type", Some(config.venue_id), Some(config.event_id))?;
    for line in ask.lines {
        let ticket_type = config.ticket_type(line.ticket_type_id)?;
        ticket_type.require_on_sale(&config.event, call.now, line.quantity, ask.staff)?;
    }
    Ok(())
}

/// The usual case in one statement: one pool, no limit a wallet, plenty of places, and nothing changed
/// since the configuration was read. None when it is another case, which is then looked into.
fn take_at_once(
    database: &mut Database<'_, '_>,
    call: &Call,
    ask: &Ask<'_>,
    config: &SaleConfig,
) -> Result<Option<Hold>> {
    let queues = config.waiting_room && !ask.staff;
    let bound = call.require_whole_tenant("ticket type").is_err();
    if queues || bound || ask.order_id.is_some() || require_on_sale(call, ask, config).is_err() {
        return Ok(None);
    }
    if ask
        .lines
        .iter()
        .any(|line| config.is_seated(line.ticket_type_id) || line.seats.is_some() || line.seat_wish.is_some())
    {
        return Ok(None);
    }
    let needs = needs(config, ask.lines)?;
    let [(pool, _)] = needs[..] else { return Ok(None) };
    let hold = new_hold(call, ask, config, ask.lines, allocations(&needs));
    if hold.limited {
        return Ok(None);
    }
    let stored = hold::store_taking(database, call.tenant_id, &hold, pool.generation, config.revision())?;
    Ok(stored.then_some(hold))
}

fn earlier_hold(database: &mut Database<'_, '_>, call: &Call, ask: &Ask<'_>, digest: i64) -> Result<Reserved> {
    if digest != ask.digest {
        return Err(Error::new(
            ErrorCode::NonceReused,
            "the id belongs to another request: use a new one for each hold and order",
        ));
    }
    Ok(Reserved::Earlier(hold::lock_own(database, call, ask.hold_id)?))
}

pub(super) fn needs(config: &SaleConfig, lines: &[HoldLine]) -> Result<Needs> {
    let mut needs: Needs = Vec::new();
    for line in lines {
        for pool in &config.ticket_type(line.ticket_type_id)?.pools {
            match needs.iter_mut().find(|(known, _)| known.pool_id == pool.pool_id) {
                Some((_, quantity)) => *quantity += i64::from(line.quantity),
                None => needs.push((*pool, i64::from(line.quantity))),
            }
        }
    }
    needs.sort_by_key(|(pool, _)| pool.pool_id);
    Ok(needs)
}

/// This backend's bucket of a pool.
fn own_number(pool: &SalePool) -> i16 {
    i16::try_from(crate::scan::backend_number().rem_euclid(i32::from(pool.buckets.max(1)))).unwrap_or_default()
}

fn allocations(needs: &Needs) -> Vec<Allocation> {
    let own = |(pool, quantity): &(SalePool, i64)| Allocation {
        pool_id: pool.pool_id,
        number: own_number(pool),
        quantity: *quantity,
    };
    needs.iter().map(own).collect()
}

fn new_hold(
    call: &Call,
    ask: &Ask<'_>,
    config: &SaleConfig,
    lines: &[HoldLine],
    mut allocations: Vec<Allocation>,
) -> Hold {
    allocations.sort_by_key(|allocation| (allocation.pool_id, allocation.number));
    let seconds = if ask.order_id.is_some() { config.payment_seconds } else { config.hold_seconds };
    let limited = |line: &HoldLine| {
        config.ticket_type(line.ticket_type_id).is_ok_and(|ticket_type| ticket_type.wallet_max.is_some())
    };
    Hold {
        hold_id: ask.hold_id,
        event_id: config.event_id,
        wallet_id: ask.wallet_id,
        order_id: ask.order_id,
        state: hold::state_of(ask.order_id),
        limited: lines.iter().any(limited),
        expires_at: call.now + SignedDuration::from_secs(seconds),
        created_at: call.now,
        digest: ask.digest,
        lines: lines.iter().map(|line| (line.ticket_type_id, line.quantity)).collect(),
        allocations,
        unit_seats: Vec::new(),
    }
}

/// Takes from this backend's own buckets and stores the hold; false when one of them has too few,
/// with what was taken until then.
fn take_own(
    database: &mut Database<'_, '_>,
    call: &Call,
    config: &SaleConfig,
    ask: &Ask<'_>,
    hold: &mut Hold,
    needs: &Needs,
    taken: &mut Vec<Allocation>,
) -> Result<bool> {
    for (allocation, (pool, _)) in hold.allocations.iter().zip(needs) {
        let Allocation { pool_id, number, quantity } = *allocation;
        let rows = database.point(
            include_str!("../../../sql/statements/bucket_take.sql"),
            arguments![call.tenant_id, pool_id, number, quantity, pool.generation],
        )?;
        if rows.is_empty() {
            return Ok(false);
        }
        taken.push(*allocation);
    }
    let mut picked = seat::take_picked(database, call, config, ask.hold_id, ask.lines)?;
    let mut unit_seats = Vec::new();
    for line in ask.lines {
        unit_seats.extend(take_seats(database, call, config, ask, line, &mut picked)?);
    }
    hold.unit_seats = only_if_any(unit_seats);
    hold::store(database, call.tenant_id, hold)?;
    Ok(true)
}

/// The seat of each ticket of a line: those picked for it, the best, or none for a type without seats.
fn take_seats(
    database: &mut Database<'_, '_>,
    call: &Call,
    config: &SaleConfig,
    ask: &Ask<'_>,
    line: &HoldLine,
    picked: &mut Picked,
) -> Result<Vec<Option<i32>>> {
    if let Some(seats) = picked.remove(&line.ticket_type_id) {
        return Ok(seats.into_iter().map(Some).collect());
    }
    if config.is_seated(line.ticket_type_id) {
        let seats = seat::take_best(database, call, config, ask.hold_id, line, ask.partial)?;
        return Ok(seats.into_iter().map(Some).collect());
    }
    if line.seats.is_some() || line.seat_wish.is_some() {
        let name = &config.ticket_type(line.ticket_type_id)?.name;
        return Err(Error::invalid(format!("{name} has no seats: leave seats and seat_wish out")));
    }
    Ok(vec![None; usize::try_from(line.quantity).unwrap_or_default()])
}

/// A hold without any seat keeps no list of them.
fn only_if_any(unit_seats: Vec<Option<i32>>) -> Vec<Option<i32>> {
    if unit_seats.iter().any(Option::is_some) { unit_seats } else { Vec::new() }
}

/// Whether the time of a hold of the event is over.
fn any_expired(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid) -> Result<bool> {
    let rows = database.point_read(
        "SELECT 1 FROM admit.hold WHERE tenant_id = $1 AND event_id = $2 AND state IN ('open', 'ordered') \
         AND expires_at <= $3 LIMIT 1",
        arguments![call.tenant_id, event_id, call.now],
    )?;
    Ok(!rows.is_empty())
}

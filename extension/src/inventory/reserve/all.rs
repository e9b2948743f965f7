//! The long way: all buckets of the pools are locked and looked through.

use std::collections::HashMap;

use admit_core::inventory::bucket::{self as places, Allocation, Bucket};
use admit_core::inventory::{HoldLine, SalePool};
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use super::quota::count_quotas;
use super::{Ask, EXPIRED_MAX, Needs, any_expired, new_hold, only_if_any, take_seats};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::inventory::config::SaleConfig;
use crate::inventory::hold::{self, Hold};
use crate::inventory::{bucket, seat};

/// Looks through all buckets, and takes the places of holds whose time is over.
pub fn take_from_all(
    database: &mut Database<'_, '_>,
    call: &Call,
    ask: &Ask<'_>,
    config: &SaleConfig,
    needs: &Needs,
    taken: &[Allocation],
) -> Result<Hold> {
    if taken.is_empty() && !ask.partial {
        refuse_sold_out(database, call, config, ask.lines, needs)?;
    }
    let expired = crate::order::end_expired(database, call, config.event_id, ask.wallet_id, EXPIRED_MAX)?;
    let (before, mut buckets) = lock_with(database, call, needs, &expired)?;
    places::release(&mut buckets, taken);
    seat::free(database, call.tenant_id, &expired)?;
    let mut picked = seat::take_picked(database, call, config, ask.hold_id, ask.lines)?;
    let mut lines = Vec::new();
    let mut allocations = Vec::new();
    let mut unit_seats = Vec::new();
    for line in ask.lines {
        let ticket_type = config.ticket_type(line.ticket_type_id)?;
        let of = |pool: &SalePool| places::available(&buckets, pool.pool_id);
        let left = ticket_type.pools.iter().map(of).min().unwrap_or(0);
        let asked = i64::from(line.quantity);
        // Whoever names seats wants these: fewer of them are none.
        if left < asked && (!ask.partial || picked.contains_key(&line.ticket_type_id)) {
            return Err(none_left(database, call, config.event_id, sold_out(&ticket_type.name, left))?);
        }
        let mut quantity = asked.min(left);
        if quantity > 0 {
            let line = HoldLine { quantity: i32::try_from(quantity).unwrap_or(line.quantity), ..line.clone() };
            let seats = take_seats(database, call, config, ask, &line, &mut picked)?;
            quantity = i64::try_from(seats.len()).unwrap_or(quantity);
            unit_seats.extend(seats);
        }
        if quantity > 0 {
            for pool in &ticket_type.pools {
                merge(&mut allocations, places::hold(&mut buckets, pool.pool_id, quantity));
            }
            let quantity = i32::try_from(quantity).unwrap_or(line.quantity);
            lines.push(HoldLine::of(line.ticket_type_id, quantity));
        }
    }
    if lines.is_empty() {
        let none = Error::new(ErrorCode::SoldOut, "none of it is left");
        return Err(none_left(database, call, config.event_id, none)?);
    }
    bucket::store(database, call.tenant_id, &before, &buckets)?;
    hold::give_quotas(database, call.tenant_id, &expired)?;
    let mut hold = new_hold(call, ask, config, &lines, allocations);
    hold.unit_seats = only_if_any(unit_seats);
    hold::store(database, call.tenant_id, &hold)?;
    count_quotas(database, call, config, &hold)?;
    Ok(hold)
}

/// Locks the buckets of what is needed and of holds that have ended: as they are, and as they become
/// when the places of these are free.
pub fn lock_with(
    database: &mut Database<'_, '_>,
    call: &Call,
    needs: &Needs,
    ended: &[Hold],
) -> Result<(Vec<Bucket>, Vec<Bucket>)> {
    let mut pools: Vec<Uuid> = needs.iter().map(|(pool, _)| pool.pool_id).collect();
    pools.extend(ended.iter().flat_map(|hold| &hold.allocations).map(|allocation| allocation.pool_id));
    pools.sort_unstable();
    pools.dedup();
    let (before, generations) = bucket::lock(database, call.tenant_id, &pools)?;
    require_same_pools(needs, &before, &generations)?;
    let mut buckets = before.clone();
    for hold in ended {
        places::release(&mut buckets, &hold.allocations);
    }
    Ok((before, buckets))
}

/// Adds places to those of the same bucket: a hold names each bucket once.
pub fn merge(allocations: &mut Vec<Allocation>, more: Vec<Allocation>) {
    for part in more {
        let same = |known: &&mut Allocation| known.pool_id == part.pool_id && known.number == part.number;
        match allocations.iter_mut().find(same) {
            Some(known) => known.quantity += part.quantity,
            None => allocations.push(part),
        }
    }
}

fn sold_out(name: &str, left: i64) -> Error {
    match left {
        0 => Error::new(ErrorCode::SoldOut, format!("{name} is sold out")),
        _ => Error::new(ErrorCode::SoldOut, format!("at most {left} of {name} are left: ask for no more")),
    }
}

/// "Sold out", unless places of the event are just being decided on: somebody works on a hold whose time is
/// over, or there are more of them than one call ends.
fn none_left(database: &mut Database<'_, '_>, call: &Call, event_id: Uuid, none: Error) -> Result<Error> {
    if any_expired(database, call, event_id)? {
        let detail = "the last places are being decided on at this moment: try again";
        return Ok(Error::new(ErrorCode::RequestInProgress, detail));
    }
    Ok(none)
}

/// Says "sold out" without a lock when one snapshot shows that too few places are free and no hold
/// has expired: then whoever comes too late does not keep the others waiting.
fn refuse_sold_out(
    database: &mut Database<'_, '_>,
    call: &Call,
    config: &SaleConfig,
    lines: &[HoldLine],
    needs: &Needs,
) -> Result<()> {
    let pools: Vec<Uuid> = needs.iter().map(|(pool, _)| pool.pool_id).collect();
    let mut rows = database.point(
        include_str!("../../../../sql/statements/pool_available.sql"),
        arguments![call.tenant_id, config.event_id, pools.clone(), call.now],
    )?;
    rows.only("answer")?;
    if rows.get::<bool>(2)? {
        return Ok(());
    }
    let mut free: HashMap<Uuid, i64> = pools.into_iter().zip(rows.get::<Vec<i64>>(1)?).collect();
    for line in lines {
        let ticket_type = config.ticket_type(line.ticket_type_id)?;
        let asked = i64::from(line.quantity);
        let left = ticket_type.pools.iter().filter_map(|pool| free.get(&pool.pool_id)).min().copied().unwrap_or(0);
        if left < asked {
            return Err(sold_out(&ticket_type.name, left));
        }
        for pool in &ticket_type.pools {
            free.entry(pool.pool_id).and_modify(|left| *left -= asked);
        }
    }
    Ok(())
}

/// The pools are still those that were planned with; their buckets are locked.
fn require_same_pools(needs: &Needs, buckets: &[Bucket], generations: &[i32]) -> Result<()> {
    let planned =
        |pool_id: Uuid| needs.iter().find(|(pool, _)| pool.pool_id == pool_id).map(|(pool, _)| pool.generation);
    let same =
        |(bucket, generation): (&Bucket, &i32)| planned(bucket.pool_id).is_none_or(|planned| planned == *generation);
    if buckets.iter().zip(generations).all(same) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::RequestInProgress, "the event's pools have just been changed: try again"))
}

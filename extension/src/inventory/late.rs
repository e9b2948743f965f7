//! Places for an order that was paid when its time was over.

use admit_core::Result;
use admit_core::inventory::bucket as places;
use admit_core::inventory::{HoldLine, HoldState};

use super::config::SaleConfig;
use super::hold::{self, Hold};
use super::reserve::{EXPIRED_MAX, lock_with, merge, needs};
use super::{bucket, seat};
use crate::call::Call;
use crate::database::{Database, arguments};

/// Takes the places of a locked hold that has ended once more, for an order that was paid late;
/// false when they are not there any more. Sale windows do not matter: the buyer has paid.
pub fn take_again(database: &mut Database<'_, '_>, call: &Call, hold: &mut Hold, config: &SaleConfig) -> Result<bool> {
    let lines: Vec<HoldLine> =
        hold.lines.iter().map(|(ticket_type_id, quantity)| HoldLine::of(*ticket_type_id, *quantity)).collect();
    let needs = needs(config, &lines)?;
    let expired = crate::order::end_expired(database, call, config.event_id, hold.wallet_id, EXPIRED_MAX)?;
    let (before, mut buckets) = lock_with(database, call, &needs, &expired)?;
    seat::free(database, call.tenant_id, &expired)?;
    let enough = needs.iter().all(|(pool, quantity)| places::available(&buckets, pool.pool_id) >= *quantity)
        && seat::take_again(database, call.tenant_id, hold)?;
    let mut allocations = Vec::new();
    for (pool, quantity) in needs.iter().filter(|_| enough) {
        merge(&mut allocations, places::hold(&mut buckets, pool.pool_id, *quantity));
    }
    allocations.sort_by_key(|allocation| (allocation.pool_id, allocation.number));
    bucket::store(database, call.tenant_id, &before, &buckets)?;
    hold::give_quotas(database, call.tenant_id, &expired)?;
    if !enough {
        return Ok(false);
    }
    hold.allocations = allocations;
    hold.state = HoldState::Ordered;
    hold::store_again(database, call.tenant_id, hold)?;
    count_late(database, call.tenant_id, hold, config)?;
    Ok(true)
}

/// Counts late tickets of limited types for their wallet past its limit: they are paid.
fn count_late(database: &mut Database<'_, '_>, tenant_id: i32, hold: &Hold, config: &SaleConfig) -> Result<()> {
    for (ticket_type_id, quantity) in hold.lines.iter().filter(|_| hold.limited) {
        if config.ticket_type(*ticket_type_id)?.wallet_max.is_none() {
            continue;
        }
        database.point(
            include_str!("../../../sql/statements/wallet_quota_take.sql"),
            arguments![tenant_id, *ticket_type_id, hold.wallet_id, *quantity, i32::MAX],
        )?;
    }
    Ok(())
}

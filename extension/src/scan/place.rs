//! Places inside an event and its venue: taken by whoever comes in, given back by whoever leaves.

use admit_core::Result;
use admit_core::scan::{Decision, ScanConfig, Situation};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};

/// How many buckets a pool of places has.
pub const PLACE_BUCKETS: i16 = 16;

/// This backend's bucket of places: backends seldom share one.
pub fn own_bucket() -> i16 {
    i16::try_from(backend_number().rem_euclid(i32::from(PLACE_BUCKETS))).unwrap_or_default()
}

/// This backend's number: backends have small dense numbers.
pub fn backend_number() -> i32 {
    // SAFETY: reads this backend's number.
    #[allow(unsafe_code, reason = "pgrx does not wrap the backend's number")]
    #[cfg(not(any(feature = "pg17", feature = "pg18")))]
    let number = unsafe { pgrx::pg_sys::MyBackendId };
    #[allow(unsafe_code, reason = "pgrx does not wrap the backend's number")]
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    let number = unsafe { pgrx::pg_sys::MyProcNumber };
    number
}

/// Takes or gives back a place for a decision; an admission without a place left becomes a denial. An override
/// enters past the limit only if a place is left as well: the limit is the fire department's.
pub fn move_occupancy(
    database: &mut Database<'_, '_>,
    call: &Call,
    situation: &Situation<'_>,
    decision: Decision,
) -> Result<Decision> {
    let moved = match decision.occupancy {
        1 => take_places(database, call.tenant_id, &pools(situation.config))?,
        -1 => give_places(database, call.tenant_id, &pools(situation.config)).map(|()| true)?,
        _ => true,
    };
    Ok(if moved { decision } else { decision.without_place(situation) })
}

/// The pools that somebody inside takes a place of: the event's, and the venue's where it has a capacity.
pub fn pools(config: &ScanConfig) -> Vec<Uuid> {
    let venue_pool = config.venue_has_capacity.then_some(config.venue_id);
    [Some(config.event_id), venue_pool].into_iter().flatten().collect()
}

/// Takes a place of each pool, or of none.
pub fn take_places(database: &mut Database<'_, '_>, tenant_id: i32, pools: &[Uuid]) -> Result<bool> {
    for (number, pool_id) in pools.iter().enumerate() {
        if !take_place(database, tenant_id, *pool_id)? {
            give_places(database, tenant_id, &pools[..number])?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a place of each pool back.
pub fn give_places(database: &mut Database<'_, '_>, tenant_id: i32, pools: &[Uuid]) -> Result<()> {
    pools.iter().try_for_each(|pool_id| give_place(database, tenant_id, *pool_id))
}

/// Whether each pool has a place left, as of now; nothing is locked.
pub fn has_places(database: &mut Database<'_, '_>, tenant_id: i32, pools: &[Uuid]) -> Result<bool> {
    let mut rows = database.point_read(
        "SELECT bool_and(left_over > 0) FROM ( \
             SELECT sum(p.available) AS left_over FROM admit.place AS p \
             WHERE p.tenant_id = $1 AND p.pool_id = ANY ($2) GROUP BY p.pool_id) AS pool",
        arguments![tenant_id, pools.to_vec()],
    )?;
    rows.only("place")?;
    Ok(rows.optional(1)?.unwrap_or(false))
}

/// A bucket with at least this many places can be taken from without looking at the others: more
/// than can be taken from it between reading it and taking. The table's CHECK is the last word.
pub const PLENTY: i64 = 100;

fn take_place(database: &mut Database<'_, '_>, tenant_id: i32, pool_id: Uuid) -> Result<bool> {
    let take = include_str!("../../../sql/statements/scan_place_take.sql");
    let mut rows = database.point(
        "SELECT available FROM admit.place WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3",
        arguments![tenant_id, pool_id, own_bucket()],
    )?;
    if rows.next() && rows.get::<i64>(1)? >= PLENTY {
        database.point(take, arguments![tenant_id, pool_id, own_bucket()])?;
        return Ok(true);
    }
    let lock = include_str!("../../../sql/statements/scan_place_lock.sql");
    let buckets = database
        .point(lock, arguments![tenant_id, pool_id])?
        .collect(|row| Ok((row.get::<i16>(1)?, row.get::<i64>(2)?)))?;
    match buckets.iter().find(|bucket| bucket.1 > 0) {
        Some((bucket, _)) => database.point(take, arguments![tenant_id, pool_id, *bucket]).map(|_| true),
        None => Ok(false),
    }
}

fn give_place(database: &mut Database<'_, '_>, tenant_id: i32, pool_id: Uuid) -> Result<()> {
    let give = include_str!("../../../sql/statements/scan_place_give.sql");
    database.point(give, arguments![tenant_id, pool_id, own_bucket()])?;
    Ok(())
}

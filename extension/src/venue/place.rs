//! Places inside events and venues: pools in buckets, made and resized here, taken by scans.

use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::scan::PLACE_BUCKETS;

/// People inside a venue that counted nobody so far. Its events must be inactive.
///
/// # Errors
/// `conflict` while one of them is active.
pub fn uncounted(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid) -> Result<i64> {
    refuse_active_events(database, call, venue_id)?;
    people_inside(database, call.tenant_id, venue_id)
}

/// A venue that counted nobody cannot start to count while scans are running.
fn refuse_active_events(database: &mut Database<'_, '_>, call: &Call, venue_id: Uuid) -> Result<()> {
    let rows = database.read(
        "SELECT 1 FROM admit.event WHERE tenant_id = $1 AND venue_id = $2 AND status = 'active' LIMIT 1",
        arguments![call.tenant_id, venue_id],
    )?;
    if rows.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Conflict,
        "the venue had no capacity so far: make its events inactive first, then set it, then make them active again",
    ))
}

/// People inside at a venue's events, who stayed when these ended: what the events' pools have
/// given away. The pools stay locked, so nobody who is passing now is missed.
fn people_inside(database: &mut Database<'_, '_>, tenant_id: i32, venue_id: Uuid) -> Result<i64> {
    let rows = database.write(
        "SELECT e.capacity, p.bucket, p.available FROM admit.event AS e \
         JOIN admit.place AS p ON p.tenant_id = e.tenant_id AND p.pool_id = e.event_id \
         WHERE e.tenant_id = $1 AND e.venue_id = $2 ORDER BY p.pool_id, p.bucket FOR UPDATE OF p",
        arguments![tenant_id, venue_id],
    )?;
    let taken = rows.collect(|row| {
        let places = if row.get::<i16>(2)? == 0 { places(row.optional(1)?) } else { 0 };
        Ok(places - row.get::<i64>(3)?)
    })?;
    Ok(taken.iter().sum())
}

/// Places of a pool that has no limit.
const UNLIMITED_PLACES: i64 = 1 << 40;

/// The places of a capacity.
fn places(capacity: Option<i32>) -> i64 {
    capacity.map_or(UNLIMITED_PLACES, i64::from)
}

/// Creates or resizes a pool of places. `before` and `after` are its capacity; none = no limit.
/// `uncounted` people are inside whom the pool did not count.
///
/// # Errors
/// `conflict` when more people are inside than the new capacity allows.
pub fn set_places(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    pool_id: Uuid,
    before: Option<i32>,
    after: Option<i32>,
    uncounted: i64,
) -> Result<()> {
    let buckets = i64::from(PLACE_BUCKETS);
    let locked = database.write(
        "SELECT bucket, available FROM admit.place WHERE tenant_id = $1 AND pool_id = $2 ORDER BY bucket FOR UPDATE",
        arguments![tenant_id, pool_id],
    )?;
    let stored = locked.collect(|row| Ok((row.get::<i16>(1)?, row.get::<i64>(2)?)))?;
    let counted =
        if stored.is_empty() { 0 } else { places(before) - stored.iter().map(|bucket| bucket.1).sum::<i64>() };
    let inside = counted + uncounted;
    let left = places(after) - inside;
    if left < 0 {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("{inside} people are inside: the capacity cannot be lower"),
        ));
    }
    for bucket in 0..PLACE_BUCKETS {
        let available = left / buckets + i64::from(i64::from(bucket) < left % buckets);
        database.write(
            "INSERT INTO admit.place (tenant_id, pool_id, bucket, available) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant_id, pool_id, bucket) DO UPDATE SET available = excluded.available",
            arguments![tenant_id, pool_id, bucket, available],
        )?;
    }
    Ok(())
}

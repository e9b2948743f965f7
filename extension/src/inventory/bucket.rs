//! Buckets in the database: locked, read and written.

use admit_core::Result;
use admit_core::inventory::bucket::{Allocation, Bucket, UNLIMITED, bucket_count, spread};
use uuid::Uuid;

use crate::database::{Database, arguments};

/// Locks every bucket of some pools, in order; gives them and, for each, its generation.
pub fn lock(database: &mut Database<'_, '_>, tenant_id: i32, pools: &[Uuid]) -> Result<(Vec<Bucket>, Vec<i32>)> {
    let rows = database
        .point(include_str!("../../../sql/statements/bucket_lock.sql"), arguments![tenant_id, pools.to_vec()])?;
    let locked = rows.collect(|row| {
        let bucket = Bucket {
            pool_id: row.get(1)?,
            number: row.get(2)?,
            available: row.get(3)?,
            held: row.get(4)?,
            sold: row.get(5)?,
        };
        Ok((bucket, row.get::<i32>(6)?))
    })?;
    Ok(locked.into_iter().unzip())
}

/// Writes locked buckets that have changed.
pub fn store(database: &mut Database<'_, '_>, tenant_id: i32, before: &[Bucket], after: &[Bucket]) -> Result<()> {
    for (_, bucket) in before.iter().zip(after).filter(|(before, after)| before != after) {
        database.point(
            include_str!("../../../sql/statements/bucket_store.sql"),
            arguments![tenant_id, bucket.pool_id, bucket.number, bucket.available, bucket.held, bucket.sold],
        )?;
    }
    Ok(())
}

/// Where held places go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// They are free again.
    Available,
    /// They are sold.
    Sold,
}

/// Moves held places of each allocation, which are sorted by pool and number.
pub fn move_held(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    allocations: &[Allocation],
    target: Target,
) -> Result<()> {
    let statement = match target {
        Target::Available => include_str!("../../../sql/statements/bucket_release.sql"),
        Target::Sold => include_str!("../../../sql/statements/bucket_sell.sql"),
    };
    for Allocation { pool_id, number, quantity } in allocations {
        database.point(statement, arguments![tenant_id, *pool_id, *number, *quantity])?;
    }
    Ok(())
}

/// Creates a pool with its buckets; none = no limit.
#[allow(clippy::too_many_arguments, reason = "the columns of a pool")]
pub fn create_pool(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    pool_id: Uuid,
    event_id: Uuid,
    kind: &str,
    name: &str,
    total: Option<i64>,
    now: jiff::Timestamp,
) -> Result<()> {
    database.write(
        "INSERT INTO admit.pool (tenant_id, pool_id, event_id, kind, name, total, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        arguments![tenant_id, pool_id, event_id, kind, name, total, now],
    )?;
    let places = total.unwrap_or(UNLIMITED);
    for (number, available) in spread(places, bucket_count(places)) {
        database.write(
            "INSERT INTO admit.bucket (tenant_id, pool_id, bucket, available) VALUES ($1, $2, $3, $4)",
            arguments![tenant_id, pool_id, number, available],
        )?;
    }
    Ok(())
}

//! Places for an upload's admissions: counted in memory, written once.

use std::collections::HashMap;

use admit_core::Result;
use admit_core::scan::ScanConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::scan::place::{PLENTY, own_bucket, pools};

/// A pool of places.
struct Pool {
    /// Places left: of all its buckets, which are locked then; none while there are plenty.
    left: Option<i64>,
    /// What this upload has taken so far, less what it has given back.
    taken: i64,
    /// The locked buckets with what is in them.
    buckets: Vec<(i16, i64)>,
}

/// The pools of an upload, in the order in which scans lock them: events before venues, each by id.
pub struct Room {
    order: Vec<Uuid>,
    pools: HashMap<Uuid, Pool>,
}

impl Room {
    /// Looks at the pools of all events and venues of an upload with `entries` admissions. Where one has few places
    /// all are locked whole, in order; otherwise nothing is locked before the end.
    pub fn load<'a>(
        database: &mut Database<'_, '_>,
        call: &Call,
        configs: impl Iterator<Item = &'a ScanConfig>,
        entries: i64,
    ) -> Result<Self> {
        let mut named: Vec<(usize, Uuid)> = configs.flat_map(|config| pools(config).into_iter().enumerate()).collect();
        named.sort_unstable();
        named.dedup();
        let order: Vec<Uuid> = named.into_iter().map(|(_, pool_id)| pool_id).collect();
        let mut scarce = false;
        for pool_id in &order {
            scarce |= !has_plenty(database, call.tenant_id, *pool_id, entries)?;
        }
        let mut pools = HashMap::new();
        for pool_id in &order {
            let pool = if scarce { Pool::locked(database, call.tenant_id, *pool_id)? } else { Pool::plentiful() };
            pools.insert(*pool_id, pool);
        }
        Ok(Self { order, pools })
    }

    /// Takes a place of each of the event's pools, gives one back, or says that there is none.
    pub fn move_by(&mut self, config: &ScanConfig, occupancy: i32) -> bool {
        let named = pools(config);
        let has_room = |pool: &Pool| pool.left.is_none_or(|left| left > 0);
        if occupancy > 0 && !named.iter().filter_map(|pool_id| self.pools.get(pool_id)).all(has_room) {
            return false;
        }
        for pool_id in named {
            if let Some(pool) = self.pools.get_mut(&pool_id) {
                pool.taken += i64::from(occupancy);
                pool.left = pool.left.map(|left| left - i64::from(occupancy));
            }
        }
        true
    }

    /// Writes what was taken and given back.
    pub fn store(self, database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
        for pool_id in &self.order {
            let Some(pool) = self.pools.get(pool_id).filter(|pool| pool.taken != 0) else { continue };
            for (bucket, taken) in pool.changes() {
                database.point(
                    "UPDATE admit.place SET available = available - $4 \
                     WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3",
                    arguments![call.tenant_id, *pool_id, bucket, taken],
                )?;
            }
        }
        Ok(())
    }
}

/// Whether this backend's bucket has places for all of an upload, whatever others take from it meanwhile.
fn has_plenty(database: &mut Database<'_, '_>, tenant_id: i32, pool_id: Uuid, entries: i64) -> Result<bool> {
    let mut rows = database.point(
        "SELECT available FROM admit.place WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3",
        arguments![tenant_id, pool_id, own_bucket()],
    )?;
    Ok(rows.next() && rows.get::<i64>(1)?.saturating_sub(entries) >= PLENTY)
}

impl Pool {
    fn plentiful() -> Self {
        Self { left: None, taken: 0, buckets: Vec::new() }
    }

    fn locked(database: &mut Database<'_, '_>, tenant_id: i32, pool_id: Uuid) -> Result<Self> {
        let buckets = database
            .point(include_str!("../../../../sql/statements/scan_place_lock.sql"), arguments![tenant_id, pool_id])?
            .collect(|row| Ok((row.get::<i16>(1)?, row.get::<i64>(2)?)))?;
        Ok(Self { left: Some(buckets.iter().map(|bucket| bucket.1).sum()), taken: 0, buckets })
    }

    /// What to take from which bucket; a negative number is given back.
    fn changes(&self) -> Vec<(i16, i64)> {
        if self.taken < 0 || self.left.is_none() {
            return vec![(own_bucket(), self.taken)];
        }
        let mut missing = self.taken;
        let mut changes = Vec::new();
        for (bucket, available) in &self.buckets {
            let taken = missing.min(*available);
            if taken > 0 {
                changes.push((*bucket, taken));
                missing -= taken;
            }
        }
        changes
    }
}

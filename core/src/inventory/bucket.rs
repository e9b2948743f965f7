//! Buckets: a pool's places in several rows, so that buyers of one pool do not wait for each other.

use uuid::Uuid;

/// Buckets of a pool at most.
pub const BUCKETS_MAX: i16 = 16;
/// A pool gets one bucket for so many places.
const PLACES_A_BUCKET: i64 = 64;
/// Free places of a pool without a limit.
pub const UNLIMITED: i64 = 1 << 40;
/// A bucket with so many free places for each one asked for can be taken from without looking at
/// the others: more than others can take between reading and taking.
const PLENTY: i64 = 64;

/// How many buckets a pool of `total` places has.
pub fn bucket_count(total: i64) -> i16 {
    i16::try_from(total / PLACES_A_BUCKET).unwrap_or(BUCKETS_MAX).clamp(1, BUCKETS_MAX)
}

/// The free places of each of `count` buckets that hold `places` in all.
pub fn spread(places: i64, count: i16) -> impl Iterator<Item = (i16, i64)> {
    let buckets = i64::from(count.max(1));
    (0..count.max(1)).map(move |bucket| (bucket, places / buckets + i64::from(i64::from(bucket) < places % buckets)))
}

/// So many free places a bucket must have for `quantity` to be taken from it alone.
pub fn plenty(quantity: i64) -> i64 {
    PLENTY.saturating_mul(quantity.max(1))
}

/// A locked bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Its pool.
    pub pool_id: Uuid,
    /// Its number in the pool, from 0.
    pub number: i16,
    /// Free places.
    pub available: i64,
    /// Held places.
    pub held: i64,
    /// Sold places.
    pub sold: i64,
}

/// So many places of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// The bucket's pool.
    pub pool_id: Uuid,
    /// The bucket's number in the pool.
    pub number: i16,
    /// How many places.
    pub quantity: i64,
}

/// What the free places of a pool come to.
pub fn available(buckets: &[Bucket], pool_id: Uuid) -> i64 {
    buckets.iter().filter(|bucket| bucket.pool_id == pool_id).map(|bucket| bucket.available).sum()
}

/// Moves `quantity` places of a pool from free to held, from the fullest buckets first, and says
/// which. The caller has made sure that there are as many.
pub fn hold(buckets: &mut [Bucket], pool_id: Uuid, quantity: i64) -> Vec<Allocation> {
    take(
        buckets,
        pool_id,
        quantity,
        |bucket| bucket.available,
        |bucket, places| {
            bucket.available -= places;
            bucket.held += places;
        },
    )
}

/// Moves `quantity` sold places of a pool back to free ones and says where.
pub fn take_back(buckets: &mut [Bucket], pool_id: Uuid, quantity: i64) -> Vec<Allocation> {
    take(
        buckets,
        pool_id,
        quantity,
        |bucket| bucket.sold,
        |bucket, places| {
            bucket.sold -= places;
            bucket.available += places;
        },
    )
}

/// Gives held places back to the buckets that they came from.
pub fn release(buckets: &mut [Bucket], allocations: &[Allocation]) {
    for allocation in allocations {
        let own = |bucket: &&mut Bucket| bucket.pool_id == allocation.pool_id && bucket.number == allocation.number;
        if let Some(bucket) = buckets.iter_mut().find(own) {
            bucket.held -= allocation.quantity;
            bucket.available += allocation.quantity;
        }
    }
}

fn take(
    buckets: &mut [Bucket],
    pool_id: Uuid,
    quantity: i64,
    has: fn(&Bucket) -> i64,
    apply: fn(&mut Bucket, i64),
) -> Vec<Allocation> {
    let mut own: Vec<&mut Bucket> = buckets.iter_mut().filter(|bucket| bucket.pool_id == pool_id).collect();
    own.sort_by_key(|bucket| (std::cmp::Reverse(has(bucket)), bucket.number));
    let mut missing = quantity;
    let mut taken = Vec::new();
    for bucket in own {
        let places = missing.min(has(bucket));
        if places > 0 {
            apply(bucket, places);
            taken.push(Allocation { pool_id, number: bucket.number, quantity: places });
            missing -= places;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POOL: Uuid = Uuid::from_u128(1);

    fn buckets(available: &[i64]) -> Vec<Bucket> {
        let bucket = |(number, available): (usize, &i64)| Bucket {
            pool_id: POOL,
            number: number as i16,
            available: *available,
            held: 0,
            sold: 0,
        };
        available.iter().enumerate().map(bucket).collect()
    }

    fn sum(buckets: &[Bucket]) -> i64 {
        buckets.iter().map(|bucket| bucket.available + bucket.held + bucket.sold).sum()
    }

    #[test]
    fn small_pools_have_one_bucket_and_large_ones_sixteen() {
        assert_eq!([1, 63, 128, 1_023, 1_024, 20_000, UNLIMITED].map(bucket_count), [1, 1, 2, 15, 16, 16, 16]);
    }

    #[test]
    fn the_last_places_come_out_of_several_buckets() {
        let mut pool = buckets(&[1, 3, 0]);
        let taken = hold(&mut pool, POOL, 4);
        assert_eq!(taken.iter().map(|part| (part.number, part.quantity)).collect::<Vec<_>>(), [(1, 3), (0, 1)]);
        assert_eq!(available(&pool, POOL), 0);
        release(&mut pool, &taken);
        assert_eq!(pool, buckets(&[1, 3, 0]));
    }

    proptest! {
        #[test]
        fn spreading_keeps_every_place(places in 0..1_000_000_i64, count in 1..=BUCKETS_MAX) {
            let parts: Vec<_> = spread(places, count).collect();
            prop_assert_eq!(parts.iter().map(|part| part.1).sum::<i64>(), places);
            prop_assert!(parts.iter().all(|part| (part.1 - places / i64::from(count)).abs() <= 1));
        }

        #[test]
        fn no_place_is_lost_or_made(available_each in proptest::collection::vec(0..50_i64, 1..16), share in 0..=100_i64) {
            let mut pool = buckets(&available_each);
            let before = sum(&pool);
            let quantity = available(&pool, POOL) * share / 100;
            let taken = hold(&mut pool, POOL, quantity);
            prop_assert_eq!(taken.iter().map(|part| part.quantity).sum::<i64>(), quantity);
            prop_assert_eq!(sum(&pool), before);
            prop_assert!(pool.iter().all(|bucket| bucket.available >= 0 && bucket.held >= 0));
        }
    }
}

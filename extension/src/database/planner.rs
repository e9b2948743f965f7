//! Which plans the planner may make for a statement.

use pgrx::pg_sys;

/// Which ways to fetch rows are open: sequential scan, index scan, bitmap scan, hash join, merge join.
type Ways = [bool; 5];

/// While it lives, plans are generic, made once a backend, and go the ways that it leaves open.
pub struct Planner {
    ways: Ways,
    mode: i32,
}

impl Planner {
    /// Rows one by one through an index.
    pub fn by_key() -> Self {
        Self::enter([false, true, false, false, false])
    }

    /// Rows page by page, found through an index: a plan that knows no values takes a range for a few
    /// rows and would fetch thousands of them one by one.
    pub fn by_page() -> Self {
        Self::enter([false, false, true, false, false])
    }

    #[allow(unsafe_code, reason = "these are the planner's own settings of this single-threaded backend")]
    fn enter(ways: Ways) -> Self {
        // SAFETY: a backend has one thread; the values are restored when the guard is dropped,
        // also when an error unwinds.
        unsafe {
            let saved = Self {
                ways: [
                    pg_sys::enable_seqscan,
                    pg_sys::enable_indexscan,
                    pg_sys::enable_bitmapscan,
                    pg_sys::enable_hashjoin,
                    pg_sys::enable_mergejoin,
                ],
                mode: pg_sys::plan_cache_mode,
            };
            Self::set(ways, pg_sys::PlanCacheMode::PLAN_CACHE_MODE_FORCE_GENERIC_PLAN as i32);
            saved
        }
    }

    #[allow(unsafe_code, reason = "these are the planner's own settings of this single-threaded backend")]
    unsafe fn set(ways: Ways, mode: i32) {
        // SAFETY: as the caller promises.
        unsafe {
            [
                pg_sys::enable_seqscan,
                pg_sys::enable_indexscan,
                pg_sys::enable_bitmapscan,
                pg_sys::enable_hashjoin,
                pg_sys::enable_mergejoin,
            ] = ways;
            pg_sys::plan_cache_mode = mode;
        }
    }
}

impl Drop for Planner {
    #[allow(unsafe_code, reason = "restores what enter has changed")]
    fn drop(&mut self) {
        // SAFETY: as in enter.
        unsafe { Self::set(self.ways, self.mode) }
    }
}

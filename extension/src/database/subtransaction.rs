//! A part of a transaction that can fail by itself.

use std::panic::AssertUnwindSafe;

use admit_core::Result;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgSqlErrorCode, PgTryBuilder, pg_sys};

use super::Database;

/// Why a part failed. Nothing of what it wrote stays, and its locks are released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// Somebody else held what it needed for too long: try again later.
    Busy,
    /// It cannot be done as things are.
    Refused {
        /// The error's name or SQLSTATE.
        code: String,
        /// What went wrong.
        detail: String,
    },
}

/// Runs a part that stays only if it succeeds, and that waits at most so long for each lock of
/// somebody else. A cancelled query ends the whole transaction as usual.
pub fn attempt<T>(
    database: &mut Database<'_, '_>,
    lock_timeout_ms: i32,
    part: impl FnOnce(&mut Database<'_, '_>) -> Result<T>,
) -> std::result::Result<T, Failed> {
    let _waits = LockTimeout::enter(lock_timeout_ms);
    let outside = Outside::begin();
    let run = AssertUnwindSafe(|| {
        part(database).map_err(|error| Failed::Refused { code: error.code.name().to_owned(), detail: error.detail })
    });
    let result = PgTryBuilder::new(run).catch_others(caught).execute();
    outside.end(result.is_ok());
    result
}

fn caught<T>(cause: CaughtError) -> std::result::Result<T, Failed> {
    let report = match &cause {
        CaughtError::PostgresError(report)
        | CaughtError::ErrorReport(report)
        | CaughtError::RustPanic { ereport: report, .. } => report,
    };
    Err(match report.sql_error_code() {
        PgSqlErrorCode::ERRCODE_QUERY_CANCELED => cause.rethrow(),
        PgSqlErrorCode::ERRCODE_LOCK_NOT_AVAILABLE
        | PgSqlErrorCode::ERRCODE_T_R_DEADLOCK_DETECTED
        | PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE => Failed::Busy,
        code => Failed::Refused { code: sqlstate(code as i32), detail: report.message().to_owned() },
    })
}

/// Postgres packs a SQLSTATE six bits a character.
fn sqlstate(packed: i32) -> String {
    let character = |place: i32| char::from(((packed >> (6 * place)) & 0x3f) as u8 + b'0');
    (0..5).map(character).collect()
}

/// What is current outside of a subtransaction.
struct Outside {
    context: pg_sys::MemoryContext,
    owner: pg_sys::ResourceOwner,
}

#[allow(unsafe_code, reason = "pgrx does not wrap subtransactions")]
impl Outside {
    fn begin() -> Self {
        // SAFETY: as PL/pgSQL does for a block with an exception handler: memory context and resource
        // owner are put back after the subtransaction.
        unsafe {
            let outside = Self { context: pg_sys::CurrentMemoryContext, owner: pg_sys::CurrentResourceOwner };
            pg_sys::BeginInternalSubTransaction(std::ptr::null());
            pg_sys::MemoryContextSwitchTo(outside.context);
            outside
        }
    }

    fn end(self, succeeded: bool) {
        // SAFETY: as above; the subtransaction that `begin` has begun is the current one.
        unsafe {
            if succeeded {
                pg_sys::ReleaseCurrentSubTransaction();
            } else {
                pg_sys::RollbackAndReleaseCurrentSubTransaction();
            }
            pg_sys::MemoryContextSwitchTo(self.context);
            pg_sys::CurrentResourceOwner = self.owner;
        }
    }
}

/// While it lives, this backend waits at most so long for a lock.
struct LockTimeout {
    saved_ms: i32,
}

#[allow(unsafe_code, reason = "the setting is a variable of this single-threaded backend")]
impl LockTimeout {
    fn enter(lock_timeout_ms: i32) -> Self {
        // SAFETY: a backend has one thread; the value is put back when the guard is dropped.
        unsafe {
            let saved_ms = pg_sys::LockTimeout;
            pg_sys::LockTimeout = lock_timeout_ms;
            Self { saved_ms }
        }
    }
}

impl Drop for LockTimeout {
    #[allow(unsafe_code, reason = "puts back what enter has changed")]
    fn drop(&mut self) {
        // SAFETY: as in enter.
        unsafe { pg_sys::LockTimeout = self.saved_ms }
    }
}

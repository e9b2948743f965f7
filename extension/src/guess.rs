//! Wrong codes, counted by who sends them. Whoever tries a code gets a refusal as an answer, not an error, so
//! that the count is committed with it; and holds the count's lock until then, so that parallel guesses are
//! counted one by one.

use admit_core::Result;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};

/// Wrong codes that are let pass within a window, unless a right one forgives them.
pub const FAILURES_MAX: i32 = 10;

/// Wrong codes that are let pass within a window, forgiven ones too: whoever has one right code guesses no further.
const FAILURES_IN_WINDOW_MAX: i32 = 50;

/// How long wrong codes are remembered, from the first one on.
const WINDOW_MINUTES: i64 = 15;

/// A locked count of one sender's wrong codes.
pub struct Guesses {
    purpose: &'static str,
    subject_hash: [u8; 32],
    failures: i32,
    failures_in_window: i32,
    window_ends_at: Timestamp,
}

/// Locks the count of wrong codes of a client's network; callers without one share a count.
pub fn lock_client(database: &mut Database<'_, '_>, call: &Call, purpose: &'static str) -> Result<Guesses> {
    lock(database, call, purpose, call.client.as_deref().unwrap_or("unknown").as_bytes())
}

/// Locks the count of wrong codes that a device has sent.
pub fn lock_device(
    database: &mut Database<'_, '_>,
    call: &Call,
    purpose: &'static str,
    device_id: Uuid,
) -> Result<Guesses> {
    lock(database, call, purpose, device_id.as_bytes())
}

fn lock(database: &mut Database<'_, '_>, call: &Call, purpose: &'static str, subject: &[u8]) -> Result<Guesses> {
    let subject_hash: [u8; 32] = Sha256::new()
        .chain_update(b"admit guess\0")
        .chain_update(call.tenant_id.to_be_bytes())
        .chain_update(subject)
        .finalize()
        .into();
    let window_ends_at = call.now + SignedDuration::from_mins(WINDOW_MINUTES);
    let mut rows = database.point(
        include_str!("../../sql/statements/code_guess_lock.sql"),
        arguments![call.tenant_id, purpose, subject_hash, call.now, window_ends_at],
    )?;
    rows.only("count")?;
    Ok(Guesses {
        purpose,
        subject_hash,
        failures: rows.get(1)?,
        failures_in_window: rows.get(2)?,
        window_ends_at: rows.get(3)?,
    })
}

impl Guesses {
    /// Until when no code is looked at, where too many were wrong.
    pub fn locked_until(&self) -> Option<Timestamp> {
        too_many(self.failures, self.failures_in_window).then_some(self.window_ends_at)
    }

    /// Counts a wrong code; true when it was the last one that is let pass.
    pub fn count(&self, database: &mut Database<'_, '_>, call: &Call) -> Result<bool> {
        database.point(
            "UPDATE admit.code_guess SET failures = failures + 1, failures_in_window = failures_in_window + 1 \
             WHERE tenant_id = $1 AND purpose = $2 AND subject_hash = $3",
            arguments![call.tenant_id, self.purpose, self.subject_hash],
        )?;
        Ok(too_many(self.failures + 1, self.failures_in_window + 1))
    }

    /// Forgives the wrong codes before a right one; how many there were in the window stays known.
    pub fn forgive(&self, database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
        if self.failures > 0 {
            database.point(
                "UPDATE admit.code_guess SET failures = 0 WHERE tenant_id = $1 AND purpose = $2 AND subject_hash = $3",
                arguments![call.tenant_id, self.purpose, self.subject_hash],
            )?;
        }
        Ok(())
    }
}

fn too_many(failures: i32, failures_in_window: i32) -> bool {
    failures >= FAILURES_MAX || failures_in_window >= FAILURES_IN_WINDOW_MAX
}

//! Keys that are rotated by themselves when they are old enough.

use admit_core::tenant::{KeyPurpose, KeySchedule, KeyScheduleView, rotation_days};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;

use super::{fact, rotate};
use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;

/// `key.schedule`
pub fn schedule(database: &mut Database<'_, '_>, call: &Call, request: KeySchedule) -> Result<KeyScheduleView> {
    call.require_whole_tenant("key")?;
    let every_days = request.every_days.map(rotation_days).transpose()?;
    crate::tenant::change_configuration(database, call)?;
    let purpose = request.purpose;
    let rows = match every_days {
        Some(every_days) => database.write(
            include_str!("../../../sql/statements/key_schedule_set.sql"),
            arguments![call.tenant_id, purpose.as_str(), every_days],
        )?,
        None => database.write(
            "DELETE FROM admit.key_schedule WHERE tenant_id = $1 AND purpose = $2 RETURNING 1",
            arguments![call.tenant_id, purpose.as_str()],
        )?,
    };
    if !rows.is_empty() {
        let body = json!({"every_days": every_days, "purpose": purpose.as_str()});
        append(database, call, fact("key.scheduled", body))?;
    }
    let (every_days, next_rotation_at) = next_rotation(database, call, purpose)?;
    Ok(KeyScheduleView { purpose: purpose.as_str().to_owned(), every_days, next_rotation_at })
}

/// A purpose's schedule, and when its current key is followed by a new one.
pub fn next_rotation(
    database: &mut Database<'_, '_>,
    call: &Call,
    purpose: KeyPurpose,
) -> Result<(Option<i32>, Option<Timestamp>)> {
    let mut rows = database.write(
        include_str!("../../../sql/statements/key_schedule.sql"),
        arguments![call.tenant_id, purpose.as_str()],
    )?;
    if rows.next() { Ok((Some(rows.get(1)?), Some(rows.get(2)?))) } else { Ok((None, None)) }
}

/// Rotates keys that are due. Whoever changes the tenant's configuration at this moment goes first: the next
/// round looks again.
pub fn rotate_due(database: &mut Database<'_, '_>, call: &Call) -> Result<()> {
    let locked = database
        .write(include_str!("../../../sql/statements/key_due_lock.sql"), arguments![call.tenant_id, call.now])?;
    if locked.is_empty() {
        return Ok(());
    }
    // Read again under the lock, and for each: another round may have been faster, and numbers may run out.
    for _ in KeyPurpose::ALL {
        let mut due = database
            .write(include_str!("../../../sql/statements/key_due.sql"), arguments![call.tenant_id, call.now])?;
        if !due.next() {
            break;
        }
        let purpose = KeyPurpose::from_word(&due.get::<String>(1)?)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "unknown purpose of a key"))?;
        rotate(database, call, admit_core::tenant::KeyRotate { purpose })?;
    }
    Ok(())
}

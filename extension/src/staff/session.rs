//! Sessions of people on devices.

use admit_core::journal::ActorKind;
use admit_core::staff::{StaffLoggedOut, StaffLogout, StaffSessionPage, StaffSessionView, StaffSessions};
use admit_core::{Error, ErrorCode, Result};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::venue::fact;

/// Ends every session of a person, who is locked.
pub fn end_sessions_of_staff(database: &mut Database<'_, '_>, call: &Call, staff_id: Uuid) -> Result<()> {
    database.write(
        "UPDATE admit.staff_session SET ended_at = $3 WHERE tenant_id = $1 AND staff_id = $2 AND ended_at IS NULL",
        arguments![call.tenant_id, staff_id, call.now],
    )?;
    Ok(())
}

/// Ends every session of a person, who is locked, but the caller's own.
pub fn end_other_sessions_of_staff(database: &mut Database<'_, '_>, call: &Call, staff_id: Uuid) -> Result<()> {
    database.write(
        "UPDATE admit.staff_session SET ended_at = $3 WHERE tenant_id = $1 AND staff_id = $2 AND ended_at IS NULL \
         AND session_id IS DISTINCT FROM $4",
        arguments![call.tenant_id, staff_id, call.now, call.actor.session_id],
    )?;
    Ok(())
}

/// Ends the sessions of people with these roles that began without a second factor.
pub fn end_sessions_without_factor(database: &mut Database<'_, '_>, call: &Call, roles: Vec<String>) -> Result<()> {
    database.write(
        include_str!("../../../sql/statements/staff_session_end_without_factor.sql"),
        arguments![call.tenant_id, roles, call.now],
    )?;
    Ok(())
}

/// Ends the session on a device, which is locked.
pub fn end_sessions_of_device(database: &mut Database<'_, '_>, call: &Call, device_id: Uuid) -> Result<()> {
    database.write(
        "UPDATE admit.staff_session SET ended_at = $3 WHERE tenant_id = $1 AND device_id = $2 AND ended_at IS NULL",
        arguments![call.tenant_id, device_id, call.now],
    )?;
    Ok(())
}

/// `staff.logout`
pub fn logout(database: &mut Database<'_, '_>, call: &Call, _: StaffLogout) -> Result<StaffLoggedOut> {
    let (ActorKind::Staff, Some(session_id)) = (call.actor.kind, call.actor.session_id) else {
        return Err(Error::new(
            ErrorCode::PermissionDenied,
            "this command ends the caller's session: call it with a staff session",
        ));
    };
    let rows = database.write(
        "UPDATE admit.staff_session SET ended_at = $3 WHERE tenant_id = $1 AND session_id = $2 AND ended_at IS NULL",
        arguments![call.tenant_id, session_id, call.now],
    )?;
    if rows.is_empty() {
        return Err(crate::credential::unauthenticated());
    }
    append(database, call, fact("staff.logged_out", None, None, json!({"session_id": session_id})))?;
    Ok(StaffLoggedOut { ended_at: call.now })
}

/// `staff.sessions`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: StaffSessions) -> Result<StaffSessionPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let rows = database.read(
        include_str!("../../../sql/statements/staff_session_list.sql"),
        arguments![
            call.tenant_id,
            request.staff_id,
            request.device_id,
            request.live,
            call.now,
            call.actor.venue_id,
            call.actor.event_id,
            page.after,
            page.fetch(),
        ],
    )?;
    let items = rows.collect(|row| {
        Ok(StaffSessionView {
            session_id: row.get(1)?,
            staff_id: row.get(2)?,
            device_id: row.get(3)?,
            venue_id: row.get(4)?,
            event_id: row.optional(5)?,
            second_factor: row.get(6)?,
            created_at: row.get(7)?,
            expires_at: row.get(8)?,
            ended_at: row.optional(9)?,
        })
    })?;
    let (items, next_cursor) = page.cut(items, |item| item.session_id);
    Ok(StaffSessionPage { items, next_cursor })
}

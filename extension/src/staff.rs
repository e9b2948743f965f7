//! Staff: people who work at doors, what they may do and where.

mod login;
mod second_factor;
mod session;

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::device::EVENTS_MAX;
use admit_core::journal::ActorKind;
use admit_core::report::JournalPage;
use admit_core::staff::{
    DEFAULT_TOTP_ROLES, StaffActivity, StaffCode, StaffCodeIssued, StaffConfigure, StaffCreate, StaffDeactivate,
    StaffGet, StaffList, StaffPage, StaffSettings, StaffUpdate, StaffView,
};
use admit_core::venue::required_text;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use self::session::{end_sessions_of_staff, end_sessions_without_factor};
use crate::call::{Call, new_id, random};
use crate::database::{Database, Rows, arguments};
use crate::journal::append;
use crate::page::Page;
use crate::tenant::{change_configuration, require_role_within};
use crate::venue::{fact, require_event, require_venue, without_nulls};

pub use login::login;
pub use second_factor::{begin as totp_begin, confirm as totp_confirm, invite as totp_invite, reset as totp_reset};
pub use session::{end_sessions_of_device, list as sessions, logout};

/// Roles that are no person's.
const NOT_FOR_PEOPLE: [&str; 3] = ["owner", "device", "wallet"];

/// A person, locked.
struct Locked {
    role: String,
    deactivated: bool,
    totp_enrolled: bool,
    totp_pending_sealed: Option<Vec<u8>>,
    name: String,
    venue_ids: Vec<Uuid>,
    event_ids: Vec<Uuid>,
    enrolment_code_hash: Option<Vec<u8>>,
    enrolment_expires_at: Option<Timestamp>,
}

/// Locks a person within the caller's scope whose role holds nothing that the caller's does not: who may do
/// less must not get at the code of who may do more. Everybody may act on themselves.
fn lock(database: &mut Database<'_, '_>, call: &Call, staff_id: Uuid) -> Result<Locked> {
    let own = is_caller(call, staff_id);
    let mut rows = database.write(
        include_str!("../../sql/statements/staff_lock.sql"),
        arguments![call.tenant_id, staff_id, call.actor.venue_id, call.actor.event_id, own],
    )?;
    rows.only("person")?;
    let locked = Locked {
        role: rows.get(1)?,
        deactivated: rows.get(2)?,
        totp_enrolled: rows.get(3)?,
        totp_pending_sealed: rows.optional(4)?,
        name: rows.get(5)?,
        venue_ids: rows.get(6)?,
        event_ids: rows.get(7)?,
        enrolment_code_hash: rows.optional(8)?,
        enrolment_expires_at: rows.optional(9)?,
    };
    if !own {
        require_role_within(database, call, &locked.role)?;
    }
    Ok(locked)
}

fn is_caller(call: &Call, staff_id: Uuid) -> bool {
    call.actor.kind == ActorKind::Staff && call.actor.id == Some(staff_id)
}

fn refuse_deactivated(person: &Locked) -> Result<()> {
    if person.deactivated {
        return Err(Error::new(ErrorCode::Conflict, "the person is deactivated: create the person again"));
    }
    Ok(())
}

/// A person's role: one of the tenant's that holds nothing that the caller's does not.
fn checked_role(database: &mut Database<'_, '_>, call: &Call, role: &str) -> Result<()> {
    if NOT_FOR_PEOPLE.contains(&role) {
        return Err(Error::not_found("role"));
    }
    require_role_within(database, call, role)
}

/// Where a person works, within the caller's own scope; the venues of the events are added.
fn places(
    database: &mut Database<'_, '_>,
    call: &Call,
    venue_ids: Vec<Uuid>,
    event_ids: Vec<Uuid>,
) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
    if venue_ids.len() > EVENTS_MAX || event_ids.len() > EVENTS_MAX {
        return Err(Error::invalid(format!("venue_ids and event_ids must have at most {EVENTS_MAX} ids each")));
    }
    let own = |own: Option<Uuid>, asked: Vec<Uuid>| if asked.is_empty() { own.into_iter().collect() } else { asked };
    let (mut venue_ids, mut event_ids) = (own(call.actor.venue_id, venue_ids), own(call.actor.event_id, event_ids));
    for venue_id in &venue_ids {
        require_venue(database, call, *venue_id)?;
    }
    for event_id in &event_ids {
        venue_ids.push(require_event(database, call, *event_id)?);
    }
    for ids in [&mut venue_ids, &mut event_ids] {
        ids.sort_unstable();
        ids.dedup();
    }
    Ok((venue_ids, event_ids))
}

fn new_code(call: &Call, staff_id: Uuid) -> Result<SecretCredential> {
    Ok(SecretCredential { kind: SecretKind::StaffCode, tenant_id: call.tenant_id, id: staff_id, secret: random()? })
}

/// Says which of a new tenant's roles need a second factor.
pub fn create_defaults(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<()> {
    store_totp_roles(database, tenant_id, DEFAULT_TOTP_ROLES.map(str::to_owned).to_vec())
}

fn store_totp_roles(database: &mut Database<'_, '_>, tenant_id: i32, roles: Vec<String>) -> Result<()> {
    database.write("DELETE FROM admit.staff_totp_role WHERE tenant_id = $1", arguments![tenant_id])?;
    database.write(
        "INSERT INTO admit.staff_totp_role (tenant_id, role) SELECT $1, role FROM unnest($2) AS role",
        arguments![tenant_id, roles],
    )?;
    Ok(())
}

/// `staff.create`
pub fn create(database: &mut Database<'_, '_>, call: &Call, request: StaffCreate) -> Result<StaffCodeIssued> {
    let name = required_text("name", &request.name, 200)?;
    checked_role(database, call, &request.role)?;
    let (venue_ids, event_ids) =
        places(database, call, request.venue_ids.unwrap_or_default(), request.event_ids.unwrap_or_default())?;
    let code = new_code(call, new_id(call.now)?)?;
    let body = json!({
        "event_ids": event_ids, "name": name, "role": request.role, "staff_id": code.id, "venue_ids": venue_ids,
    });
    database.write(
        "INSERT INTO admit.staff (tenant_id, staff_id, name, role, venue_ids, event_ids, code_hash, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        arguments![call.tenant_id, code.id, name, request.role, venue_ids, event_ids, code.secret_hash(), call.now],
    )?;
    append(database, call, fact("staff.created", None, None, body))?;
    Ok(StaffCodeIssued { staff_id: code.id, staff_code: code.encode() })
}

/// `staff.get`
pub fn get(database: &mut Database<'_, '_>, call: &Call, request: StaffGet) -> Result<StaffView> {
    let page = Page::of(Some(1), None)?;
    let mut rows = list_rows(database, call, Some(request.staff_id), &StaffList::default(), &page)?;
    rows.only("person")?;
    view(&rows)
}

/// `staff.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, request: StaffList) -> Result<StaffPage> {
    let page = Page::of(request.limit, request.cursor.as_deref())?;
    let items = list_rows(database, call, None, &request, &page)?.collect(view)?;
    let (items, next_cursor) = page.cut(items, |item| item.staff_id);
    Ok(StaffPage { items, next_cursor })
}

fn list_rows<'conn>(
    database: &mut Database<'_, 'conn>,
    call: &Call,
    staff_id: Option<Uuid>,
    request: &StaffList,
    page: &Page,
) -> Result<Rows<'conn>> {
    database.read(
        include_str!("../../sql/statements/staff_list.sql"),
        arguments![
            call.tenant_id,
            staff_id,
            request.active,
            request.role.clone(),
            request.venue_id,
            call.actor.venue_id,
            call.actor.event_id,
            page.after,
            page.fetch(),
            call.now,
        ],
    )
}

fn view(row: &Rows<'_>) -> Result<StaffView> {
    Ok(StaffView {
        staff_id: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        venue_ids: row.get(4)?,
        event_ids: row.get(5)?,
        totp_enrolled: row.get(6)?,
        totp_required: row.get(7)?,
        recovery_codes_left: row.get(8)?,
        locked_until: row.optional(9)?,
        created_at: row.get(10)?,
        deactivated_at: row.optional(11)?,
    })
}

/// `staff.update`
pub fn update(database: &mut Database<'_, '_>, call: &Call, request: StaffUpdate) -> Result<StaffView> {
    let person = lock(database, call, request.staff_id)?;
    refuse_deactivated(&person)?;
    let name = request.name.as_deref().map(|name| required_text("name", name, 200)).transpose()?;
    if let Some(role) = &request.role {
        checked_role(database, call, role)?;
    }
    let moved = request.venue_ids.is_some() || request.event_ids.is_some();
    let (venue_ids, event_ids) = if moved {
        let venue_ids = request.venue_ids.unwrap_or_else(|| person.venue_ids.clone());
        places(database, call, venue_ids, request.event_ids.unwrap_or_else(|| person.event_ids.clone()))?
    } else {
        (person.venue_ids.clone(), person.event_ids.clone())
    };
    let role = request.role.unwrap_or_else(|| person.role.clone());
    if role != person.role || venue_ids != person.venue_ids || event_ids != person.event_ids {
        end_sessions_of_staff(database, call, request.staff_id)?;
    }
    let body = without_nulls(json!({
        "event_ids": moved.then_some(&event_ids), "name": name, "role": role, "staff_id": request.staff_id,
        "venue_ids": moved.then_some(&venue_ids),
    }));
    database.write(
        "UPDATE admit.staff SET name = coalesce($3, name), role = $4, venue_ids = $5, event_ids = $6 \
         WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, request.staff_id, name, role, venue_ids, event_ids],
    )?;
    append(database, call, fact("staff.updated", None, None, body))?;
    get(database, call, StaffGet { staff_id: request.staff_id })
}

/// `staff.deactivate`
pub fn deactivate(database: &mut Database<'_, '_>, call: &Call, request: StaffDeactivate) -> Result<StaffView> {
    let person = lock(database, call, request.staff_id)?;
    if !person.deactivated {
        end_sessions_of_staff(database, call, request.staff_id)?;
        database.write(
            "UPDATE admit.staff SET deactivated_at = $3, totp_sealed = NULL, totp_pending_sealed = NULL, \
             enrolment_code_hash = NULL, enrolment_expires_at = NULL WHERE tenant_id = $1 AND staff_id = $2",
            arguments![call.tenant_id, request.staff_id, call.now],
        )?;
        second_factor::remove_recovery_codes(database, call, request.staff_id)?;
        append(database, call, fact("staff.deactivated", None, None, json!({"staff_id": request.staff_id})))?;
    }
    get(database, call, StaffGet { staff_id: request.staff_id })
}

/// `staff.code`
pub fn code(database: &mut Database<'_, '_>, call: &Call, request: StaffCode) -> Result<StaffCodeIssued> {
    let person = lock(database, call, request.staff_id)?;
    refuse_deactivated(&person)?;
    end_sessions_of_staff(database, call, request.staff_id)?;
    let code = new_code(call, request.staff_id)?;
    database.write(
        "UPDATE admit.staff SET code_hash = $3 WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, code.id, code.secret_hash()],
    )?;
    append(database, call, fact("staff.code_issued", None, None, json!({"staff_id": code.id})))?;
    Ok(StaffCodeIssued { staff_id: code.id, staff_code: code.encode() })
}

/// `staff.configure`
pub fn configure(database: &mut Database<'_, '_>, call: &Call, request: StaffConfigure) -> Result<StaffSettings> {
    call.require_whole_tenant("settings")?;
    let mut totp_roles = request.totp_roles;
    totp_roles.sort_unstable();
    totp_roles.dedup();
    change_configuration(database, call)?;
    let mut known = database.read(
        "SELECT count(DISTINCT role) FROM admit.role_command WHERE tenant_id = $1 AND role = ANY ($2)",
        arguments![call.tenant_id, totp_roles.clone()],
    )?;
    known.only("role")?;
    if usize::try_from(known.get::<i64>(1)?) != Ok(totp_roles.len()) {
        return Err(Error::not_found("role"));
    }
    store_totp_roles(database, call.tenant_id, totp_roles.clone())?;
    end_sessions_without_factor(database, call, totp_roles.clone())?;
    append(database, call, fact("staff.configured", None, None, json!({"totp_roles": totp_roles})))?;
    Ok(StaffSettings { totp_roles })
}

/// `staff.activity`
pub fn activity(database: &mut Database<'_, '_>, call: &Call, request: StaffActivity) -> Result<JournalPage> {
    if !is_caller(call, request.staff_id) {
        get(database, call, StaffGet { staff_id: request.staff_id })?;
    }
    crate::report::staff_activity(database, call, request)
}

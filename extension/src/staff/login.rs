//! Logging a person in on a device: the device's credential, the person's code, and a second factor.

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::journal::ActorKind;
use admit_core::staff::{
    LoginOutcome, LoginRefusal, SESSION_HOURS_MAX, StaffLogin, StaffLoginAnswer, locked_until, session_event,
};
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::second_factor::{use_recovery_code, use_totp};
use super::session::end_sessions_of_device;
use crate::call::{Actor, Call, new_id, random};
use crate::database::{Database, arguments};
use crate::guess::lock_device;
use crate::journal::append;
use crate::venue::fact;

/// The device of a log-in, locked.
struct Place {
    device_id: Uuid,
    gate_id: Uuid,
    venue_id: Uuid,
    event_ids: Vec<Uuid>,
}

/// Who claims to log in, locked.
struct Person {
    staff_id: Uuid,
    name: String,
    role: String,
    venue_ids: Vec<Uuid>,
    /// The person's events at the device's venue; none when it works at all of them.
    events: Option<Vec<Uuid>>,
    totp_sealed: Option<Vec<u8>>,
    totp_last_step: Option<i64>,
    failures: i32,
    locked_until: Option<Timestamp>,
    totp_required: bool,
}

/// Why there is no session.
struct Refused {
    reason: LoginRefusal,
    retry_at: Option<Timestamp>,
}

impl From<LoginRefusal> for Refused {
    fn from(reason: LoginRefusal) -> Self {
        Self { reason, retry_at: None }
    }
}

/// `staff.login`
pub fn login(database: &mut Database<'_, '_>, call: &Call, request: StaffLogin) -> Result<StaffLoginAnswer> {
    let hours = request.session_hours.unwrap_or(SESSION_HOURS_MAX);
    if !(1..=SESSION_HOURS_MAX).contains(&hours) {
        return Err(Error::invalid(format!("session_hours must be between 1 and {SESSION_HOURS_MAX}")));
    }
    if request.totp_code.is_some() && request.recovery_code.is_some() {
        return Err(Error::invalid("give either totp_code or recovery_code"));
    }
    let place = lock_place(database, call, request.device_id)?;
    let guesses = lock_device(database, call, "staff_login", place.device_id)?;
    if let Some(retry_at) = guesses.locked_until() {
        return Ok(refused(None, Refused { reason: LoginRefusal::Locked, retry_at: Some(retry_at) }));
    }
    let Some(person) = lock_person(database, call, &place, &request.staff_code)? else {
        if guesses.count(database, call)? {
            let body = json!({"device_id": place.device_id});
            append(database, call, fact("staff.login_locked", None, Some(place.gate_id), body))?;
        }
        return Ok(refused(None, LoginRefusal::CodeRefused.into()));
    };
    let event_id = match event_of(database, call, &place, &person, request.event_id)? {
        Ok(event_id) => event_id,
        Err(reason) => return Ok(refused(Some(&person), reason.into())),
    };
    let second_factor = match second_factor(database, call, &place, &person, &request)? {
        Ok(second_factor) => second_factor,
        Err(reason) => return Ok(refused(Some(&person), reason)),
    };
    guesses.forgive(database, call)?;
    open(database, call, &place, person, event_id, second_factor, hours)
}

/// Locks the device: one log-in at a time, and none beside a revocation.
fn lock_place(database: &mut Database<'_, '_>, call: &Call, named: Option<Uuid>) -> Result<Place> {
    let by_device = matches!(call.actor.kind, ActorKind::Device | ActorKind::Sql);
    if !by_device {
        return Err(Error::new(
            ErrorCode::PermissionDenied,
            "people log in on a device: call this command with the device's token",
        ));
    }
    let device_id = crate::device::acting(call, named)?;
    let mut device = database.write(
        "SELECT gate_id, event_ids, revoked_at IS NULL AND coalesce(token_expires_at > $3, false) FROM admit.device \
         WHERE tenant_id = $1 AND device_id = $2 FOR NO KEY UPDATE",
        arguments![call.tenant_id, device_id, call.now],
    )?;
    device.only("device")?;
    let gate_id: Uuid = device.get(1)?;
    if !device.get::<bool>(3)? {
        return Err(Error::new(
            ErrorCode::Conflict,
            "the device is revoked, not paired yet, or its token has ended: pair it first",
        ));
    }
    let mut gate = database.read(
        "SELECT venue_id FROM admit.gate WHERE tenant_id = $1 AND gate_id = $2",
        arguments![call.tenant_id, gate_id],
    )?;
    gate.only("gate")?;
    Ok(Place { device_id, gate_id, venue_id: gate.get(1)?, event_ids: device.get(2)? })
}

/// Locks the person of a code; none when the code is not good.
fn lock_person(database: &mut Database<'_, '_>, call: &Call, place: &Place, code: &str) -> Result<Option<Person>> {
    let Some(code) = SecretCredential::parse(SecretKind::StaffCode, code) else { return Ok(None) };
    if code.tenant_id != call.tenant_id {
        return Ok(None);
    }
    let mut row = database.point(
        include_str!("../../../sql/statements/staff_login_lock.sql"),
        arguments![call.tenant_id, code.id, place.venue_id],
    )?;
    if !row.next() {
        return Ok(None);
    }
    let (hash, deactivated): (Vec<u8>, bool) = (row.get(1)?, row.get(2)?);
    if !code.matches(&hash) || deactivated {
        return Ok(None);
    }
    let bound: bool = row.get(6)?;
    let events: Vec<Uuid> = row.get(7)?;
    Ok(Some(Person {
        staff_id: code.id,
        name: row.get(3)?,
        role: row.get(4)?,
        venue_ids: row.get(5)?,
        events: bound.then_some(events),
        totp_sealed: row.optional(8)?,
        totp_last_step: row.optional(9)?,
        failures: row.get(10)?,
        locked_until: row.optional(11)?,
        totp_required: row.get(12)?,
    }))
}

/// The event that the session is for.
fn event_of(
    database: &mut Database<'_, '_>,
    call: &Call,
    place: &Place,
    person: &Person,
    asked: Option<Uuid>,
) -> Result<std::result::Result<Option<Uuid>, LoginRefusal>> {
    if !person.venue_ids.is_empty() && !person.venue_ids.contains(&place.venue_id) {
        return Ok(Err(LoginRefusal::OutOfScope));
    }
    if let Some(asked) = asked {
        let here = database.read(
            "SELECT 1 FROM admit.event WHERE tenant_id = $1 AND event_id = $2 AND venue_id = $3",
            arguments![call.tenant_id, asked, place.venue_id],
        )?;
        if here.is_empty() {
            return Ok(Err(LoginRefusal::OutOfScope));
        }
    }
    Ok(session_event(person.events.as_deref(), &place.event_ids, asked))
}

/// Whether a second factor was shown, where none is needed; wrong codes are counted.
fn second_factor(
    database: &mut Database<'_, '_>,
    call: &Call,
    place: &Place,
    person: &Person,
    request: &StaffLogin,
) -> Result<std::result::Result<bool, Refused>> {
    let Some(sealed) = &person.totp_sealed else {
        return Ok(if person.totp_required { Err(LoginRefusal::TotpNotEnrolled.into()) } else { Ok(false) });
    };
    if let Some(retry_at) = person.locked_until.filter(|until| *until > call.now) {
        return Ok(Err(Refused { reason: LoginRefusal::Locked, retry_at: Some(retry_at) }));
    }
    let right = match (&request.totp_code, &request.recovery_code) {
        (Some(code), _) => use_totp(database, call, person.staff_id, sealed, person.totp_last_step, code)?,
        (None, Some(code)) => use_recovery_code(database, call, person.staff_id, code)?,
        (None, None) => return Ok(Err(LoginRefusal::TotpRequired.into())),
    };
    let failures = if right { 0 } else { person.failures.saturating_add(1) };
    let retry_at = locked_until(failures, call.now);
    database.write(
        "UPDATE admit.staff SET failures = $3, locked_until = $4 WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, person.staff_id, failures, retry_at],
    )?;
    if right {
        return Ok(Ok(true));
    }
    let body = json!({"device_id": place.device_id, "failures": failures, "staff_id": person.staff_id});
    append(database, call, fact("staff.login_refused", None, Some(place.gate_id), body))?;
    Ok(Err(Refused { reason: LoginRefusal::TotpRefused, retry_at }))
}

fn open(
    database: &mut Database<'_, '_>,
    call: &Call,
    place: &Place,
    person: Person,
    event_id: Option<Uuid>,
    second_factor: bool,
    hours: i32,
) -> Result<StaffLoginAnswer> {
    let expires_at = call.now + SignedDuration::from_hours(i64::from(hours));
    let token = SecretCredential {
        kind: SecretKind::StaffSession,
        tenant_id: call.tenant_id,
        id: new_id(call.now)?,
        secret: random()?,
    };
    end_sessions_of_device(database, call, place.device_id)?;
    database.write(
        "INSERT INTO admit.staff_session (tenant_id, session_id, staff_id, device_id, secret_hash, venue_id, event_id, \
         second_factor, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        arguments![
            call.tenant_id,
            token.id,
            person.staff_id,
            place.device_id,
            token.secret_hash(),
            place.venue_id,
            event_id,
            second_factor,
            call.now,
            expires_at,
        ],
    )?;
    database.write(
        "UPDATE admit.device SET last_seen_at = $3 WHERE tenant_id = $1 AND device_id = $2",
        arguments![call.tenant_id, place.device_id, call.now],
    )?;
    let mut actor = Actor::new(ActorKind::Staff, Some(person.staff_id));
    actor.device_id = Some(place.device_id);
    let by_person = Call { actor, ..call.clone() };
    let body = json!({"expires_at": expires_at, "second_factor": second_factor, "session_id": token.id});
    append(database, &by_person, fact("staff.logged_in", event_id, Some(place.gate_id), body))?;
    Ok(StaffLoginAnswer {
        outcome: LoginOutcome::LoggedIn,
        reason: None,
        retry_at: None,
        staff_id: Some(person.staff_id),
        name: Some(person.name),
        role: Some(person.role),
        session_token: Some(token.encode()),
        expires_at: Some(expires_at),
        venue_id: Some(place.venue_id),
        event_id,
    })
}

/// A refusal; it names the person only whose code was good.
fn refused(person: Option<&Person>, refused: Refused) -> StaffLoginAnswer {
    StaffLoginAnswer {
        outcome: LoginOutcome::Refused,
        reason: Some(refused.reason),
        retry_at: refused.retry_at,
        staff_id: person.map(|person| person.staff_id),
        name: person.map(|person| person.name.clone()),
        role: person.map(|person| person.role.clone()),
        session_token: None,
        expires_at: None,
        venue_id: None,
        event_id: None,
    }
}

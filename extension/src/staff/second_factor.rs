//! The second factor of a person: enrolment, recovery codes, and the codes at a log-in.

use admit_core::device::{CODE_MINUTES_DEFAULT, CODE_MINUTES_MAX};
use admit_core::journal::ActorKind;
use admit_core::sealed::NONCE_LENGTH;
use admit_core::staff::{
    RECOVERY_CODES, SECOND_FACTOR_SECRET_BYTES, StaffGet, StaffTotpBegin, StaffTotpConfirm, StaffTotpInvite,
    StaffTotpReset, StaffView, TotpConfirmed, TotpEnrolment, TotpInvitation, accepted_step, enrolment_code_hash,
    is_enrolment_code, otpauth_uri, recovery_code, recovery_code_hash, secret_text,
};
use admit_core::totp::{Step, TotpKey};
use admit_core::{Error, ErrorCode, Result};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::session::{end_other_sessions_of_staff, end_sessions_of_staff};
use super::{Locked, get, is_caller, lock, refuse_deactivated};
use crate::call::{Call, random};
use crate::credential::require_command;
use crate::database::{Database, arguments};
use crate::journal::append;
use crate::key::master_key;
use crate::venue::fact;

/// What a sealed secret is, to the cipher.
fn context(tenant_id: i32, staff_id: Uuid) -> String {
    format!("admit second factor {tenant_id} {staff_id}")
}

fn open(call: &Call, staff_id: Uuid, sealed: &[u8]) -> Result<TotpKey> {
    let secret = master_key()?.open(&context(call.tenant_id, staff_id), sealed)?;
    let secret: [u8; SECOND_FACTOR_SECRET_BYTES] =
        secret.try_into().map_err(|_| Error::new(ErrorCode::Internal, "a stored secret has the wrong length"))?;
    Ok(TotpKey(secret))
}

fn now_seconds(call: &Call) -> u64 {
    u64::try_from(call.now.as_second()).unwrap_or_default()
}

/// The person whom an enrolment is for, locked: the caller, who shows an enrolment code, or whom somebody names who
/// may reset second factors. A badge alone, which may be found, must not become a badge with a second factor.
fn lock_enrolled(
    database: &mut Database<'_, '_>,
    call: &Call,
    named: Option<Uuid>,
    enrolment_code: Option<&str>,
) -> Result<(Uuid, Locked)> {
    let own = call.actor.id.filter(|_| call.actor.kind == ActorKind::Staff);
    let staff_id = named.or(own).ok_or_else(|| Error::invalid("staff_id is needed when the caller is no person"))?;
    if !is_caller(call, staff_id) {
        require_command(database, call, "staff.totp_reset")?;
    }
    let person = lock(database, call, staff_id)?;
    refuse_deactivated(&person)?;
    refuse_enrolled(&person)?;
    if is_caller(call, staff_id) && !shows_code(call, staff_id, &person, enrolment_code) {
        return Err(Error::new(
            ErrorCode::PermissionDenied,
            "send a good enrolment_code: somebody else makes one for you with staff.totp_invite",
        ));
    }
    Ok((staff_id, person))
}

fn shows_code(call: &Call, staff_id: Uuid, person: &Locked, code: Option<&str>) -> bool {
    let (Some(code), Some(hash)) = (code, &person.enrolment_code_hash) else { return false };
    person.enrolment_expires_at.is_some_and(|end| end > call.now)
        && is_enrolment_code(call.tenant_id, staff_id, code, hash)
}

fn refuse_enrolled(person: &Locked) -> Result<()> {
    if person.totp_enrolled {
        return Err(Error::new(
            ErrorCode::Conflict,
            "a second factor is enrolled: remove it first with staff.totp_reset",
        ));
    }
    Ok(())
}

/// `staff.totp_invite`
pub fn invite(database: &mut Database<'_, '_>, call: &Call, request: StaffTotpInvite) -> Result<TotpInvitation> {
    let (staff_id, minutes) = (request.staff_id, request.code_minutes.unwrap_or(CODE_MINUTES_DEFAULT));
    if !(1..=CODE_MINUTES_MAX).contains(&minutes) {
        return Err(Error::invalid(format!("code_minutes must be between 1 and {CODE_MINUTES_MAX}")));
    }
    if is_caller(call, staff_id) {
        return Err(Error::new(ErrorCode::PermissionDenied, "somebody else makes your enrolment code: ask for it"));
    }
    let person = lock(database, call, staff_id)?;
    refuse_deactivated(&person)?;
    refuse_enrolled(&person)?;
    let enrolment_code = recovery_code(&random()?);
    let expires_at = call.now + SignedDuration::from_mins(i64::from(minutes));
    let hash = enrolment_code_hash(call.tenant_id, staff_id, &enrolment_code).map(|hash| hash.to_vec());
    database.write(
        "UPDATE admit.staff SET enrolment_code_hash = $3, enrolment_expires_at = $4 \
         WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, staff_id, hash, expires_at],
    )?;
    let body = json!({"expires_at": expires_at, "staff_id": staff_id});
    append(database, call, fact("staff.totp_invited", None, None, body))?;
    Ok(TotpInvitation { staff_id, enrolment_code, expires_at })
}

/// `staff.totp_begin`
pub fn begin(database: &mut Database<'_, '_>, call: &Call, request: StaffTotpBegin) -> Result<TotpEnrolment> {
    let (staff_id, person) = lock_enrolled(database, call, request.staff_id, request.enrolment_code.as_deref())?;
    let secret: [u8; SECOND_FACTOR_SECRET_BYTES] = random()?;
    let sealed = master_key()?.seal(random::<NONCE_LENGTH>()?, &context(call.tenant_id, staff_id), &secret)?;
    database.write(
        "UPDATE admit.staff SET totp_pending_sealed = $3 WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, staff_id, sealed],
    )?;
    let mut tenant = database.read("SELECT name FROM admit.tenant WHERE tenant_id = $1", arguments![call.tenant_id])?;
    tenant.only("tenant")?;
    let issuer: String = tenant.get(1)?;
    append(database, call, fact("staff.totp_begun", None, None, json!({"staff_id": staff_id})))?;
    Ok(TotpEnrolment {
        staff_id,
        totp_secret: secret_text(&secret),
        otpauth_uri: otpauth_uri(&issuer, &person.name, &secret),
    })
}

/// `staff.totp_confirm`
pub fn confirm(database: &mut Database<'_, '_>, call: &Call, request: StaffTotpConfirm) -> Result<TotpConfirmed> {
    let (staff_id, person) = lock_enrolled(database, call, request.staff_id, request.enrolment_code.as_deref())?;
    let pending = person.totp_pending_sealed.ok_or_else(|| {
        Error::new(ErrorCode::Conflict, "no second factor waits for its first code: begin with staff.totp_begin")
    })?;
    let key = open(call, staff_id, &pending)?;
    let step = accepted_step(&key, &request.totp_code, now_seconds(call), None).ok_or_else(|| {
        Error::invalid("totp_code must be the six digits that the app shows now: check the clock of the phone")
    })?;
    database.write(
        "UPDATE admit.staff SET totp_sealed = totp_pending_sealed, totp_pending_sealed = NULL, totp_last_step = $3, \
         enrolment_code_hash = NULL, enrolment_expires_at = NULL WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, staff_id, i64::try_from(step.0).unwrap_or(i64::MAX)],
    )?;
    remove_recovery_codes(database, call, staff_id)?;
    let mut recovery_codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = recovery_code(&random()?);
        database.write(
            "INSERT INTO admit.staff_recovery_code (tenant_id, staff_id, code_hash) VALUES ($1, $2, $3)",
            arguments![
                call.tenant_id,
                staff_id,
                recovery_code_hash(call.tenant_id, staff_id, &code).map(|hash| hash.to_vec()),
            ],
        )?;
        recovery_codes.push(code);
    }
    end_other_sessions_of_staff(database, call, staff_id)?;
    append(database, call, fact("staff.totp_confirmed", None, None, json!({"staff_id": staff_id})))?;
    Ok(TotpConfirmed { staff_id, recovery_codes })
}

/// `staff.totp_reset`
pub fn reset(database: &mut Database<'_, '_>, call: &Call, request: StaffTotpReset) -> Result<StaffView> {
    let person = lock(database, call, request.staff_id)?;
    refuse_deactivated(&person)?;
    end_sessions_of_staff(database, call, request.staff_id)?;
    database.write(
        "UPDATE admit.staff SET totp_sealed = NULL, totp_pending_sealed = NULL, totp_last_step = NULL, failures = 0, \
         locked_until = NULL, enrolment_code_hash = NULL, enrolment_expires_at = NULL \
         WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, request.staff_id],
    )?;
    remove_recovery_codes(database, call, request.staff_id)?;
    append(database, call, fact("staff.totp_reset", None, None, json!({"staff_id": request.staff_id})))?;
    get(database, call, StaffGet { staff_id: request.staff_id })
}

/// Voids a person's recovery codes.
pub fn remove_recovery_codes(database: &mut Database<'_, '_>, call: &Call, staff_id: Uuid) -> Result<()> {
    database.write(
        "DELETE FROM admit.staff_recovery_code WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, staff_id],
    )?;
    Ok(())
}

/// Whether a code of the app is right; its step is used up then. The person is locked.
pub fn use_totp(
    database: &mut Database<'_, '_>,
    call: &Call,
    staff_id: Uuid,
    sealed: &[u8],
    last_step: Option<i64>,
    code: &str,
) -> Result<bool> {
    let key = open(call, staff_id, sealed)?;
    let last = last_step.and_then(|step| u64::try_from(step).ok()).map(Step);
    let Some(step) = accepted_step(&key, code, now_seconds(call), last) else { return Ok(false) };
    database.write(
        "UPDATE admit.staff SET totp_last_step = $3 WHERE tenant_id = $1 AND staff_id = $2",
        arguments![call.tenant_id, staff_id, i64::try_from(step.0).unwrap_or(i64::MAX)],
    )?;
    Ok(true)
}

/// Whether a recovery code is right; it is gone then. The person is locked.
pub fn use_recovery_code(database: &mut Database<'_, '_>, call: &Call, staff_id: Uuid, code: &str) -> Result<bool> {
    let Some(hash) = recovery_code_hash(call.tenant_id, staff_id, code) else { return Ok(false) };
    let rows = database.write(
        "DELETE FROM admit.staff_recovery_code WHERE tenant_id = $1 AND staff_id = $2 AND code_hash = $3 RETURNING 1",
        arguments![call.tenant_id, staff_id, hash],
    )?;
    Ok(!rows.is_empty())
}

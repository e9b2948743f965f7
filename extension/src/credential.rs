//! Who is behind a credential, proved in the database for every call from outside.

use admit_core::credential::{Credential, SecretCredential, SecretKind, UnverifiedSession};
use admit_core::journal::ActorKind;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;

use crate::call::{Actor, Call};
use crate::database::{Database, arguments};
use crate::key::{self, KeyMaterial};

/// The actor behind a credential who may carry out `command`.
///
/// # Errors
/// `unauthenticated` for anything that is not a live credential of this tenant, in the same
/// words whatever is wrong with it; `session_expired` for a wallet session that was proved and
/// has ended; `permission_denied` when the role does not have the command.
pub fn authenticate(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    text: &str,
    command: &str,
    now: Timestamp,
) -> Result<Actor> {
    let (actor, permitted) = match Credential::parse(text) {
        Some(credential) if credential.tenant_id() != tenant_id => return Err(unauthenticated()),
        Some(Credential::Secret(credential)) => secret(database, &credential, command, now)?,
        Some(Credential::Wallet(token)) => wallet(database, tenant_id, token, command, now)?,
        None => return Err(unauthenticated()),
    };
    if permitted {
        return Ok(actor);
    }
    Err(Error::new(
        ErrorCode::PermissionDenied,
        format!("the credential's role may not call {command}; an owner can allow it with role.set"),
    ))
}

/// The answer to whoever cannot prove who they are.
pub fn unauthenticated() -> Error {
    Error::new(ErrorCode::Unauthenticated, "send a valid credential as Authorization: Bearer <credential>")
}

/// Refuses a command that the caller's role does not have, where it is reached through another one.
///
/// # Errors
/// `permission_denied`
pub fn require_command(database: &mut Database<'_, '_>, call: &Call, command: &str) -> Result<()> {
    if call.actor.kind == ActorKind::Sql {
        return Ok(());
    }
    let rows = database.read(
        "SELECT 1 FROM admit.api_key AS k JOIN admit.role_command AS r ON r.tenant_id = k.tenant_id AND r.role = k.role \
         WHERE k.tenant_id = $1 AND k.api_key_id = $2 AND r.command = $3",
        arguments![call.tenant_id, call.actor.id, command],
    )?;
    if rows.is_empty() {
        return Err(Error::new(ErrorCode::PermissionDenied, format!("the credential's role may not call {command}")));
    }
    Ok(())
}

fn secret(
    database: &mut Database<'_, '_>,
    credential: &SecretCredential,
    command: &str,
    now: Timestamp,
) -> Result<(Actor, bool)> {
    let (text, kind) = match credential.kind {
        SecretKind::ApiKey => (include_str!("../../sql/statements/credential_api_key.sql"), ActorKind::ApiKey),
        SecretKind::Device => (include_str!("../../sql/statements/credential_device.sql"), ActorKind::Device),
    };
    let mut rows = database.point_read(text, arguments![credential.tenant_id, credential.id, command, now])?;
    if !rows.next() {
        // Compare all the same, so that an unknown id takes as long as a wrong secret.
        let _ = credential.matches(&[0; 32]);
        return Err(unauthenticated());
    }
    let (hash, live): (Vec<u8>, bool) = (rows.get(1)?, rows.get(2)?);
    let current = credential.matches(&hash);
    // Whoever lost the answer to a renewal has only the replaced token to ask for it again.
    let replaced: Option<Vec<u8>> = if kind == ActorKind::Device { rows.optional(6)? } else { None };
    let replaced = replaced.is_some_and(|hash| credential.matches(&hash)) && command == "device.renew";
    if !(current || replaced) || !live {
        return Err(unauthenticated());
    }
    let mut actor = Actor::new(kind, Some(credential.id));
    actor.replays_only = !current;
    actor.venue_id = rows.optional(3)?;
    actor.event_id = rows.optional(4)?;
    Ok((actor, rows.get(5)?))
}

fn wallet(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    token: UnverifiedSession,
    command: &str,
    now: Timestamp,
) -> Result<(Actor, bool)> {
    let key = key::open(database, tenant_id, i32::from(token.key_reference().1))?;
    let session = match key.as_deref() {
        Some(KeyMaterial::Session(key)) => token.verify(key),
        _ => None,
    };
    let session = session.ok_or_else(unauthenticated)?;
    let mut rows = database.point_read(
        include_str!("../../sql/statements/credential_wallet.sql"),
        arguments![tenant_id, session.session_id, session.wallet_id, command, now],
    )?;
    if !rows.next() || !rows.get::<bool>(1)? {
        return Err(Error::new(ErrorCode::SessionExpired, "the wallet session has ended: open the wallet again"));
    }
    let mut actor = Actor::new(ActorKind::Wallet, Some(session.wallet_id));
    actor.session_id = Some(session.session_id);
    Ok((actor, rows.get(2)?))
}

//! Who is behind a credential, proved in the database for every call from outside.

use admit_core::credential::{Credential, SecretCredential, SecretKind, UnverifiedSession};
use admit_core::journal::ActorKind;
use admit_core::offline::ManifestKey;
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use uuid::Uuid;

use crate::call::{Actor, Call};
use crate::database::{Database, arguments};
use crate::key::{self, KeyMaterial};

/// The command whose answer holds keys that are sealed for the caller's credential.
const MANIFEST: &str = "manifest.get";

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
    body: &str,
    now: Timestamp,
) -> Result<Actor> {
    let (mut actor, permitted) = match Credential::parse(text) {
        Some(credential) if credential.tenant_id() != tenant_id => return Err(unauthenticated()),
        Some(Credential::Secret(credential)) => secret(database, &credential, command, now)?,
        Some(Credential::Wallet(token)) => wallet(database, tenant_id, token, command, now)?,
        None => return Err(unauthenticated()),
    };
    if permitted {
        narrow(&mut actor, body);
        return Ok(actor);
    }
    let by_device = actor.kind == ActorKind::Device || actor.device_id.is_some();
    let how = if by_device { "role.set, and for its device with device_profile.set" } else { "role.set" };
    Err(Error::new(
        ErrorCode::PermissionDenied,
        format!("the credential's role may not call {command}; an owner can allow it with {how}"),
    ))
}

/// A device of several events acts for the one that its request names, and for none when it names no other.
fn narrow(actor: &mut Actor, body: &str) {
    #[derive(serde::Deserialize)]
    struct Named {
        event_id: Option<Uuid>,
    }
    if actor.event_ids.is_empty() {
        return;
    }
    let named = serde_json::from_str::<Named>(body).ok().and_then(|named| named.event_id);
    actor.event_id = Some(named.filter(|event_id| actor.event_ids.contains(event_id)).unwrap_or(Uuid::nil()));
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
    if has_commands(database, call, vec![command.to_owned()])? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied, format!("the credential's role may not call {command}")))
}

/// Whether the caller's role has all of the commands.
pub fn has_commands(database: &mut Database<'_, '_>, call: &Call, commands: Vec<String>) -> Result<bool> {
    if call.actor.kind == ActorKind::Sql {
        return Ok(true);
    }
    let mut rows = database.read(
        include_str!("../../sql/statements/caller_lacks.sql"),
        arguments![call.tenant_id, call.actor.id, commands],
    )?;
    rows.only("answer")?;
    rows.get::<bool>(1).map(|lacks| !lacks)
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
        SecretKind::StaffSession => (include_str!("../../sql/statements/credential_staff.sql"), ActorKind::Staff),
        // A badge alone proves nobody.
        SecretKind::StaffCode => return Err(unauthenticated()),
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
    if kind == ActorKind::Staff {
        actor.id = Some(rows.get(6)?);
        actor.device_id = Some(rows.get(7)?);
        actor.session_id = Some(credential.id);
    }
    actor.replays_only = !current;
    if command == MANIFEST && kind != ActorKind::ApiKey {
        actor.manifest_key = Some(ManifestKey::of_credential(&credential.encode()));
    }
    actor.venue_id = rows.optional(3)?;
    if kind == ActorKind::Device {
        match rows.get::<Vec<Uuid>>(4)?[..] {
            [] => {}
            [event_id] => actor.event_id = Some(event_id),
            ref several => actor.event_ids = several.to_vec(),
        }
    } else {
        actor.event_id = rows.optional(4)?;
    }
    Ok((actor, rows.get(5)?))
}

fn wallet(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    token: UnverifiedSession,
    command: &str,
    now: Timestamp,
) -> Result<(Actor, bool)> {
    let key_id = i32::from(token.key_reference().1);
    let key = key::open(database, tenant_id, key_id)?;
    let session = match key.as_deref() {
        Some(KeyMaterial::Session(key)) => token.verify(key),
        _ => None,
    };
    let session = session.ok_or_else(unauthenticated)?;
    let mut rows = database.point_read(
        include_str!("../../sql/statements/credential_wallet.sql"),
        arguments![tenant_id, session.session_id, session.wallet_id, command, now, key_id],
    )?;
    rows.only("answer")?;
    if rows.get(3)? {
        return Err(unauthenticated());
    }
    if !rows.get::<bool>(1)? {
        return Err(Error::new(ErrorCode::SessionExpired, "the wallet session has ended: open the wallet again"));
    }
    let mut actor = Actor::new(ActorKind::Wallet, Some(session.wallet_id));
    actor.session_id = Some(session.session_id);
    Ok((actor, rows.get(2)?))
}

//! Idempotency keys: the same key gives the same answer, in the transaction of the command.

use admit_core::sealed::NONCE_LENGTH;
use admit_core::{Error, ErrorCode, Result};
use sha2::{Digest, Sha256};

use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::key::master_key;

/// What a sealed answer is, to the cipher.
const CONTEXT: &str = "admit idempotency answer";

/// Keys are at most this long.
const KEY_LENGTH_MAX: usize = 255;

/// Runs a command once for its key. The row is inserted first: a second call with the same key
/// waits for the first to end, then reads its answer under a row lock.
///
/// # Errors
/// `idempotency_key_reused` when the key came with another request.
pub fn once(
    database: &mut Database<'_, '_>,
    call: &Call,
    command: &str,
    body: &str,
    run: impl FnOnce(&mut Database<'_, '_>) -> Result<String>,
) -> Result<String> {
    let Some(key) = call.idempotency_key.as_deref() else {
        return run(database);
    };
    if key.is_empty() || key.len() > KEY_LENGTH_MAX {
        return Err(Error::invalid(format!("the idempotency key must have 1 to {KEY_LENGTH_MAX} characters")));
    }
    let actor_id = call.actor.id.unwrap_or(crate::tenant::NOBODY);
    let request_hash = request_hash(command, body);
    let inserted = database.write(
        "INSERT INTO admit.idempotency (tenant_id, actor_id, idempotency_key, command, request_hash, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        arguments![call.tenant_id, actor_id, key, command, request_hash, call.now],
    )?;
    if inserted.is_empty() {
        return earlier_answer(database, call, key, &request_hash);
    }
    let answer = run(database)?;
    // Answers may hold a new credential, so they are stored as secrets are.
    let sealed = master_key()?.seal(random::<NONCE_LENGTH>()?, CONTEXT, answer.as_bytes())?;
    database.write(
        "UPDATE admit.idempotency SET sealed_answer = $4 WHERE tenant_id = $1 AND actor_id = $2 AND idempotency_key = $3",
        arguments![call.tenant_id, actor_id, key, sealed],
    )?;
    Ok(answer)
}

fn request_hash(command: &str, body: &str) -> [u8; 32] {
    Sha256::new().chain_update(command).chain_update([0]).chain_update(body).finalize().into()
}

/// The answer of an earlier call with this key, for a caller who may do nothing else.
///
/// # Errors
/// `unauthenticated` unless this very request was carried out before.
pub fn replay(database: &mut Database<'_, '_>, call: &Call, command: &str, body: &str) -> Result<String> {
    let answer = match call.idempotency_key.as_deref() {
        Some(key) => earlier_answer(database, call, key, &request_hash(command, body)),
        None => Err(crate::credential::unauthenticated()),
    };
    answer.map_err(|_| crate::credential::unauthenticated())
}

fn earlier_answer(database: &mut Database<'_, '_>, call: &Call, key: &str, request_hash: &[u8]) -> Result<String> {
    let actor_id = call.actor.id.unwrap_or(crate::tenant::NOBODY);
    let mut rows = database.write(
        "SELECT request_hash, sealed_answer FROM admit.idempotency \
         WHERE tenant_id = $1 AND actor_id = $2 AND idempotency_key = $3 FOR UPDATE",
        arguments![call.tenant_id, actor_id, key],
    )?;
    let in_progress = || Error::new(ErrorCode::RequestInProgress, "the same request is being carried out: try again");
    if !rows.next() {
        return Err(in_progress());
    }
    if rows.get::<Vec<u8>>(1)? != request_hash {
        return Err(Error::new(
            ErrorCode::IdempotencyKeyReused,
            "this idempotency key belongs to another request: use a new key for a new request",
        ));
    }
    let sealed: Vec<u8> = rows.optional(2)?.ok_or_else(in_progress)?;
    String::from_utf8(master_key()?.open(CONTEXT, &sealed)?)
        .map_err(|_| Error::new(ErrorCode::Internal, "a stored answer cannot be read"))
}

//! Signing keys: made, sealed under the master key, and kept opened in the backend.

mod revoke;
mod schedule;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use admit_core::jws::{RECEIPT_TYP, TokenSigner};
use admit_core::sealed::{MasterKey, NONCE_LENGTH};
use admit_core::tenant::{KeyJwks, KeyList, KeyPage, KeyPurpose, KeyRotate, KeySet, KeyView};
use admit_core::ticket::TicketKey;
use admit_core::ticket::token::{EventRotationKey, TicketClaims, TicketSigner, TokenError, UnverifiedTicket};
use admit_core::totp::TotpKey;
use admit_core::{Error, ErrorCode, Result};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::json;

use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::journal::{Fact, append};
use crate::settings::MASTER_KEY_FILE;

pub use revoke::{is_revoked, revoke, revoked_since};
pub use schedule::{rotate_due, schedule};

/// An opened key.
pub enum KeyMaterial {
    /// HMAC key of wallet sessions.
    Session([u8; 32]),
    /// HMAC key of ticket codes and short tickets.
    Ticket(TicketKey),
    /// Ed25519 key of receipts, checkpoints or manifests, with its signer of receipts.
    Signing(Box<(SigningKey, TokenSigner)>),
    /// Ed25519 key of signed tickets.
    TicketSigning(Box<TicketSigningKey>),
}

/// A key that signs tickets and that the keys of their rotating codes follow from.
pub struct TicketSigningKey {
    seed: [u8; 32],
    public: VerifyingKey,
    signer: TicketSigner,
}

impl TicketSigningKey {
    fn new(key_id: u16, seed: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&seed);
        Self { seed, public: key.verifying_key(), signer: TicketSigner::new(key_id, &key) }
    }

    /// What a ticket says, if this key signed it.
    pub fn verify(&self, ticket: &UnverifiedTicket) -> std::result::Result<TicketClaims, TokenError> {
        ticket.verify(&self.public)
    }

    /// The signed ticket.
    pub fn sign(&self, claims: TicketClaims) -> UnverifiedTicket {
        self.signer.sign(claims)
    }

    /// The key that an event's rotating codes follow from.
    pub fn event_rotation_key(&self, event_tail: [u8; 8]) -> EventRotationKey {
        EventRotationKey::derive(&self.seed, event_tail)
    }

    /// The key of a ticket's rotating codes.
    pub fn rotation_key(&self, claims: &TicketClaims) -> TotpKey {
        self.event_rotation_key(claims.event_tail).ticket(claims.ticket_id, claims.generation)
    }
}

thread_local! {
    /// Opened keys by (tenant, key id). A key never changes, so an opened one stays true, unless its
    /// making is rolled back: keys are kept only by transactions that began after it. Whether one is revoked
    /// is not kept here.
    static OPENED: RefCell<HashMap<(i32, i32), Rc<KeyMaterial>>> = RefCell::default();
}

/// Reads the master key from its file.
///
/// # Errors
/// `master_key_unavailable` says which setting or file to mend.
pub fn master_key() -> Result<MasterKey> {
    let unavailable = |detail: &str| Error::new(ErrorCode::MasterKeyUnavailable, detail);
    let path = MASTER_KEY_FILE.get().and_then(|path| path.into_string().ok()).filter(|path| !path.is_empty());
    let path =
        path.ok_or_else(|| unavailable("set admit.master_key_file to a file with 32 random bytes and reload"))?;
    let content = std::fs::read(path)
        .map_err(|_| unavailable("the file that admit.master_key_file names cannot be read by the server's user"))?;
    MasterKey::from_file_content(&content)
}

/// The `kid` of a key: four hexadecimal digits.
pub fn kid(key_id: i32) -> String {
    format!("{key_id:04x}")
}

fn context(tenant_id: i32, key_id: i32) -> String {
    format!("admit signing key {tenant_id} {key_id}")
}

/// Opens a key of the tenant; `None` when there is no such key.
pub fn open(database: &mut Database<'_, '_>, tenant_id: i32, key_id: i32) -> Result<Option<Rc<KeyMaterial>>> {
    if let Some(key) = OPENED.with_borrow(|opened| opened.get(&(tenant_id, key_id)).cloned()) {
        return Ok(Some(key));
    }
    let mut rows = database.read(
        "SELECT purpose, sealed_secret, created_at < pg_catalog.transaction_timestamp() \
         FROM admit.signing_key WHERE tenant_id = $1 AND key_id = $2",
        arguments![tenant_id, key_id],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    let (purpose, sealed, lasting): (String, Vec<u8>, bool) = (rows.get(1)?, rows.get(2)?, rows.get(3)?);
    let secret: [u8; 32] = master_key()?
        .open(&context(tenant_id, key_id), &sealed)?
        .try_into()
        .map_err(|_| Error::new(ErrorCode::Internal, "a stored key has the wrong length"))?;
    let key = Rc::new(match KeyPurpose::from_word(&purpose) {
        Some(KeyPurpose::Session) => KeyMaterial::Session(secret),
        Some(KeyPurpose::Ticket) => KeyMaterial::Ticket(TicketKey(secret)),
        Some(KeyPurpose::TicketSigning) => {
            let number = u16::try_from(key_id).map_err(|_| Error::new(ErrorCode::Internal, "a key has no number"))?;
            KeyMaterial::TicketSigning(Box::new(TicketSigningKey::new(number, secret)))
        }
        _ => {
            let key = SigningKey::from_bytes(&secret);
            let signer = TokenSigner::new(RECEIPT_TYP, &kid(key_id), &key)
                .map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))?;
            KeyMaterial::Signing(Box::new((key, signer)))
        }
    });
    if lasting {
        OPENED.with_borrow_mut(|opened| opened.insert((tenant_id, key_id), Rc::clone(&key)));
    }
    Ok(Some(key))
}

/// Signs a receipt's content with one of the tenant's keys.
pub fn sign_receipt(database: &mut Database<'_, '_>, tenant_id: i32, key_id: i32, content: &[u8]) -> Result<String> {
    match open(database, tenant_id, key_id)?.as_deref() {
        Some(KeyMaterial::Signing(key)) => {
            key.1.sign(content).map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))
        }
        _ => Err(Error::new(ErrorCode::Internal, "the receipt's key is missing")),
    }
}

/// The number of the tenant's current key for a purpose.
pub fn current(database: &mut Database<'_, '_>, tenant_id: i32, purpose: KeyPurpose) -> Result<i32> {
    let mut rows = database.read(
        "SELECT key_id FROM admit.signing_key WHERE tenant_id = $1 AND purpose = $2 AND is_current",
        arguments![tenant_id, purpose.as_str()],
    )?;
    rows.only("signing key")?;
    rows.get(1)
}

/// Makes a key and makes it the current one for its purpose. The tenant's row must be locked.
pub fn create(database: &mut Database<'_, '_>, call: &Call, purpose: KeyPurpose) -> Result<KeyView> {
    let mut rows = database.write(
        "SELECT coalesce(max(key_id), 0) + 1 FROM admit.signing_key WHERE tenant_id = $1",
        arguments![call.tenant_id],
    )?;
    rows.only("tenant")?;
    let key_id: i32 = rows.get(1)?;
    if key_id > i32::from(u16::MAX) {
        return Err(Error::new(ErrorCode::LimitExceeded, "the tenant has used all 65535 key numbers"));
    }
    let secret: [u8; 32] = random()?;
    let public = (!purpose.is_symmetric()).then(|| SigningKey::from_bytes(&secret).verifying_key().to_bytes().to_vec());
    let sealed = master_key()?.seal(random::<NONCE_LENGTH>()?, &context(call.tenant_id, key_id), &secret)?;
    database.write(
        "UPDATE admit.signing_key SET is_current = false WHERE tenant_id = $1 AND purpose = $2 AND is_current",
        arguments![call.tenant_id, purpose.as_str()],
    )?;
    database.write(
        "INSERT INTO admit.signing_key (tenant_id, key_id, purpose, is_current, public_key, sealed_secret, created_at) \
         VALUES ($1, $2, $3, true, $4, $5, $6)",
        arguments![call.tenant_id, key_id, purpose.as_str(), public, sealed, call.now],
    )?;
    Ok(KeyView {
        key_id,
        purpose: purpose.as_str().to_owned(),
        current: true,
        created_at: call.now,
        revoked_at: None,
        next_rotation_at: schedule::next_rotation(database, call, purpose)?.1,
    })
}

/// A fact about the tenant's keys.
fn fact(action: &'static str, body: serde_json::Value) -> Fact<serde_json::Value> {
    Fact { action, event_id: None, gate_id: None, wallet_id: None, money: None, body }
}

/// `key.rotate`
pub fn rotate(database: &mut Database<'_, '_>, call: &Call, request: KeyRotate) -> Result<KeyView> {
    call.require_whole_tenant("key")?;
    crate::tenant::change_configuration(database, call)?;
    let key = create(database, call, request.purpose)?;
    append(database, call, fact("key.rotated", json!({"key_id": key.key_id, "purpose": key.purpose})))?;
    Ok(key)
}

/// `key.list`
pub fn list(database: &mut Database<'_, '_>, call: &Call, _: KeyList) -> Result<KeyPage> {
    let rows = database.read(include_str!("../../sql/statements/key_list.sql"), arguments![call.tenant_id])?;
    let items = rows.collect(|row| {
        Ok(KeyView {
            key_id: row.get(1)?,
            purpose: row.get(2)?,
            current: row.get(3)?,
            created_at: row.get(4)?,
            revoked_at: row.optional(5)?,
            next_rotation_at: row.optional(6)?,
        })
    })?;
    Ok(KeyPage { items })
}

/// `key.jwks`
pub fn jwks(database: &mut Database<'_, '_>, call: &Call, _: KeyJwks) -> Result<KeySet> {
    let rows = database.read(
        "SELECT key_id, public_key FROM admit.signing_key \
         WHERE tenant_id = $1 AND public_key IS NOT NULL AND revoked_at IS NULL ORDER BY key_id",
        arguments![call.tenant_id],
    )?;
    let keys = rows.collect(|row| {
        let public: Vec<u8> = row.get(2)?;
        Ok(json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": kid(row.get(1)?), "x": data_encoding::BASE64URL_NOPAD.encode(&public),
        }))
    })?;
    Ok(KeySet { keys })
}

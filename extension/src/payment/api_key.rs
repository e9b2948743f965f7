//! API keys of providers, and the secrets that providers give payers' clients: sealed at rest.

use admit_core::payment::Provider;
use admit_core::payment::outgoing::dialect::{is_api_key, key_begins};
use admit_core::sealed::NONCE_LENGTH;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::key::master_key;

fn context(tenant_id: i32, provider: Provider) -> String {
    format!("admit provider api key {tenant_id} {}", provider.as_str())
}

fn client_context(tenant_id: i32, object_id: Uuid) -> String {
    format!("admit client secret {tenant_id} {object_id}")
}

/// Seals an API key that fits the mode.
///
/// # Errors
/// `invalid_request` when it is no such key; the key is not repeated.
pub fn seal(call: &Call, provider: Provider, live: bool, key: &str) -> Result<Vec<u8>> {
    if !is_api_key(provider, key, live) {
        let begins = key_begins(provider, live).join(" or ");
        return Err(Error::invalid(format!("api_key must be a secret key that fits live: it begins with {begins}")));
    }
    master_key()?.seal(random::<NONCE_LENGTH>()?, &context(call.tenant_id, provider), key.as_bytes())
}

/// A provider's API key as it is used.
pub struct ApiKey {
    /// The key.
    pub text: String,
    /// Live or test mode.
    pub live: bool,
}

/// The API key of a tenant's provider; none when it has none.
pub fn open(database: &mut Database<'_, '_>, tenant_id: i32, provider: Provider) -> Result<Option<ApiKey>> {
    let mut rows = database.point_read(
        "SELECT sealed_api_key, live FROM admit.provider \
         WHERE tenant_id = $1 AND provider = $2 AND sealed_api_key IS NOT NULL",
        arguments![tenant_id, provider.as_str()],
    )?;
    if !rows.next() {
        return Ok(None);
    }
    let sealed: Vec<u8> = rows.get(1)?;
    let text = text(master_key()?.open(&context(tenant_id, provider), &sealed)?)?;
    Ok(Some(ApiKey { text, live: rows.get(2)? }))
}

/// Seals what a payer's client pays with, or adds a payment method with; `object_id` is the payment or
/// the adding.
pub fn seal_client_secret(call: &Call, object_id: Uuid, secret: &str) -> Result<Vec<u8>> {
    master_key()?.seal(random::<NONCE_LENGTH>()?, &client_context(call.tenant_id, object_id), secret.as_bytes())
}

/// What a payer's client pays with, or adds a payment method with.
pub fn open_client_secret(call: &Call, object_id: Uuid, sealed: &[u8]) -> Result<String> {
    text(master_key()?.open(&client_context(call.tenant_id, object_id), sealed)?)
}

fn text(secret: Vec<u8>) -> Result<String> {
    String::from_utf8(secret).map_err(|_| Error::new(ErrorCode::Internal, "a stored secret is not a text"))
}

//! API keys of providers, and the secrets that providers give payers' clients: sealed at rest.

use admit_core::payment::Provider;
use admit_core::payment::stripe::request::is_api_key;
use admit_core::sealed::NONCE_LENGTH;
use admit_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use crate::call::{Call, random};
use crate::database::{Database, arguments};
use crate::key::master_key;

fn context(tenant_id: i32, provider: Provider) -> String {
    format!("admit provider api key {tenant_id} {}", provider.as_str())
}

fn client_context(tenant_id: i32, payment_id: Uuid) -> String {
    format!("admit payment client secret {tenant_id} {payment_id}")
}

/// Seals an API key that fits the mode.
///
/// # Errors
/// `invalid_request` when it is no such key; the key is not repeated.
pub fn seal(call: &Call, provider: Provider, live: bool, key: &str) -> Result<Vec<u8>> {
    let (fits, begins) = match provider {
        Provider::Stripe if live => (is_api_key(key, live), "sk_live_ or rk_live_"),
        Provider::Stripe => (is_api_key(key, live), "sk_test_ or rk_test_"),
    };
    if !fits {
        return Err(Error::invalid(format!("api_key must be a secret key that fits live: it begins with {begins}")));
    }
    master_key()?.seal(random::<NONCE_LENGTH>()?, &context(call.tenant_id, provider), key.as_bytes())
}

/// The API key of a tenant's provider; none when it has none.
pub fn open(database: &mut Database<'_, '_>, tenant_id: i32, provider: Provider) -> Result<Option<String>> {
    let mut rows = database.point_read(
        "SELECT sealed_api_key FROM admit.provider WHERE tenant_id = $1 AND provider = $2",
        arguments![tenant_id, provider.as_str()],
    )?;
    let sealed: Option<Vec<u8>> = if rows.next() { rows.optional(1)? } else { None };
    let Some(sealed) = sealed else { return Ok(None) };
    text(master_key()?.open(&context(tenant_id, provider), &sealed)?).map(Some)
}

/// Seals what a payer's client pays with.
pub fn seal_client_secret(call: &Call, payment_id: Uuid, secret: &str) -> Result<Vec<u8>> {
    master_key()?.seal(random::<NONCE_LENGTH>()?, &client_context(call.tenant_id, payment_id), secret.as_bytes())
}

/// What a payer's client pays with.
pub fn open_client_secret(call: &Call, payment_id: Uuid, sealed: &[u8]) -> Result<String> {
    text(master_key()?.open(&client_context(call.tenant_id, payment_id), sealed)?)
}

fn text(secret: Vec<u8>) -> Result<String> {
    String::from_utf8(secret).map_err(|_| Error::new(ErrorCode::Internal, "a stored secret is not a text"))
}

//! The signed text of a manifest: a compact JWS over its JSON.

use ed25519_dalek::{SigningKey, VerifyingKey};
use thiserror::Error;

use super::Document;
use crate::jws::{JwsError, TokenSigner, verify_within};

/// Header `typ` of a manifest (RFC 8725 §3.11).
pub const MANIFEST_TYP: &str = "manifest+jwt";

/// Longest manifest that is made or read, in bytes: some millions of tickets.
pub const MANIFEST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why a text is no manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Its signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Signed, but not in a form that this program knows: it is older than the server.
    #[error("the manifest has a form that this program does not know: update it")]
    Unreadable,
}

/// Signs a manifest.
///
/// # Errors
/// [`JwsError::TooLong`], [`JwsError::HeaderValue`].
pub fn sign(document: &Document, kid: &str, key: &SigningKey) -> Result<String, JwsError> {
    // Strings, numbers and ids always serialize.
    let payload = serde_json::to_vec(document).unwrap_or_default();
    TokenSigner::new(MANIFEST_TYP, kid, key)?.sign_within(&payload, MANIFEST_BYTES_MAX)
}

/// The manifest in a text, if it is signed with the key that `key_of` gives for its `kid`.
///
/// # Errors
/// [`EnvelopeError`]; nothing of the text can be trusted then.
pub fn open(text: &str, key_of: impl FnOnce(&str) -> Option<VerifyingKey>) -> Result<Document, EnvelopeError> {
    let payload = verify_within(text, MANIFEST_TYP, MANIFEST_BYTES_MAX, key_of)?;
    let document: Document = serde_json::from_slice(&payload).map_err(|_| EnvelopeError::Unreadable)?;
    if document.format() == super::FORMAT { Ok(document) } else { Err(EnvelopeError::Unreadable) }
}

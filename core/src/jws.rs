//! Compact JWS with Ed25519 (RFC 7515, RFC 8037), under the rules of RFC 8725:
//! one algorithm, an explicit type, and a key that only the caller chooses.
//!
//! Tokens carry exactly `alg`, `kid` and `typ`. Anything that would let a token
//! bring or point to its own key (`jwk`, `jku`, `x5u`) or change its processing
//! (`crit`, `b64`) is refused with every other unknown member.

pub mod jwk;

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use serde::Deserialize;
use sha2::Sha512;
use thiserror::Error;

pub use jwk::{Jwk, JwkError, Jwks};

/// Longest token that is made or read, in bytes, unless its type allows more.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Longest `typ` and `kid`, in bytes.
pub const HEADER_VALUE_BYTES_MAX: usize = 128;

/// Header `typ` of the receipts that admit signs (RFC 8725 §3.11).
pub const RECEIPT_TYP: &str = "admit-receipt+jwt";

const SIGNATURE_CHARS: usize = 86;

/// Why a token cannot be made or is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwsError {
    /// More bytes than a token of its type may have.
    #[error("the token is too long")]
    TooLong,
    /// A `typ` or `kid` to sign with that does not fit in a header.
    #[error("typ and kid must be 1 to {HEADER_VALUE_BYTES_MAX} printable ASCII characters")]
    HeaderValue,
    /// Not three base64url parts in their canonical spelling.
    #[error("not a compact JWS")]
    Malformed,
    /// The header is not JSON with exactly `alg`, `kid` and `typ`.
    #[error("the token's header is not one of ours")]
    Header,
    /// An algorithm other than EdDSA with Ed25519.
    #[error("the token's algorithm is not EdDSA")]
    Algorithm,
    /// Another kind of token than the one expected.
    #[error("the token is of another type")]
    Type,
    /// The caller knows no key with the token's `kid`.
    #[error("no key is known by the token's kid")]
    UnknownKey,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow)]
    typ: Cow<'a, str>,
}

/// Signs many tokens of one type with one key: the key is expanded and the
/// header encoded once, which a caller that signs for every scan should keep.
pub struct TokenSigner {
    // Both come from one SigningKey and never leave: signing with a public key
    // that is not the secret key's would give the secret key away.
    secret: ExpandedSecretKey,
    public: VerifyingKey,
    /// Base64url header and the dot after it.
    prefix: String,
}

impl TokenSigner {
    /// A signer of tokens with this `typ` and `kid`.
    ///
    /// # Errors
    /// [`JwsError::HeaderValue`].
    pub fn new(typ: &str, kid: &str, key: &SigningKey) -> Result<Self, JwsError> {
        // What remains needs no escaping in JSON.
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        for value in [typ, kid] {
            let fits = (1..=HEADER_VALUE_BYTES_MAX).contains(&value.len());
            if !fits || !value.bytes().all(plain) {
                return Err(JwsError::HeaderValue);
            }
        }
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{typ}"}}"#);
        Ok(Self::with_header(header.as_bytes(), key))
    }

    fn with_header(header: &[u8], key: &SigningKey) -> Self {
        let mut prefix = BASE64URL_NOPAD.encode(header);
        prefix.push('.');
        Self { secret: ExpandedSecretKey::from(key.as_bytes()), public: key.verifying_key(), prefix }
    }

    /// The compact token over `payload`, which the `typ` says how to read.
    ///
    /// # Errors
    /// [`JwsError::TooLong`].
    pub fn sign(&self, payload: &[u8]) -> Result<String, JwsError> {
        self.sign_within(payload, TOKEN_BYTES_MAX)
    }

    /// The same for a type whose tokens may be longer.
    ///
    /// # Errors
    /// [`JwsError::TooLong`].
    pub fn sign_within(&self, payload: &[u8], bytes_max: usize) -> Result<String, JwsError> {
        if payload.len() > bytes_max {
            return Err(JwsError::TooLong);
        }
        let payload_chars = BASE64URL_NOPAD.encode_len(payload.len());
        let length = self.prefix.len() + payload_chars + 1 + SIGNATURE_CHARS;
        if length > bytes_max {
            return Err(JwsError::TooLong);
        }
        let mut token = String::with_capacity(length);
        token.push_str(&self.prefix);
        BASE64URL_NOPAD.encode_append(payload, &mut token);
        let signature = raw_sign::<Sha512>(&self.secret, token.as_bytes(), &self.public);
        token.push('.');
        BASE64URL_NOPAD.encode_append(&signature.to_bytes(), &mut token);
        Ok(token)
    }
}

/// Signs one token. Keep a [`TokenSigner`] to sign many.
///
/// # Errors
/// [`JwsError::HeaderValue`], [`JwsError::TooLong`].
pub fn sign_compact(typ: &str, kid: &str, payload: &[u8], key: &SigningKey) -> Result<String, JwsError> {
    TokenSigner::new(typ, kid, key)?.sign(payload)
}

/// The `kid` that a token claims: to find a key by, never as a fact.
///
/// # Errors
/// [`JwsError::TooLong`], [`JwsError::Malformed`], [`JwsError::Header`],
/// [`JwsError::Algorithm`].
pub fn kid_of(token: &str) -> Result<String, JwsError> {
    let header = decode(Parts::of(token, TOKEN_BYTES_MAX)?.header)?;
    Ok(parse_header(&header)?.kid.into_owned())
}

/// Returns the payload of a token of type `expected_typ` (compared exactly),
/// signed with the key that `key_of` gives for its `kid`.
///
/// # Errors
/// [`JwsError`]; nothing of the token can be trusted then.
pub fn verify_compact(
    token: &str,
    expected_typ: &str,
    key_of: impl FnOnce(&str) -> Option<VerifyingKey>,
) -> Result<Vec<u8>, JwsError> {
    verify_within(token, expected_typ, TOKEN_BYTES_MAX, key_of)
}

/// The same for a type whose tokens may be longer.
///
/// # Errors
/// [`JwsError`]; nothing of the token can be trusted then.
pub fn verify_within(
    token: &str,
    expected_typ: &str,
    bytes_max: usize,
    key_of: impl FnOnce(&str) -> Option<VerifyingKey>,
) -> Result<Vec<u8>, JwsError> {
    let parts = Parts::of(token, bytes_max)?;
    let header = decode(parts.header)?;
    let header = parse_header(&header)?;
    if header.typ != expected_typ {
        return Err(JwsError::Type);
    }
    let key = key_of(&header.kid).ok_or(JwsError::UnknownKey)?;
    parts.verify(&key)
}

/// The three parts of a compact token, still encoded.
struct Parts<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// What is signed: header, dot and payload.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str, bytes_max: usize) -> Result<Self, JwsError> {
        if token.len() > bytes_max {
            return Err(JwsError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        Ok(Self { header, payload, signature, signed })
    }

    fn verify(&self, key: &VerifyingKey) -> Result<Vec<u8>, JwsError> {
        let payload = decode(self.payload)?;
        let signature = Signature::from_slice(&decode(self.signature)?).map_err(|_| JwsError::Malformed)?;
        key.verify_strict(self.signed.as_bytes(), &signature).map_err(|_| JwsError::BadSignature)?;
        Ok(payload)
    }
}

/// Base64url without padding; bits beyond the last byte must be zero, so that a
/// token has one spelling only.
fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| JwsError::Malformed)
}

fn parse_header(bytes: &[u8]) -> Result<Header<'_>, JwsError> {
    let header: Header = serde_json::from_slice(bytes).map_err(|_| JwsError::Header)?;
    // RFC 8037 says "EdDSA", RFC 9864 "Ed25519" for the same thing.
    if matches!(&*header.alg, "EdDSA" | "Ed25519") { Ok(header) } else { Err(JwsError::Algorithm) }
}

#[cfg(test)]
mod tests;

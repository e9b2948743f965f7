//! Ed25519 public keys as JSON Web Keys (RFC 7517, RFC 8037 §2).

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a JWK cannot be used to verify our signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwkError {
    /// Another kind of key, or one for another use than signatures.
    #[error("not an Ed25519 key for signatures")]
    OtherKind,
    /// `x` is missing or not a sound Ed25519 public key.
    #[error("x is not an Ed25519 public key")]
    BadKey,
}

/// A JSON Web Key. Members that are not listed are ignored, and those that
/// other kinds of keys lack are optional, as RFC 7517 §4 and §5 demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// Key type; `OKP` for Ed25519.
    pub kty: String,
    /// Curve; `Ed25519`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// The 32-byte public key, base64url without padding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The name that tokens know the key by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// What the key is for; `sig`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub key_use: Option<String>,
    /// The algorithm that the key is for; `EdDSA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

impl Jwk {
    /// The JWK of a public key that signs as `kid`.
    pub fn new(kid: &str, key: &VerifyingKey) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: Some("Ed25519".to_owned()),
            x: Some(BASE64URL_NOPAD.encode(key.as_bytes())),
            kid: Some(kid.to_owned()),
            key_use: Some("sig".to_owned()),
            alg: Some("EdDSA".to_owned()),
        }
    }

    /// The public key.
    ///
    /// # Errors
    /// [`JwkError::OtherKind`]; [`JwkError::BadKey`] also for the points of
    /// small order, under which anybody could sign.
    pub fn verifying_key(&self) -> Result<VerifyingKey, JwkError> {
        let is_ours = self.kty == "OKP"
            && self.crv.as_deref() == Some("Ed25519")
            && matches!(self.key_use.as_deref(), None | Some("sig"))
            && matches!(self.alg.as_deref(), None | Some("EdDSA" | "Ed25519"));
        if !is_ours {
            return Err(JwkError::OtherKind);
        }
        let x = self.x.as_deref().ok_or(JwkError::BadKey)?;
        BASE64URL_NOPAD
            .decode(x.as_bytes())
            .ok()
            .and_then(|bytes| VerifyingKey::try_from(bytes.as_slice()).ok())
            .filter(|key| !key.is_weak())
            .ok_or(JwkError::BadKey)
    }
}

/// A JSON Web Key Set. Keys that cannot verify our signatures may be in it and
/// are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys, in any order.
    pub keys: Vec<Jwk>,
}

impl Jwks {
    /// The usable keys with their `kid`.
    pub fn verifying_keys(&self) -> impl Iterator<Item = (&str, VerifyingKey)> {
        self.keys.iter().filter_map(|jwk| {
            let key = jwk.verifying_key().ok()?;
            Some((jwk.kid.as_deref()?, key))
        })
    }

    /// The first usable key of this `kid`.
    pub fn find(&self, kid: &str) -> Option<VerifyingKey> {
        self.keys.iter().filter(|jwk| jwk.kid.as_deref() == Some(kid)).find_map(|jwk| jwk.verifying_key().ok())
    }
}

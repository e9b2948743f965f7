//! Keys of rotating codes on their way to one device: sealed under a key that follows from the device's own
//! credential, so that neither the database nor a log, a proxy or another gate can open them.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::sealed::{NONCE_LENGTH, open_with, seal_with};
use crate::ticket::token::EventRotationKey;

/// The key between admit and the holder of a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct ManifestKey([u8; 32]);

impl std::fmt::Debug for ManifestKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ManifestKey(…)")
    }
}

impl ManifestKey {
    /// HMAC-SHA256 of `admit-manifest-v1` under the credential's text in upper case.
    pub fn of_credential(text: &str) -> Self {
        let text = text.to_ascii_uppercase();
        // HMAC pads a short key with zeros to the hash's block and hashes a longer one (RFC 2104).
        let mut block = [0; 64];
        match block.get_mut(..text.len()) {
            Some(head) => head.copy_from_slice(text.as_bytes()),
            None => block[..32].copy_from_slice(&Sha256::digest(text.as_bytes())),
        }
        Self(Hmac::<Sha256>::new(&block.into()).chain_update(b"admit-manifest-v1").finalize().into_bytes().into())
    }

    /// Tells it from others, and nothing of it.
    pub fn mark(&self) -> [u8; 8] {
        let digest: [u8; 32] = Sha256::new().chain_update(b"admit manifest key").chain_update(self.0).finalize().into();
        let mut mark = [0; 8];
        mark.copy_from_slice(&digest[..8]);
        mark
    }

    /// An event's key for rotating codes under one signing key: nonce and XChaCha20-Poly1305, base64url.
    pub fn seal(
        &self,
        nonce: [u8; NONCE_LENGTH],
        tenant_id: i32,
        event_id: Uuid,
        key_id: u16,
        key: &EventRotationKey,
    ) -> Option<String> {
        let sealed = seal_with(&self.0, nonce, &context(tenant_id, event_id, key_id), &key.0)?;
        Some(BASE64URL_NOPAD.encode(&sealed))
    }

    /// The key in [`Self::seal`]'s text; none when it was sealed for somebody or something else.
    pub fn open(&self, tenant_id: i32, event_id: Uuid, key_id: u16, sealed: &str) -> Option<EventRotationKey> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let key = open_with(&self.0, &context(tenant_id, event_id, key_id), &sealed)?;
        Some(EventRotationKey(key.try_into().ok()?))
    }
}

fn context(tenant_id: i32, event_id: Uuid, key_id: u16) -> String {
    format!("admit rotation key {tenant_id} {event_id} {key_id}")
}

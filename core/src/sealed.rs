//! Secrets at rest: XChaCha20-Poly1305 under a master key that is not in the database.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::{Error, ErrorCode, Result};

/// Bytes of the random nonce in front of a sealed secret.
pub const NONCE_LENGTH: usize = 24;

/// The master key: 32 bytes from a file that only the server reads.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Reads a key file: 32 raw bytes, or 64 hexadecimal digits with white space around.
    ///
    /// # Errors
    /// `master_key_unavailable` when it is neither.
    pub fn from_file_content(content: &[u8]) -> Result<Self> {
        if let Ok(bytes) = content.try_into() {
            return Ok(Self(bytes));
        }
        data_encoding::HEXLOWER_PERMISSIVE
            .decode(content.trim_ascii())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::MasterKeyUnavailable,
                    "the master key file must hold 32 random bytes or 64 hexadecimal digits",
                )
            })
    }

    /// Encrypts a secret; `context` says what it is and must be the same when it is opened.
    ///
    /// # Errors
    /// `internal` when the secret is too large for the cipher.
    pub fn seal(&self, nonce: [u8; NONCE_LENGTH], context: &str, secret: &[u8]) -> Result<Vec<u8>> {
        seal_with(&self.0, nonce, context, secret)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "the secret cannot be encrypted"))
    }

    /// Decrypts a secret.
    ///
    /// # Errors
    /// `master_key_unavailable` when this key or context did not seal it.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        open_with(&self.0, context, sealed).ok_or_else(|| {
            Error::new(
                ErrorCode::MasterKeyUnavailable,
                "a stored secret does not open: admit.master_key_file names another key than the one that sealed it",
            )
        })
    }
}

/// The nonce and the encrypted secret; none when it is too large for the cipher.
pub(crate) fn seal_with(key: &[u8; 32], nonce: [u8; NONCE_LENGTH], context: &str, secret: &[u8]) -> Option<Vec<u8>> {
    let payload = Payload { msg: secret, aad: context.as_bytes() };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload).ok()?;
    Some([&nonce[..], &sealed].concat())
}

/// The secret; none when another key or context sealed it.
pub(crate) fn open_with(key: &[u8; 32], context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    let payload = Payload { msg: text, aad: context.as_bytes() };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_and_context() {
        let (one, two) = (MasterKey([1; 32]), MasterKey([2; 32]));
        let sealed = one.seal([7; NONCE_LENGTH], "tenant 1", b"secret").unwrap_or_default();
        assert_eq!(one.open("tenant 1", &sealed), Ok(b"secret".to_vec()));
        for (key, context, text) in [
            (&two, "tenant 1", &sealed[..]),
            (&one, "tenant 2", &sealed),
            (&one, "tenant 1", &sealed[..30]),
            (&one, "tenant 1", b""),
        ] {
            assert_eq!(key.open(context, text).map_err(|error| error.code), Err(ErrorCode::MasterKeyUnavailable));
        }
    }

    #[test]
    fn reads_raw_and_hexadecimal_files() {
        assert!(MasterKey::from_file_content(&[5; 32]).is_ok());
        assert!(MasterKey::from_file_content(format!("{}\n", "0A".repeat(32)).as_bytes()).is_ok());
        for content in [&b""[..], &[5; 31], b"zz"] {
            assert!(MasterKey::from_file_content(content).is_err());
        }
    }
}

//! Rotating codes: eight digits that follow the ticket for half a minute.
//!
//! A ticket's key follows from its event's key, and that from one key of the tenant. Gates get the
//! event's key only: whoever steals a gate can animate screenshots of that event and forge nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::TokenError;
use crate::totp::{Step, TotpKey};

/// The key that an event's rotating codes follow from.
#[derive(Clone)]
pub struct EventRotationKey(pub [u8; 32]);

impl EventRotationKey {
    /// An event's key, by the tail of its id, under the seed of the key that signs its tickets: a
    /// token says with which key both its signature and its codes are made.
    pub fn derive(signing_seed: &[u8; 32], event_tail: [u8; 8]) -> Self {
        Self(hmac_sha256(signing_seed, &[b"admit-rot-event-v1", &event_tail]))
    }

    /// The key of a ticket in its generation: what its holder's phone keeps.
    pub fn ticket(&self, ticket_id: Uuid, generation: u16) -> TotpKey {
        let mac = hmac_sha256(&self.0, &[b"admit-rot-v1", ticket_id.as_bytes(), &generation.to_be_bytes()]);
        let mut key = [0; 20];
        key.copy_from_slice(&mac[..20]);
        TotpKey(key)
    }
}

/// What follows the ticket at a moment: `.` Unix seconds `.` eight digits.
pub fn rotating_suffix(key: &TotpKey, unix_seconds: u64) -> String {
    format!(".{unix_seconds}.{:08}", key.eight_digits(Step::at(unix_seconds)))
}

/// A rotating code as it was shown: not yet checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotatingCode {
    shown_at_seconds: u64,
    code: u32,
}

impl RotatingCode {
    /// Reads `1767225600.01234567`.
    pub(super) fn parse(text: &str) -> Result<Self, TokenError> {
        let (seconds, code) = text.split_once('.').ok_or(TokenError::Malformed)?;
        let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        // Ten digits reach the year 2286.
        if !digits(seconds, 10) || !digits(code, 8) {
            return Err(TokenError::Malformed);
        }
        let malformed = |_| TokenError::Malformed;
        Ok(Self { shown_at_seconds: seconds.parse().map_err(malformed)?, code: code.parse().map_err(malformed)? })
    }

    /// The step that the code is good for, if it is the ticket's. Whether that is now, [`in_time`] says.
    ///
    /// # Errors
    /// [`TokenError::Forged`] for another ticket's or a made-up code.
    pub fn verify(&self, key: &TotpKey) -> Result<Step, TokenError> {
        let step = Step::at(self.shown_at_seconds);
        if bool::from(key.eight_digits(step).ct_eq(&self.code)) { Ok(step) } else { Err(TokenError::Forged) }
    }
}

/// Whether a step is good at `now_seconds` when clocks may differ by `tolerance_seconds`. A code lives
/// until its period ends, whenever in the period it was drawn.
///
/// # Errors
/// [`TokenError::CodeExpired`], [`TokenError::CodeEarly`].
pub fn in_time(step: Step, now_seconds: u64, tolerance_seconds: u64) -> Result<(), TokenError> {
    if now_seconds >= step.ends_at_seconds().saturating_add(tolerance_seconds) {
        return Err(TokenError::CodeExpired);
    }
    if now_seconds.saturating_add(tolerance_seconds) < step.begins_at_seconds() {
        return Err(TokenError::CodeEarly);
    }
    Ok(())
}

fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the hash's block; the fixed size cannot fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

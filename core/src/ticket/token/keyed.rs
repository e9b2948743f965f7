//! Short tickets under a key that only the server has: checked before any row is read, and half as
//! long as a signed ticket, so that they fit on a wristband.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::TokenError;
use crate::credential::{crockford, crockford_bytes};
use crate::ticket::TicketKey;

pub(super) const PREFIX: &str = "AH1";
/// tenant 4 | kid 2 | ticket 16 | generation 2, big-endian.
const FIELDS: usize = 24;
const MAC: usize = 16;
pub(super) const SYMBOLS: usize = ((FIELDS + MAC) * 8).div_ceil(5);

/// What a short ticket says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyedTicket {
    /// Its tenant.
    pub tenant_id: i32,
    /// Number of the tenant's key.
    pub key_id: u16,
    /// The ticket.
    pub ticket_id: Uuid,
    /// Which of the ticket's tokens it is.
    pub generation: u16,
}

impl KeyedTicket {
    fn fields(&self) -> [u8; FIELDS] {
        let mut bytes = [0; FIELDS];
        bytes[..4].copy_from_slice(&self.tenant_id.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.key_id.to_be_bytes());
        bytes[6..22].copy_from_slice(self.ticket_id.as_bytes());
        bytes[22..].copy_from_slice(&self.generation.to_be_bytes());
        bytes
    }

    /// 67 characters of a QR code's alphanumeric mode.
    pub fn encode(&self, key: &TicketKey) -> String {
        let mut bytes = Vec::with_capacity(FIELDS + MAC);
        bytes.extend_from_slice(&self.fields());
        bytes.extend_from_slice(&mac(key, &self.fields()));
        format!("{PREFIX}{}", crockford(&bytes))
    }
}

/// A short ticket whose fields can be read but not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedKeyedTicket {
    ticket: KeyedTicket,
    mac: [u8; MAC],
}

impl UnverifiedKeyedTicket {
    pub(super) fn from_symbols(symbols: &str) -> Result<Self, TokenError> {
        let bytes = crockford_bytes(symbols).ok_or(TokenError::Malformed)?;
        let bytes: [u8; FIELDS + MAC] = bytes.try_into().map_err(|_| TokenError::Malformed)?;
        let (fields, mac) = bytes.split_at(FIELDS);
        let four = [fields[0], fields[1], fields[2], fields[3]];
        Ok(Self {
            ticket: KeyedTicket {
                tenant_id: i32::from_be_bytes(four),
                key_id: u16::from_be_bytes([fields[4], fields[5]]),
                ticket_id: Uuid::from_slice(&fields[6..22]).map_err(|_| TokenError::Malformed)?,
                generation: u16::from_be_bytes([fields[22], fields[23]]),
            },
            mac: mac.try_into().map_err(|_| TokenError::Malformed)?,
        })
    }

    /// The tenant and the key that would have to have made it.
    pub fn key_reference(&self) -> (i32, u16) {
        (self.ticket.tenant_id, self.ticket.key_id)
    }

    /// What the ticket says, if `key` made it. Compares in constant time.
    ///
    /// # Errors
    /// [`TokenError::Forged`].
    pub fn verify(&self, key: &TicketKey) -> Result<KeyedTicket, TokenError> {
        let expected = mac(key, &self.ticket.fields());
        if bool::from(expected.ct_eq(&self.mac)) { Ok(self.ticket) } else { Err(TokenError::Forged) }
    }
}

fn mac(key: &TicketKey, fields: &[u8; FIELDS]) -> [u8; MAC] {
    // HMAC pads a short key with zeros to the hash's block; the fixed size cannot fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(&key.0);
    let whole: [u8; 32] = Hmac::<Sha256>::new(&block.into())
        .chain_update(b"admit short ticket 1")
        .chain_update(fields)
        .finalize()
        .into_bytes()
        .into();
    let mut mac = [0; MAC];
    mac.copy_from_slice(&whole[..MAC]);
    mac
}

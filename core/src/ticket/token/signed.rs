//! Signed tickets: 104 bytes that a QR code carries, and the JWS that they stand for.
//!
//! The signature is made over the signing input of a compact JWS (RFC 7515, RFC 8037) that both
//! sides rebuild from the fields, so `AT1` and the JWS are two spellings of one ticket, and any
//! JOSE library can check it with the published keys.

use std::fmt::Write as _;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use serde::Deserialize;
use sha2::Sha512;
use uuid::Uuid;

use super::TokenError;
use crate::credential::{crockford, crockford_bytes};
use crate::jws::kid_of;

/// Header `typ` of a ticket's JWS (RFC 8725 §3.11).
pub const TICKET_TYP: &str = "ticket+jwt";

pub(super) const PREFIX: &str = "AT1";
/// version 1 | flags 1 | kid 2 | ticket 16 | event 8 | issued 4 | expires 4 | generation 2 | class 2, big-endian.
const FIELDS: usize = 40;
const SIGNATURE: usize = 64;
pub(super) const SYMBOLS: usize = ((FIELDS + SIGNATURE) * 8).div_ceil(5);
const VERSION: u8 = 1;
const ROTATING: u8 = 1;

/// What a signed ticket says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketClaims {
    /// Number of the tenant's key that signed it.
    pub key_id: u16,
    /// The ticket.
    pub ticket_id: Uuid,
    /// The last eight bytes of its event's id, all of them random but two bits.
    pub event_tail: [u8; 8],
    /// When it was issued, Unix seconds.
    pub issued_at_seconds: u32,
    /// The first second at which it is not good any more, Unix seconds.
    pub expires_at_seconds: u32,
    /// Which of the ticket's tokens it is; a new one makes the older ones invalid.
    pub generation: u16,
    /// Number of its ticket type at the event.
    pub class: u16,
    /// Whether it is good only together with a rotating code.
    pub rotating: bool,
}

impl TicketClaims {
    /// The eight bytes that stand for an event.
    pub fn event_tail(event_id: Uuid) -> [u8; 8] {
        let mut tail = [0; 8];
        tail.copy_from_slice(&event_id.as_bytes()[8..]);
        tail
    }

    fn fields(&self) -> [u8; FIELDS] {
        let mut bytes = [0; FIELDS];
        bytes[0] = VERSION;
        bytes[1] = if self.rotating { ROTATING } else { 0 };
        bytes[2..4].copy_from_slice(&self.key_id.to_be_bytes());
        bytes[4..20].copy_from_slice(self.ticket_id.as_bytes());
        bytes[20..28].copy_from_slice(&self.event_tail);
        bytes[28..32].copy_from_slice(&self.issued_at_seconds.to_be_bytes());
        bytes[32..36].copy_from_slice(&self.expires_at_seconds.to_be_bytes());
        bytes[36..38].copy_from_slice(&self.generation.to_be_bytes());
        bytes[38..].copy_from_slice(&self.class.to_be_bytes());
        bytes
    }

    fn from_fields(bytes: &[u8; FIELDS]) -> Option<Self> {
        // A flag that is not known may change what the ticket means.
        if bytes[0] != VERSION || bytes[1] & !ROTATING != 0 {
            return None;
        }
        let two = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let four = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Some(Self {
            key_id: two(2),
            ticket_id: Uuid::from_slice(&bytes[4..20]).ok()?,
            event_tail: bytes[20..28].try_into().ok()?,
            issued_at_seconds: four(28),
            expires_at_seconds: four(32),
            generation: two(36),
            class: two(38),
            rotating: bytes[1] == ROTATING,
        })
    }

    /// What is signed: header, dot and payload of the JWS, always spelled alike.
    fn signing_input(&self) -> String {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{:04x}","typ":"{TICKET_TYP}"}}"#, self.key_id);
        let mut input = String::with_capacity(300);
        BASE64URL_NOPAD.encode_append(header.as_bytes(), &mut input);
        input.push('.');
        BASE64URL_NOPAD.encode_append(self.payload().as_bytes(), &mut input);
        input
    }

    /// The JWS' payload.
    fn payload(&self) -> String {
        let mut payload = String::with_capacity(180);
        let ticket = crockford(self.ticket_id.as_bytes());
        // Writing into a String cannot fail.
        let _ = write!(
            payload,
            r#"{{"tid":"{ticket}","eid":"{}","iat":{},"exp":{},"jti":"{ticket}.{}","cls":{},"flg":{}}}"#,
            crockford(&self.event_tail),
            self.issued_at_seconds,
            self.expires_at_seconds,
            self.generation,
            self.class,
            u8::from(self.rotating),
        );
        payload
    }
}

/// The payload of a ticket's JWS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    tid: String,
    eid: String,
    iat: u32,
    exp: u32,
    jti: String,
    cls: u16,
    flg: u8,
}

impl Payload {
    fn claims(self, key_id: u16) -> Option<TicketClaims> {
        let (ticket, generation) = self.jti.split_once('.')?;
        if ticket != self.tid || self.flg > 1 {
            return None;
        }
        Some(TicketClaims {
            key_id,
            ticket_id: Uuid::from_slice(&crockford_bytes(&self.tid)?).ok()?,
            event_tail: crockford_bytes(&self.eid)?.try_into().ok()?,
            issued_at_seconds: self.iat,
            expires_at_seconds: self.exp,
            generation: generation.parse().ok()?,
            class: self.cls,
            rotating: self.flg == ROTATING,
        })
    }
}

/// Signs tickets with one key, which is expanded once.
pub struct TicketSigner {
    // Both come from one SigningKey and never leave: signing with a public key that is not the
    // secret key's would give the secret key away.
    secret: ExpandedSecretKey,
    public: VerifyingKey,
    key_id: u16,
}

impl TicketSigner {
    /// A signer with the key of this number.
    pub fn new(key_id: u16, key: &SigningKey) -> Self {
        Self { secret: ExpandedSecretKey::from(key.as_bytes()), public: key.verifying_key(), key_id }
    }

    /// The signed ticket; its key is this signer's, whatever the claims name.
    pub fn sign(&self, claims: TicketClaims) -> UnverifiedTicket {
        let claims = TicketClaims { key_id: self.key_id, ..claims };
        let signature = raw_sign::<Sha512>(&self.secret, claims.signing_input().as_bytes(), &self.public);
        UnverifiedTicket { claims, signature: signature.to_bytes() }
    }
}

/// A signed ticket whose fields can be read but not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedTicket {
    claims: TicketClaims,
    signature: [u8; SIGNATURE],
}

impl UnverifiedTicket {
    pub(super) fn from_symbols(symbols: &str) -> Result<Self, TokenError> {
        if symbols.len() != SYMBOLS {
            return Err(TokenError::Malformed);
        }
        let bytes = crockford_bytes(symbols).ok_or(TokenError::Malformed)?;
        let (fields, signature) = bytes.split_first_chunk::<FIELDS>().ok_or(TokenError::Malformed)?;
        let claims = TicketClaims::from_fields(fields).ok_or(TokenError::Malformed)?;
        let signature = signature.try_into().map_err(|_| TokenError::Malformed)?;
        Ok(Self { claims, signature })
    }

    /// Reads the JWS spelling. What another spelling of header or payload says is not read: only ours is signed.
    pub(super) fn from_jws(text: &str) -> Result<Self, TokenError> {
        let malformed = |_| TokenError::Malformed;
        let kid = kid_of(text).map_err(malformed)?;
        let key_id = u16::from_str_radix(&kid, 16).map_err(|_| TokenError::Malformed)?;
        let (input, signature) = text.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let payload = input.split_once('.').ok_or(TokenError::Malformed)?.1;
        let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).map_err(|_| TokenError::Malformed)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| TokenError::Malformed)?;
        let claims = payload.claims(key_id).ok_or(TokenError::Malformed)?;
        if claims.signing_input() != input {
            return Err(TokenError::Malformed);
        }
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| TokenError::Malformed)?;
        Ok(Self { claims, signature: signature.try_into().map_err(|_| TokenError::Malformed)? })
    }

    /// The key that has to have signed it: to find it by, never as a fact.
    pub fn key_id(&self) -> u16 {
        self.claims.key_id
    }

    /// The ticket that it claims to be: to look things up by, never as a fact.
    pub fn claimed_ticket_id(&self) -> Uuid {
        self.claims.ticket_id
    }

    /// What the ticket says, if `key` signed it. Refuses keys and signatures that would let one
    /// signature have several spellings (`verify_strict`).
    ///
    /// # Errors
    /// [`TokenError::Forged`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<TicketClaims, TokenError> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(self.claims.signing_input().as_bytes(), &signature).map_err(|_| TokenError::Forged)?;
        Ok(self.claims)
    }

    /// 170 characters of a QR code's alphanumeric mode.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(FIELDS + SIGNATURE);
        bytes.extend_from_slice(&self.claims.fields());
        bytes.extend_from_slice(&self.signature);
        format!("{PREFIX}{}", crockford(&bytes))
    }

    /// The same ticket as a compact JWS.
    pub fn jws(&self) -> String {
        let mut token = self.claims.signing_input();
        token.push('.');
        BASE64URL_NOPAD.encode_append(&self.signature, &mut token);
        token
    }
}

/// Checks a ticket's JWS as a foreign verifier would, with nothing but RFC 7515: for tests of ours.
#[cfg(test)]
pub(super) fn verified_as_jws(token: &str, key: &VerifyingKey) -> Option<Vec<u8>> {
    crate::jws::verify_compact(token, TICKET_TYP, |_| Some(*key)).ok()
}

//! Ticket codes: 128 bits that follow from the ticket and a key, so that the database keeps only
//! their hashes and a dump admits nobody.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::credential::{crockford, crockford_bytes};

/// Symbols of a code.
const SYMBOLS: usize = 26;

/// The key that a tenant's codes are made with.
#[derive(Clone)]
pub struct TicketKey(pub [u8; 32]);

/// A code as a gate reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCode([u8; 16]);

impl TicketKey {
    /// The code of a ticket in its `generation`, which rises when a ticket gets a new code.
    pub fn code(&self, tenant_id: i32, ticket_id: Uuid, generation: i16) -> TicketCode {
        // HMAC pads a short key with zeros to the hash's block; the fixed size cannot fail.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mac: [u8; 32] = Hmac::<Sha256>::new(&block.into())
            .chain_update(b"admit ticket code 1")
            .chain_update(tenant_id.to_be_bytes())
            .chain_update(ticket_id.as_bytes())
            .chain_update(generation.to_be_bytes())
            .finalize()
            .into_bytes()
            .into();
        let mut code = [0; 16];
        code.copy_from_slice(&mac[..16]);
        TicketCode(code)
    }
}

impl TicketCode {
    /// Reads 26 symbols of Crockford's base32; case, hyphens and the usual misreadings do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 2 * SYMBOLS {
            return None;
        }
        let symbols: String = text.chars().filter(|symbol| *symbol != '-').collect();
        if symbols.len() != SYMBOLS {
            return None;
        }
        let bytes = crockford_bytes(&symbols)?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The 26 symbols that are printed.
    pub fn encode(&self) -> String {
        crockford(&self.0)
    }

    /// What the database keeps and looks up. A code has 128 random bits, so no slow hash is needed.
    pub fn hash(&self) -> Uuid {
        let digest: [u8; 32] =
            Sha256::new().chain_update(b"admit ticket code\0").chain_update(self.0).finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Uuid::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(generation: i16) -> TicketCode {
        TicketKey([7; 32]).code(1, Uuid::from_u128(5), generation)
    }

    #[test]
    fn a_code_is_26_symbols_and_reads_back() {
        let text = code(0).encode();
        assert_eq!(text.len(), SYMBOLS);
        assert_eq!(TicketCode::parse(&text), Some(code(0)));
        assert_eq!(TicketCode::parse(&text.to_lowercase()), Some(code(0)));
        assert_eq!(TicketCode::parse(&format!("{}-{}", &text[..13], &text[13..])), Some(code(0)));
    }

    #[test]
    fn a_new_generation_is_another_code() {
        assert_ne!(code(0), code(1));
        assert_ne!(code(0).hash(), code(1).hash());
        assert_ne!(TicketKey([8; 32]).code(1, Uuid::from_u128(5), 0), code(0));
        assert_ne!(TicketKey([7; 32]).code(2, Uuid::from_u128(5), 0), code(0));
    }

    #[test]
    fn known_answer() {
        assert_eq!(code(0).encode(), "D7H77KHMPCZPZESAGCMPAVDF74");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,80}") {
            let _ = TicketCode::parse(&text);
        }
    }
}

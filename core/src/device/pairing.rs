//! Pairing codes: 60 random bits as twelve symbols that are typed by hand.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::credential::{crockford, plain_symbols};

/// Random bytes a code is made of: twelve symbols of five bits fit into eight bytes.
pub const PAIRING_CODE_BYTES: usize = 8;

/// Symbols of a code.
const SYMBOLS: usize = 12;

/// Minutes a code lives unless the caller says otherwise.
pub const CODE_MINUTES_DEFAULT: i32 = 15;

/// Minutes a code lives at most.
pub const CODE_MINUTES_MAX: i32 = 60;

/// The code of random bytes, in three groups of four symbols.
pub fn formatted_code(random: &[u8; PAIRING_CODE_BYTES]) -> String {
    let symbols = crockford(random);
    [&symbols[..4], &symbols[4..8], &symbols[8..SYMBOLS]].join("-")
}

/// Whether a text has the form of a code, whatever its hyphens, spaces and case.
pub fn is_plain_code(text: &str) -> bool {
    plain_symbols(text).is_some_and(|symbols| symbols.len() == SYMBOLS)
}

/// What is stored in a code's place. A code that was typed with O for 0, or I and L for 1, is the same code.
pub fn pairing_code_hash(tenant_id: i32, text: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"admit pairing\0")
        .chain_update(tenant_id.to_be_bytes())
        .chain_update(plain_symbols(text).unwrap_or_default())
        .finalize()
        .into()
}

/// What is stored of a used code and its device's nonce, so that only both together give a token once more.
pub fn pairing_retry_hash(tenant_id: i32, text: &str, nonce: Uuid) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"admit pairing retry\0")
        .chain_update(pairing_code_hash(tenant_id, text))
        .chain_update(nonce.as_bytes())
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = formatted_code(&[0x08, 0x42, 0x10, 0x84, 0x21, 0x08, 0x42, 0x10]);
        assert_eq!(code, "1111-1111-1111");
        assert!(is_plain_code(&code));
        let hash = pairing_code_hash(1, &code);
        for typed in ["111111111111", " 1111 1111 1111 ", "IIII-llll-1111"] {
            assert_eq!(pairing_code_hash(1, typed), hash, "{typed}");
        }
        assert_ne!(pairing_code_hash(2, &code), hash);
        assert_ne!(pairing_code_hash(1, "1111-1111-1112"), hash);
    }

    #[test]
    fn a_retry_is_known_by_code_and_nonce() {
        let hash = pairing_retry_hash(1, "1111-1111-1111", Uuid::nil());
        assert_eq!(pairing_retry_hash(1, "iiii llll 1111", Uuid::nil()), hash);
        assert_ne!(pairing_retry_hash(1, "1111-1111-1111", Uuid::max()), hash);
        assert_ne!(pairing_retry_hash(1, "1111-1111-1112", Uuid::nil()), hash);
        assert_ne!(pairing_retry_hash(2, "1111-1111-1111", Uuid::nil()), hash);
    }

    #[test]
    fn other_texts_are_no_code() {
        for text in ["", "1111-1111-111", "1111-1111-11111", "UUUU-1111-1111", "1111-1111-11é1", &"1".repeat(100_000)]
        {
            assert!(!is_plain_code(text));
        }
    }
}

//! Receipts: signed statements about a journal entry, checkable offline with the public keys.

use uuid::Uuid;

use crate::message::{answers, requests};

requests! {
    /// Issues the receipt of a journal entry again; it is the same to the byte.
    pub struct ReceiptGet {
        /// The entry.
        pub entry_id: Uuid,
    }
}

answers! {
    /// A receipt.
    pub struct ReceiptView {
        /// The entry.
        pub entry_id: Uuid,
        /// Compact JWS (RFC 7515), EdDSA, type `admit-receipt+jwt`.
        pub receipt: String,
        /// The signed content, for reading.
        pub content: serde_json::Value,
    }
}

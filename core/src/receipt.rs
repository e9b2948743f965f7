//! Receipts: signed statements about a journal entry, checkable offline with the public keys.

use jiff::Timestamp;
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
        /// When the key that signed it was revoked: it is not among the published keys any more, and the receipt proves
        /// nothing to strangers.
        pub key_revoked_at: Option<Timestamp>,
    }
}

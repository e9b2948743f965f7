//! Wallets: session-bound purses without an account.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::{Error, Result};

words! {
    /// Whether a wallet may be used.
    pub enum WalletState {
        /// Usable.
        Active => "active",
        /// Frozen by staff: no debit passes.
        Frozen => "frozen",
    }

    /// What a wallet can be linked to, later and never at the door.
    pub enum LinkKind {
        /// Phone number.
        Phone => "phone",
        /// E-mail address.
        Email => "email",
        /// Apple account.
        Apple => "apple",
        /// Google account.
        Google => "google",
    }
}

requests! {
    /// Opens a wallet bound to an event, its venue and a device, without any login; the same
    /// binding gives the same wallet back.
    pub struct WalletOpen {
        /// The event.
        pub event_id: Uuid,
        /// The event's venue.
        pub venue_id: Uuid,
        /// A secret of the device, 16 to 200 characters; made here when absent.
        pub binding: Option<String>,
    }

    /// Takes a wallet over to a second device with a recovery code.
    pub struct WalletRecover {
        /// The code from `wallet.recovery`.
        pub recovery_code: String,
        /// A secret of the new device, 16 to 200 characters; made here when absent.
        pub binding: Option<String>,
    }

    /// Makes a recovery code; an earlier code ends.
    pub struct WalletRecovery {}

    /// Replaces the session token by a fresh one; the old one ends at once.
    pub struct WalletRefresh {}

    /// Ends the session.
    pub struct WalletLogout {}

    /// Reads the caller's wallet.
    pub struct WalletGet {}

    /// Reads any wallet (staff).
    pub struct WalletLookup {
        /// The wallet.
        pub wallet_id: Uuid,
    }

    /// Lists the caller's journal entries, newest first.
    pub struct WalletHistory {
        /// Entries a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Links the caller's wallet to a contact. Personal data; erasable.
    pub struct WalletLink {
        /// What kind.
        pub kind: LinkKind,
        /// The number, address or subject, at most 320 characters.
        pub value: String,
    }

    /// Freezes a wallet: no debit passes until it is unfrozen.
    pub struct WalletFreeze {
        /// The wallet.
        pub wallet_id: Uuid,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }

    /// Lifts a freeze.
    pub struct WalletUnfreeze {
        /// The wallet.
        pub wallet_id: Uuid,
        /// Why; recorded. 1 to 500 characters.
        pub reason: String,
    }
}

answers! {
    /// An opened wallet and its session.
    pub struct WalletOpened {
        /// The wallet.
        pub wallet_id: Uuid,
        /// Whether the binding found an existing wallet.
        pub restored: bool,
        /// The credential for the API and the token for the door.
        pub session_token: String,
        /// When the session ends.
        pub expires_at: Timestamp,
        /// The device's secret: keep it to restore the wallet.
        pub binding: String,
        /// The event it is bound to.
        pub event_id: Uuid,
        /// The venue it is bound to.
        pub venue_id: Uuid,
        /// Its currency.
        pub currency: String,
        /// Its balance in minor units.
        pub balance_cents: i64,
    }

    /// A fresh session.
    pub struct WalletSessionToken {
        /// The credential for the API and the token for the door.
        pub session_token: String,
        /// When the session ends.
        pub expires_at: Timestamp,
    }

    /// A recovery code.
    pub struct RecoveryCode {
        /// To be typed on the second device, once.
        pub recovery_code: String,
        /// When it ends.
        pub expires_at: Timestamp,
    }

    /// An ended session.
    pub struct WalletLoggedOut {
        /// When it ended.
        pub ended_at: Timestamp,
    }

    /// A wallet.
    pub struct WalletView {
        /// Its id.
        pub wallet_id: Uuid,
        /// Its currency.
        pub currency: String,
        /// Its balance in minor units.
        pub balance_cents: i64,
        /// Whether it may be used.
        pub state: String,
        /// The event it was last opened for.
        pub event_id: Uuid,
        /// The venue it was last opened for.
        pub venue_id: Uuid,
        /// Admitted entries at that event, those of its tickets included.
        pub entries: i32,
        /// Whether its holder is inside that event.
        pub inside: bool,
        /// When it was opened.
        pub created_at: Timestamp,
    }

    /// One entry of a wallet's history.
    pub struct HistoryEntry {
        /// The journal entry.
        pub entry_id: Uuid,
        /// What happened, e.g. `scan.admitted`, `payment.funded`.
        pub action: String,
        /// When.
        pub recorded_at: Timestamp,
        /// Change of the balance in minor units.
        pub amount_cents: i64,
        /// The event.
        pub event_id: Option<Uuid>,
        /// The gate.
        pub gate_id: Option<Uuid>,
        /// Details of the entry.
        pub detail: serde_json::Value,
    }

    /// A page of history.
    pub struct HistoryPage {
        /// Newest first.
        pub items: Vec<HistoryEntry>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A linked contact.
    pub struct WalletLinked {
        /// What kind.
        pub kind: String,
        /// When.
        pub linked_at: Timestamp,
    }
}

/// What the database keeps in a binding's place.
///
/// # Errors
/// `invalid_request` when the binding is too short to be a secret, or too long.
pub fn binding_hash(tenant_id: i32, binding: &str) -> Result<[u8; 32]> {
    if !(16..=200).contains(&binding.len()) {
        return Err(Error::invalid("binding must have 16 to 200 characters"));
    }
    let digest = Sha256::new()
        .chain_update(b"admit binding\0")
        .chain_update(tenant_id.to_be_bytes())
        .chain_update(binding.as_bytes())
        .finalize();
    Ok(digest.into())
}

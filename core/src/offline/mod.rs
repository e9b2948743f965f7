//! Deciding without a network: what a gate downloads, and the same decision as the server's made of it.
//!
//! - [`Manifest`]: rules, keys and exact lists of the tickets of one event, in a signed [`envelope`].
//! - [`ManifestDelta`]: what changed since, applied to a manifest that a gate has.
//! - [`OfflineGate`]: the decision, with what the gate itself has admitted since.
//!
//! A signature proves a ticket; the lists say what became of it. They name tickets by eight bytes, see
//! [`ticket_prefix`], and are exact: nobody is turned away or let in by chance.

pub mod envelope;
mod filter;
mod gate;
mod list;
mod local;
mod manifest;
mod position;
mod rotation;
mod rules;
mod wallets;

pub use filter::TicketFilter;
pub use gate::{GateDecision, OfflineGate};
pub use list::{
    CodeList, CodeRecord, Encoded, PrefixList, TicketPast, UsedList, UsedTicket, code_prefix, ticket_prefix,
};
pub use local::{LocalUse, LocalUses, LocalWallet};
pub use manifest::{
    DeltaLists, Document, FORMAT, ListBuilder, Manifest, ManifestDelta, NotNext, TicketLists, not_after,
};
pub use position::{Horizon, Lists, Position};
pub use rotation::ManifestKey;
pub use rules::{DeviceRules, EventRules, GateRules, KeyRules, Rules, ScopeFees, TypeRules};
pub use wallets::{Spendable, SpendableList, SpendableSession, WALLETS_MAX, session_prefix, wallet_prefix};

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};

words! {
    /// What a manifest holds.
    pub enum ManifestKind {
        /// All tickets that were used or are not good.
        Full => "full",
        /// Those that changed since a position.
        Delta => "delta",
    }
}

requests! {
    /// Reads what a gate needs to decide without a network: a signed manifest of an event. With `since`, the
    /// changes since then, unless they are too many or too old.
    pub struct ManifestGet {
        /// The event.
        pub event_id: Uuid,
        /// `position` of the manifest that the caller has.
        pub since: Option<String>,
        /// Whether it lists all good tickets, too; `false` when absent.
        pub tickets: Option<bool>,
        /// Whether it lists hashes of all tickets' codes, so that codes can be read; `false` when absent.
        pub codes: Option<bool>,
        /// Whether it has a filter of all good tickets, a quarter of their list's size; `false` when absent.
        pub filter: Option<bool>,
    }
}

requests! {
    /// Reads what happened to an event's tickets since a position, for all its gates alike: a signed delta without
    /// anything that is one device's. It is what the event's stream of tickets sends.
    pub struct ManifestChanges {
        /// The event.
        pub event_id: Uuid,
        /// `position` of an answer or manifest from before; now when absent.
        pub since: Option<String>,
    }
}

answers! {
    /// A signed manifest.
    pub struct ManifestView {
        /// Compact JWS (EdDSA, `typ` `manifest+jwt`) over the manifest's JSON.
        pub manifest: String,
        /// full or delta.
        pub kind: ManifestKind,
        /// Where the next changes start.
        pub position: String,
        /// Names this state; `since` itself while nothing has changed. Also the response's `ETag`.
        pub version: String,
        /// When it was made.
        pub made_at: Timestamp,
        /// Until when a gate may admit by it.
        pub not_after: Timestamp,
        /// The server's clock when it answered.
        pub server_time: Timestamp,
    }
}

#[cfg(test)]
mod tests;

//! Live figures of an event, and the journal's read side.

mod financials;

pub use financials::*;

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests};

requests! {
    /// Reads an event's live figures, as of the last sealed entry; who is inside is exact.
    pub struct LiveGet {
        /// The event.
        pub event_id: Uuid,
    }

    /// Lists alerts, newest first.
    pub struct AlertList {
        /// Only this event's.
        pub event_id: Option<Uuid>,
        /// Alerts a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Lists the audit journal, newest first.
    pub struct JournalList {
        /// Only this action, or all with this prefix when it ends in a dot (`scan.`).
        pub action: Option<String>,
        /// Only by this actor (API key, device, wallet).
        pub actor_id: Option<Uuid>,
        /// Only this event's.
        pub event_id: Option<Uuid>,
        /// Only at this venue's events and gates.
        pub venue_id: Option<Uuid>,
        /// Only at this gate.
        pub gate_id: Option<Uuid>,
        /// Only this wallet's.
        pub wallet_id: Option<Uuid>,
        /// Only from this time on.
        pub from: Option<Timestamp>,
        /// Only before this time.
        pub until: Option<Timestamp>,
        /// Entries a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Proves that an entry is in the sealed journal.
    pub struct InclusionProofGet {
        /// The entry.
        pub entry_id: Uuid,
    }

    /// Proves that the journal of an older checkpoint is the beginning of the current one.
    pub struct ConsistencyProofGet {
        /// Blocks in the older checkpoint.
        pub old_size: i64,
    }

    /// Reads the newest checkpoint.
    pub struct CheckpointGet {}

    /// Checks every invariant of the tenant. Reads the whole journal.
    pub struct VerifyRun {}
}

answers! {
    /// Live figures.
    pub struct LiveView {
        /// The event.
        pub event_id: Uuid,
        /// Sequence number of the last sealed entry that is counted.
        pub seq: i64,
        /// Admitted entries, re-entries included.
        pub entries: i64,
        /// Of these, re-entries.
        pub reentries: i64,
        /// Exits.
        pub exits: i64,
        /// People inside now, also those whose entry is not sealed yet; each is counted once.
        pub inside: i64,
        /// Denied scans.
        pub denied: i64,
        /// Sales.
        pub sales: i64,
        /// What scans charged, in minor units.
        pub charged_cents: i64,
        /// Admitted entries in the last full minute.
        pub entries_per_minute: i64,
        /// How many people may be inside.
        pub capacity: Option<i32>,
        /// By gate.
        pub gates: Vec<GateFigures>,
        /// By ticket type.
        pub ticket_types: Vec<TypeFigures>,
    }

    /// Live figures of one ticket type.
    pub struct TypeFigures {
        /// The ticket type.
        pub ticket_type_id: Uuid,
        /// Its name.
        pub name: String,
        /// How many there are; `null` without a limit.
        pub total: Option<i64>,
        /// How many are held by buyers who have not paid, now.
        pub held: i64,
        /// How many are sold, now.
        pub sold: i64,
        /// How many of the type's own are left, now; `null` without a limit.
        pub available: Option<i64>,
        /// What buyers paid for them with fees and taxes, less refunds, in minor units.
        pub revenue_cents: i64,
    }

    /// Live figures of one gate.
    pub struct GateFigures {
        /// The gate.
        pub gate_id: Uuid,
        /// Its name.
        pub name: String,
        /// Admitted entries.
        pub entries: i64,
        /// Exits.
        pub exits: i64,
        /// Denied scans.
        pub denied: i64,
        /// Sales.
        pub sales: i64,
    }

    /// A raised alert.
    pub struct AlertView {
        /// Its id.
        pub alert_id: Uuid,
        /// The event.
        pub event_id: Option<Uuid>,
        /// What it is about, e.g. `capacity_80`.
        pub kind: String,
        /// For people.
        pub message: String,
        /// When it was raised.
        pub raised_at: Timestamp,
    }

    /// A page of alerts.
    pub struct AlertPage {
        /// Newest first.
        pub items: Vec<AlertView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A journal entry.
    pub struct JournalEntryView {
        /// Its id.
        pub entry_id: Uuid,
        /// What happened.
        pub action: String,
        /// When.
        pub recorded_at: Timestamp,
        /// Who: api_key, device, wallet, provider, sql or system.
        pub actor_kind: String,
        /// Which one.
        pub actor_id: Option<Uuid>,
        /// The event.
        pub event_id: Option<Uuid>,
        /// The gate.
        pub gate_id: Option<Uuid>,
        /// The wallet.
        pub wallet_id: Option<Uuid>,
        /// Currency of the legs.
        pub currency: Option<String>,
        /// Money legs.
        pub legs: Vec<LegView>,
        /// Details.
        pub body: serde_json::Value,
        /// RFC 6962 leaf hash of the entry's canonical content, hexadecimal.
        pub hash: String,
    }

    /// One money leg.
    pub struct LegView {
        /// The account or wallet.
        pub account_id: Uuid,
        /// Change in minor units.
        pub amount_cents: i64,
    }

    /// A page of the journal.
    pub struct JournalPage {
        /// Newest first.
        pub items: Vec<JournalEntryView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }

    /// A proof; `admit-verify` and `core::journal::proof` check it without a database.
    pub struct ProofView {
        /// The proof.
        pub proof: serde_json::Value,
    }

    /// A signed checkpoint.
    pub struct CheckpointView {
        /// Number of sealed blocks.
        pub size: i64,
        /// Sequence number of the last sealed entry.
        pub seq: i64,
        /// The signed note.
        pub checkpoint: String,
    }

    /// The result of one check.
    pub struct InvariantView {
        /// Name of the invariant.
        pub invariant: String,
        /// How many violations were found; 0 is right.
        pub violations: i64,
    }

    /// The result of all checks.
    pub struct VerifyResult {
        /// Whether no violation was found.
        pub clean: bool,
        /// One for each invariant.
        pub invariants: Vec<InvariantView>,
    }
}

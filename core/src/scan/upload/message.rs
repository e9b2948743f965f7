//! What a device sends when its network is back, and what it is told.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::policy::PolicyRule;
use crate::scan::{Item, Outcome, PriorUse, Reason, ScanKind};

/// Scans of one upload, at most.
pub const SCANS_MAX: usize = 5_000;

words! {
    /// What became of a scan that a device made without a network.
    pub enum Verdict {
        /// It is booked as the device decided.
        Success => "success",
        /// The ticket or wallet was admitted before, elsewhere: see the other scan.
        Duplicate => "duplicate",
        /// The device admitted somebody whom the rules deny: staff should look.
        Conflict => "conflict",
        /// The token names no ticket or wallet, or the scan cannot be booked.
        Error => "error",
    }
}

requests! {
    /// A scan that a device made without a network.
    pub struct OfflineScan {
        /// The device's number for this scan.
        pub nonce: Uuid,
        /// The wallet's session token or a ticket in any of its forms, as read by the device.
        pub token: String,
        /// What the scan was for.
        pub kind: ScanKind,
        /// The gate; the device's when absent.
        pub gate_id: Option<Uuid>,
        /// The event; the device's when absent.
        pub event_id: Option<Uuid>,
        /// When the device read the token, by its own clock.
        pub scanned_at: Timestamp,
        /// Milliseconds since then by a steady clock, such as the time since start; believed before `scanned_at`.
        pub elapsed_ms: Option<i64>,
        /// What the device decided.
        pub outcome: Outcome,
        /// Why it denied.
        pub reason: Option<Reason>,
        /// What the sale costs, in minor units; or give the items.
        pub amount_cents: Option<i64>,
        /// What is sold; or give the amount.
        pub items: Option<Vec<Item>>,
    }

    /// Books scans that a device made without a network, at most 5,000 a call. Each gets a verdict; the same device
    /// and nonce get the same verdict again. Scans are taken in the order of their times, whichever way they are
    /// sent, and of two admissions with one use the earlier one wins. Where an event needs a pass, what was read has
    /// to be the ticket: a wallet's own token is a conflict there. Scans outside a person's venue or event are
    /// not booked (error, no `scan_id`) and are for the device itself to send.
    pub struct ScanUpload {
        /// The device that scanned; only for callers that are no device themselves.
        pub device_id: Option<Uuid>,
        /// The device's clock when it sends this.
        pub sent_at: Timestamp,
        /// The scans, in any order.
        pub scans: Vec<OfflineScan>,
    }

    /// Lists conflicts that scans without a network left, newest first.
    pub struct ConflictList {
        /// Only this event's.
        pub event_id: Option<Uuid>,
        /// Only of this device.
        pub device_id: Option<Uuid>,
        /// Only those that are resolved, or that are not.
        pub resolved: Option<bool>,
        /// Conflicts a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    /// Says what staff found out about a conflict.
    pub struct ConflictResolve {
        /// The scan in conflict.
        pub scan_id: Uuid,
        /// What it was, 1 to 500 characters.
        pub note: String,
    }
}

answers! {
    /// What the journal keeps of a scan that was made without a network.
    #[derive(Eq)]
    pub struct OfflineRecord {
        /// How far the server's clock was ahead of the device's, in milliseconds.
        pub clock_offset_ms: i64,
        /// Whether the device's clock proved nothing.
        pub clock_suspect: bool,
        /// What the device decided.
        pub device_outcome: Outcome,
        /// Why it denied.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pub device_reason: Option<Reason>,
        /// When the device read the token, by its own clock.
        pub device_scanned_at: Timestamp,
        /// The scan that it collides with.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pub other_scan_id: Option<Uuid>,
        /// What became of it.
        pub verdict: Verdict,
    }

    /// What became of one uploaded scan.
    pub struct UploadedScan {
        /// The device's number for it.
        pub nonce: Uuid,
        /// success, duplicate, conflict or error.
        pub verdict: Verdict,
        /// Whether it was taken in by an earlier upload.
        pub repeated: bool,
        /// The journal entry of the scan; `null` where it could not be booked.
        pub scan_id: Option<Uuid>,
        /// What the rules say against it, or why the device denied.
        pub reason: Option<Reason>,
        /// The rule that speaks against it.
        pub rule: Option<PolicyRule>,
        /// The scan that it collides with.
        pub other_scan_id: Option<Uuid>,
        /// The use before this one.
        pub prior: Option<PriorUse>,
        /// Number of the ticket's or wallet's entry at this event.
        pub entry_number: Option<i32>,
        /// What was charged, in minor units.
        pub charged_cents: i64,
        /// When the device read the token, by the server's clock.
        pub scanned_at: Option<Timestamp>,
        /// What is wrong with the request, for a scan that could not be booked.
        pub error: Option<String>,
    }

    /// What became of an upload.
    pub struct ScanUploaded {
        /// When it came.
        pub received_at: Timestamp,
        /// How far the server's clock is ahead of the device's, in milliseconds.
        pub clock_offset_ms: i64,
        /// Scans that are booked as the device decided.
        pub success_count: i32,
        /// Scans of tickets and wallets that were admitted before.
        pub duplicate_count: i32,
        /// Scans that the rules deny.
        pub conflict_count: i32,
        /// Scans that name nothing or cannot be booked.
        pub error_count: i32,
        /// One verdict a scan, in the order in which they were sent.
        pub verdicts: Vec<UploadedScan>,
    }

    /// A conflict that a scan without a network left.
    pub struct ConflictView {
        /// The scan.
        pub scan_id: Uuid,
        /// duplicate, conflict or error.
        pub verdict: Verdict,
        /// What the rules say against it.
        pub reason: Option<Reason>,
        /// The scan that it collides with.
        pub other_scan_id: Option<Uuid>,
        /// The event.
        pub event_id: Option<Uuid>,
        /// The gate.
        pub gate_id: Option<Uuid>,
        /// The device; none for an override without one.
        pub device_id: Option<Uuid>,
        /// The ticket.
        pub ticket_id: Option<Uuid>,
        /// The wallet, or the ticket holder's.
        pub wallet_id: Option<Uuid>,
        /// When the device read the token, by the server's clock.
        pub scanned_at: Timestamp,
        /// When it was found.
        pub detected_at: Timestamp,
        /// When staff resolved it.
        pub resolved_at: Option<Timestamp>,
        /// What staff found out.
        pub note: Option<String>,
    }

    /// A page of conflicts.
    pub struct ConflictPage {
        /// Newest first.
        pub items: Vec<ConflictView>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

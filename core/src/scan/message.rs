//! What is asked of scans, and answered.

use jiff::Timestamp;
use uuid::Uuid;

use super::{OfflineRecord, Outcome, Reason, ScanKind};
use crate::fee::{Action, Component};
use crate::message::{answers, requests};
use crate::policy::PolicyRule;

requests! {
    /// One position of a sale.
    pub struct Item {
        /// What, 1 to 200 characters.
        pub name: String,
        /// How many, 1 to 10,000.
        pub quantity: i32,
        /// Price of one, in minor units.
        pub unit_price_cents: i64,
    }

    /// Scans a wallet or ticket at a gate: resolves, charges, splits, logs and answers in one
    /// transaction. The same nonce gives the same answer.
    pub struct ScanRecord {
        /// The wallet's session token or a ticket in any of its forms, as read by the device.
        pub token: String,
        /// What the scan is for.
        pub kind: ScanKind,
        /// The device's number for this scan; the Idempotency-Key header when absent.
        pub nonce: Option<Uuid>,
        /// The scanning device; only for callers that are no device themselves.
        pub device_id: Option<Uuid>,
        /// The gate; the device's when absent.
        pub gate_id: Option<Uuid>,
        /// The event; the device's when absent.
        pub event_id: Option<Uuid>,
        /// What the sale costs, in minor units; or give the items.
        pub amount_cents: Option<i64>,
        /// What is sold; or give the amount.
        pub items: Option<Vec<Item>>,
        /// When the device read the token; now when absent. At most 24 h ago.
        pub scanned_at: Option<Timestamp>,
    }

    /// Lets a wallet or a ticket of the event in in spite of a denial, without a charge. For staff;
    /// recorded with its reason.
    pub struct ScanOverride {
        /// The wallet's session token or a ticket in any of its forms.
        pub token: String,
        /// Why, 1 to 500 characters.
        pub reason: String,
        /// A number for this override; the Idempotency-Key header when absent.
        pub nonce: Option<Uuid>,
        /// The gate.
        pub gate_id: Uuid,
        /// The event.
        pub event_id: Uuid,
    }

    /// Lists scans, newest first.
    pub struct ScanList {
        /// Only this event's.
        pub event_id: Option<Uuid>,
        /// Only at this gate.
        pub gate_id: Option<Uuid>,
        /// Only this wallet's.
        pub wallet_id: Option<Uuid>,
        /// Only these.
        pub outcome: Option<Outcome>,
        /// Scans a page, 1 to 200; 50 when absent.
        pub limit: Option<i64>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }
}

answers! {
    /// A component of what was charged.
    pub struct ScanCharge {
        /// Which part.
        pub component: Component,
        /// Its amount in minor units.
        pub amount_cents: i64,
        /// The fee version that set it.
        pub fee_version: Option<i64>,
    }

    /// Who let somebody in.
    #[derive(Eq)]
    pub struct AdmittedBy {
        /// Which person, device or API key.
        pub actor_id: Option<Uuid>,
        /// staff, device, api_key or sql.
        pub actor_kind: String,
        /// The device, where somebody else is the actor.
        pub device_id: Option<Uuid>,
        /// The scan.
        pub scan_id: Uuid,
    }

    /// The use before this one.
    pub struct PriorUse {
        /// When the wallet was last admitted at this event.
        pub admitted_at: Timestamp,
        /// At which gate.
        pub gate_id: Option<Uuid>,
        /// Which entry that was; of one that was annulled since, its number is not given out again.
        pub entry_number: i32,
        /// Who admitted it; told where that use is what denies this one.
        pub admitted_by: Option<AdmittedBy>,
    }

    /// What a scan decided.
    pub struct ScanAnswer {
        /// The journal entry of the scan.
        pub scan_id: Uuid,
        /// admitted or denied.
        pub outcome: Outcome,
        /// Why it was denied.
        pub reason: Option<Reason>,
        /// The rule that denied it, named like the field that sets it.
        pub rule: Option<PolicyRule>,
        /// When this rule lets it pass, where time alone makes the difference.
        pub passes_at: Option<Timestamp>,
        /// What was charged for: entry, reentry, exit, concession, merchandise or general.
        pub action: Action,
        /// The event.
        pub event_id: Option<Uuid>,
        /// The gate.
        pub gate_id: Option<Uuid>,
        /// The device that read the token; `null` for an override without one.
        pub device_id: Option<Uuid>,
        /// Who scanned: staff, device, api_key or sql.
        pub actor_kind: String,
        /// Which person, device or API key.
        pub actor_id: Option<Uuid>,
        /// The wallet, or the ticket holder's, where the token named one.
        pub wallet_id: Option<Uuid>,
        /// The ticket that it was admitted or denied with.
        pub ticket_id: Option<Uuid>,
        /// The ticket's type.
        pub ticket_type_id: Option<Uuid>,
        /// Number of the ticket's or wallet's entry at this event, 1 for the first.
        pub entry_number: Option<i32>,
        /// Whether its holder is inside after this scan.
        pub inside: Option<bool>,
        /// What was charged, in minor units.
        pub charged_cents: i64,
        /// Its currency.
        pub currency: Option<String>,
        /// Its parts.
        pub charges: Vec<ScanCharge>,
        /// The balance afterwards, in minor units.
        pub balance_cents: Option<i64>,
        /// The use before this one.
        pub prior: Option<PriorUse>,
        /// Why staff let the wallet in, for an override.
        pub override_reason: Option<String>,
        /// What the device decided, for a scan without a network.
        pub offline: Option<OfflineRecord>,
        /// When the device read the token.
        pub scanned_at: Timestamp,
        /// When it was booked.
        pub recorded_at: Timestamp,
        /// Signed receipt of an admission.
        pub receipt: Option<String>,
    }

    /// A page of scans.
    pub struct ScanPage {
        /// Newest first, without receipts.
        pub items: Vec<ScanAnswer>,
        /// Where the next page starts; `null` on the last.
        pub next_cursor: Option<String>,
    }
}

//! Scans: one decision that resolves, charges and admits or denies.

mod annul;
mod decide;
mod preview;
mod record;
mod rules;
mod ticket;
mod upload;

pub use annul::{ScanAnnul, ScanAnnulled, Undone, undo};
pub use decide::{Decision, Presence, ScanConfig, Situation, WalletFacts, decide};
pub use preview::{ScanCheck, ScanPreview};
pub use record::{RecordedUse, ScanBody, answer, receipt_content};
pub use rules::Refusal;
pub use ticket::{Presented, TicketFacts, TicketUse, TokenForm};
pub use upload::*;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fee::{Action, Component};
use crate::message::{answers, requests, words};
use crate::money::{AMOUNT_MAX, positive_amount};
use crate::policy::PolicyRule;
use crate::{Error, ErrorCode, Result};

words! {
    /// What a scan is for, as the device says. Whether an entry is a re-entry is worked out.
    pub enum ScanKind {
        /// Coming in.
        Entry => "entry",
        /// Going out.
        Exit => "exit",
        /// A sale at a bar or stand.
        Concession => "concession",
        /// A sale of merchandise.
        Merchandise => "merchandise",
        /// Any other sale.
        General => "general",
    }

    /// Whether the guest passes or the sale is made.
    pub enum Outcome {
        /// Yes.
        Admitted => "admitted",
        /// No, for the reason given.
        Denied => "denied",
    }

    /// Why a scan was denied.
    pub enum Reason {
        /// The token is none of admit's.
        TokenMalformed => "token_malformed",
        /// The token's signature does not verify, or its key is unknown.
        TokenForged => "token_forged",
        /// The token was made with a key that was revoked since: the holder opens the wallet again, or the ticket is
        /// reissued.
        KeyRevoked => "key_revoked",
        /// The token belongs to another tenant.
        TokenForeign => "token_foreign",
        /// The token's time is over: the guest opens the wallet again.
        TokenExpired => "token_expired",
        /// The session was ended by log-out, refresh or recovery.
        SessionEnded => "session_ended",
        /// The device was revoked or its token has ended.
        DeviceRevoked => "device_revoked",
        /// The device does not stand at this gate, or the gate is not for this kind of scan.
        WrongGate => "wrong_gate",
        /// The event is at another venue, or the device scans for another event.
        WrongEvent => "wrong_event",
        /// The gate or the venue is not in use.
        GateClosed => "gate_closed",
        /// The event is not active.
        EventInactive => "event_inactive",
        /// The event was called off. People who are inside may leave.
        EventCancelled => "event_cancelled",
        /// Entry is not open yet.
        EventNotStarted => "event_not_started",
        /// Nobody comes in for the first time any more.
        CheckInClosed => "check_in_closed",
        /// The event is over.
        EventEnded => "event_ended",
        /// It is not one of the ticket's hours of entry.
        OutsideHours => "outside_hours",
        /// The ticket does not open the zones that the device guards.
        ZoneDenied => "zone_denied",
        /// No ticket has this code.
        TicketUnknown => "ticket_unknown",
        /// The ticket has a newer code: this one was reissued, transferred or resold.
        TicketSuperseded => "ticket_superseded",
        /// The event admits rotating codes only: the holder opens the ticket on a phone.
        RotatingCodeRequired => "rotating_code_required",
        /// The rotating code is too old, as on a screenshot.
        CodeExpired => "code_expired",
        /// The rotating code is ahead of the clock: the phone's clock is wrong.
        CodeEarly => "code_early",
        /// The rotating code was used before: the holder waits for the next one.
        CodeReplayed => "code_replayed",
        /// The ticket was paid back or taken out of use.
        TicketVoid => "ticket_void",
        /// The ticket's validity is over.
        TicketExpired => "ticket_expired",
        /// The ticket is not valid yet.
        TicketNotYetValid => "ticket_not_yet_valid",
        /// The ticket's uses are consumed: see the prior use.
        TicketUsed => "ticket_used",
        /// The pass has admitted on all its days.
        PassDaysUsed => "pass_days_used",
        /// A ticket opens doors and pays nothing: scan the wallet.
        TicketCannotPay => "ticket_cannot_pay",
        /// The event needs a pass.
        PassRequired => "pass_required",
        /// Staff froze the wallet.
        WalletFrozen => "wallet_frozen",
        /// The wallet has another currency than the event.
        CurrencyMismatch => "currency_mismatch",
        /// The wallet was admitted a moment ago: see the prior use.
        Duplicate => "duplicate",
        /// The wallet is inside and has not been scanned out: see the prior use.
        AlreadyInside => "already_inside",
        /// The wallet is not inside, so it cannot leave.
        NotInside => "not_inside",
        /// The event lets nobody back in.
        ReentryDenied => "reentry_denied",
        /// The last admission was too short a time ago.
        ReentryTooSoon => "reentry_too_soon",
        /// The wallet or ticket has used its entries of the day.
        DayLimitReached => "day_limit_reached",
        /// The wallet has used all its entries.
        EntriesExhausted => "entries_exhausted",
        /// The event or the venue is full.
        CapacityReached => "capacity_reached",
        /// The balance does not cover the charge.
        InsufficientFunds => "insufficient_funds",
        /// The gate has no network and cannot know: show a signed ticket, or ask again with a network.
        OfflineUnavailable => "offline_unavailable",
        /// An uploaded scan contradicts itself, or names no event.
        ScanMalformed => "scan_malformed",
        /// A scan without a network was sent too long after it was made.
        ScanTooLate => "scan_too_late",
    }
}

/// Items of one sale.
pub const ITEMS_MAX: usize = 100;

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

    /// The use before this one.
    pub struct PriorUse {
        /// When the wallet was last admitted at this event.
        pub admitted_at: Timestamp,
        /// At which gate.
        pub gate_id: Option<Uuid>,
        /// Which entry that was; of one that was annulled since, its number is not given out again.
        pub entry_number: i32,
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

impl ScanKind {
    /// What is paid for, given whether the wallet was admitted before.
    pub fn action(self, entered_before: bool) -> Action {
        match self {
            Self::Entry if entered_before => Action::Reentry,
            Self::Entry => Action::Entry,
            Self::Exit => Action::Exit,
            Self::Concession => Action::Concession,
            Self::Merchandise => Action::Merchandise,
            Self::General => Action::General,
        }
    }

    /// Whether the scan sells something.
    pub fn is_sale(self) -> bool {
        matches!(self, Self::Concession | Self::Merchandise | Self::General)
    }
}

/// A scan as asked for, checked and complete.
#[derive(Debug, Clone)]
pub struct ScanInput {
    /// What the scan is for.
    pub kind: ScanKind,
    /// The sale's amount in minor units; 0 without a sale.
    pub amount_cents: i64,
    /// The items of the sale.
    pub items: Vec<Item>,
    /// When the device read the token.
    pub scanned_at: Timestamp,
    /// Why staff let the wallet in.
    pub override_reason: Option<String>,
}

/// How late a scan may be sent, in seconds.
const LATE_SECONDS_MAX: i64 = 86_400;
/// How far ahead a device's clock may be, in seconds.
const AHEAD_SECONDS_MAX: i64 = 300;

impl ScanInput {
    /// Checks a scan's arguments.
    ///
    /// # Errors
    /// `invalid_request` for arguments that do not belong together, `invalid_amount` for
    /// amounts out of bounds.
    pub fn check(
        kind: ScanKind,
        amount_cents: Option<i64>,
        items: Option<Vec<Item>>,
        scanned_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self> {
        let scanned_at = scanned_at.unwrap_or(now);
        let age_seconds = now.as_second() - scanned_at.as_second();
        if !(-AHEAD_SECONDS_MAX..=LATE_SECONDS_MAX).contains(&age_seconds) {
            return Err(Error::invalid("scanned_at must be within the last 24 hours; check the device's clock"));
        }
        let amount_cents = match (kind.is_sale(), amount_cents, &items) {
            (true, Some(amount), None) => positive_amount("amount_cents", amount)?,
            (true, None, Some(items)) => items_total(items)?,
            (true, ..) => return Err(Error::invalid("a sale needs either amount_cents or items")),
            (false, None, None) => 0,
            (false, ..) => return Err(Error::invalid("only a sale has amount_cents or items")),
        };
        Ok(Self { kind, amount_cents, items: items.unwrap_or_default(), scanned_at, override_reason: None })
    }

    /// Fingerprint of what was asked, to tell a replay from another scan with the same nonce.
    pub fn digest(&self, token: &str, event_id: Option<Uuid>, gate_id: Option<Uuid>) -> i64 {
        let mut hash = Sha256::new();
        hash.update(token.as_bytes());
        hash.update([0, self.kind as u8]);
        hash.update(event_id.unwrap_or_default().as_bytes());
        hash.update(gate_id.unwrap_or_default().as_bytes());
        hash.update(self.amount_cents.to_be_bytes());
        for item in &self.items {
            hash.update(item.name.as_bytes());
            hash.update([0]);
            hash.update(item.quantity.to_be_bytes());
            hash.update(item.unit_price_cents.to_be_bytes());
        }
        hash.update(self.override_reason.as_deref().unwrap_or_default().as_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        i64::from_be_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
    }
}

fn items_total(items: &[Item]) -> Result<i64> {
    if items.is_empty() || items.len() > ITEMS_MAX {
        return Err(Error::invalid(format!("items must have 1 to {ITEMS_MAX} positions")));
    }
    let mut total = 0_i64;
    for item in items {
        crate::venue::required_text("items.name", &item.name, 200)?;
        if !(1..=10_000).contains(&item.quantity) {
            return Err(Error::new(ErrorCode::InvalidAmount, "items.quantity must be between 1 and 10000"));
        }
        let price = positive_amount("items.unit_price_cents", item.unit_price_cents)?;
        total = price
            .checked_mul(i64::from(item.quantity))
            .and_then(|sum| total.checked_add(sum))
            .filter(|sum| *sum <= AMOUNT_MAX)
            .ok_or_else(|| {
                Error::new(ErrorCode::InvalidAmount, format!("the items exceed {AMOUNT_MAX} minor units"))
            })?;
    }
    Ok(total)
}

/// A component of a charge in the journal: component, amount in minor units, fee version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedCharge(pub Component, pub i64, pub Option<i64>);

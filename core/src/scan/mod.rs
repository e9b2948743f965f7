//! Scans: one decision that resolves, charges and admits or denies.

mod annul;
mod decide;
mod message;
mod preview;
mod reason;
mod record;
mod rules;
mod ticket;
mod upload;

pub use annul::{ScanAnnul, ScanAnnulled, Undone, undo};
pub use decide::{Decision, Presence, ScanConfig, Situation, WalletFacts, decide};
pub use message::{AdmittedBy, Item, PriorUse, ScanAnswer, ScanCharge, ScanList, ScanOverride, ScanPage, ScanRecord};
pub use preview::{ScanCheck, ScanPreview};
pub use reason::{Outcome, Reason, ScanKind};
pub use record::{RecordedUse, ScanBody, answer, receipt_content};
pub use rules::Refusal;
pub use ticket::{Presented, TicketFacts, TicketUse, TokenForm};
pub use upload::*;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fee::{Action, Component};
use crate::money::{AMOUNT_MAX, positive_amount};
use crate::{Error, ErrorCode, Result};

/// Items of one sale.
pub const ITEMS_MAX: usize = 100;

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

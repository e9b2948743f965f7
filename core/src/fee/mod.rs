//! Fees: what a scan or sale costs and who gets which share.
//!
//! A schedule belongs to a scope; for each (action, component) the rule of the narrowest scope
//! that has one applies: gate, then event, then venue, then platform. Schedules are versions:
//! one is never changed, so a booked charge can always be computed again.

mod price;
mod rule;
mod split;

pub use price::{Charge, ChargeLine, EffectiveFees, Legs, PayeeAccounts};
pub use rule::{Action, Component, FeeRule, FeeSchedule, FeeScope, Payee, Rounding, Share};
pub use split::split_amount;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Currency;

/// Sets the fees of a scope: stores a new version that applies to scans from its commit on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeSet {
    /// Whose fees.
    pub scope: FeeScope,
    /// The venue, event or gate; absent for the platform default.
    pub scope_id: Option<Uuid>,
    /// The rules; an empty list gives every rule back to the wider scopes.
    pub rules: Vec<FeeRule>,
    /// How a percentage of an amount becomes minor units; `half_up` when absent.
    #[serde(default)]
    pub rounding: Rounding,
}

/// Reads one scope's current schedule, or one version of the tenant's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeGet {
    /// Whose fees.
    pub scope: FeeScope,
    /// The venue, event or gate; absent for the platform default.
    pub scope_id: Option<Uuid>,
}

/// Lists the versions of one scope, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeVersions {
    /// Whose fees.
    pub scope: FeeScope,
    /// The venue, event or gate; absent for the platform default.
    pub scope_id: Option<Uuid>,
    /// Versions a page, 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One immutable version of a scope's fees.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeeVersionView {
    /// Number of the version, rising within the tenant over all scopes.
    pub fee_version: i64,
    /// Whose fees.
    pub scope: FeeScope,
    /// The venue, event or gate.
    pub scope_id: Option<Uuid>,
    /// The rules.
    pub rules: Vec<FeeRule>,
    /// How percentages are rounded.
    pub rounding: Rounding,
    /// When it was set.
    pub created_at: jiff::Timestamp,
}

/// A page of fee versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeeVersionPage {
    /// Newest first.
    pub items: Vec<FeeVersionView>,
    /// Where the next page starts; `null` on the last.
    pub next_cursor: Option<String>,
}

/// Computes a charge without booking it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeePreview {
    /// The event.
    pub event_id: Uuid,
    /// The gate; without it the gate's own fees are not applied.
    pub gate_id: Option<Uuid>,
    /// What is charged for.
    pub action: Action,
    /// The sale's amount in minor units; only for concession, merchandise and general.
    pub amount_cents: Option<i64>,
}

/// A charge as it would be booked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeePreviewed {
    /// The event's currency.
    pub currency: Currency,
    /// What the guest pays in all, in minor units.
    pub total_cents: i64,
    /// The parts.
    pub charges: Vec<PreviewedCharge>,
}

/// One part of a previewed charge.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreviewedCharge {
    /// Which part.
    pub component: Component,
    /// The part's amount in minor units.
    pub amount_cents: i64,
    /// The version that set it; absent for a sale that no rule divides.
    pub fee_version: Option<i64>,
    /// Who gets how much of it.
    pub shares: Vec<PreviewedShare>,
}

/// One payee's share of a previewed charge.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreviewedShare {
    /// Who.
    pub payee: Payee,
    /// The ledger account that would be credited.
    pub account_id: Uuid,
    /// How much, in minor units.
    pub amount_cents: i64,
}

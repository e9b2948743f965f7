//! Dry runs: what a scan would come to, with nothing of it stored.

use uuid::Uuid;

use super::{Decision, Item, Outcome, PriorUse, Reason, ScanCharge, ScanKind, Situation};
use crate::fee::Action;
use crate::message::{answers, requests};
use crate::policy::PolicyRule;

requests! {
    /// Says what a scan would come to. Nothing is admitted, charged or recorded.
    pub struct ScanCheck {
        /// The wallet's session token or a ticket in any of its forms, as read by the device.
        pub token: String,
        /// What the scan is for.
        pub kind: ScanKind,
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
    }
}

answers! {
    /// What a scan would come to.
    pub struct ScanPreview {
        /// admitted or denied.
        pub outcome: Outcome,
        /// Why it would be denied.
        pub reason: Option<Reason>,
        /// The rule that denies it, named like the field that sets it.
        pub rule: Option<PolicyRule>,
        /// When this rule lets it pass, where time alone makes the difference.
        pub passes_at: Option<jiff::Timestamp>,
        /// What would be charged for: entry, reentry, exit, concession, merchandise or general.
        pub action: Action,
        /// The event.
        pub event_id: Uuid,
        /// The gate.
        pub gate_id: Uuid,
        /// The wallet, or the ticket holder's, where the token names one.
        pub wallet_id: Option<Uuid>,
        /// The ticket that it would be admitted or denied with.
        pub ticket_id: Option<Uuid>,
        /// The ticket's type.
        pub ticket_type_id: Option<Uuid>,
        /// Number of the ticket's or wallet's entry at this event, 1 for the first.
        pub entry_number: Option<i32>,
        /// Whether its holder would be inside.
        pub inside: Option<bool>,
        /// What would be charged, in minor units.
        pub charged_cents: i64,
        /// Its currency.
        pub currency: String,
        /// Its parts.
        pub charges: Vec<ScanCharge>,
        /// The balance afterwards, in minor units.
        pub balance_cents: Option<i64>,
        /// The use before this one.
        pub prior: Option<PriorUse>,
    }
}

impl ScanPreview {
    /// What a decision would come to.
    pub fn new(situation: &Situation<'_>, decision: &Decision, wallet_id: Option<Uuid>) -> Self {
        let known = decision.balance_cents.is_some() || decision.ticket.is_some();
        Self {
            outcome: decision.outcome,
            reason: decision.reason(),
            rule: decision.refusal.and_then(|refusal| refusal.rule),
            passes_at: decision.refusal.and_then(|refusal| refusal.passes_at),
            action: decision.action,
            event_id: situation.config.event_id,
            gate_id: situation.config.gate_id,
            wallet_id,
            ticket_id: decision.ticket.as_ref().map(|ticket| ticket.ticket_id),
            ticket_type_id: decision.ticket.as_ref().map(|ticket| ticket.ticket_type_id),
            entry_number: (known && decision.presence.entries > 0).then_some(decision.presence.entries),
            inside: known.then_some(decision.presence.inside),
            charged_cents: decision.charged_cents,
            currency: situation.config.currency.to_string(),
            charges: decision
                .charge
                .lines
                .iter()
                .map(|line| ScanCharge {
                    component: line.component,
                    amount_cents: line.amount_cents,
                    fee_version: line.fee_version,
                })
                .collect(),
            balance_cents: decision.balance_cents,
            prior: decision.prior.clone(),
        }
    }
}

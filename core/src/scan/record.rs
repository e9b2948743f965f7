//! What the journal keeps of a scan, and the answer that is made of it: a pure function, so
//! that a replay gives the same bytes as the first time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AdmittedBy, Decision, Item, OfflineRecord, Outcome, PriorUse, Reason, RecordedCharge, ScanAnswer, ScanCharge,
    ScanInput, ScanKind, TokenForm,
};
use crate::fee::Action;
use crate::journal::{ActorKind, Entry};
use crate::policy::PolicyRule;
use crate::{Error, ErrorCode, Result};

/// A scan's journal body. Fields are in alphabetical order: serialized, they are canonical.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanBody {
    /// What is paid for.
    pub action: Action,
    /// The balance afterwards, in minor units.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub balance_cents: Option<i64>,
    /// What was charged.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub charges: Vec<RecordedCharge>,
    /// The step of a rotating code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code_step: Option<i64>,
    /// The device, where somebody else is the actor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device_id: Option<Uuid>,
    /// The wallet's entry number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entry_number: Option<i32>,
    /// Whether the wallet is inside afterwards.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inside: Option<bool>,
    /// What was sold.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub items: Vec<RecordedItem>,
    /// What the device decided, for a scan without a network.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offline: Option<OfflineRecord>,
    /// Why staff let the wallet in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub override_reason: Option<String>,
    /// The day of a pass's use, in days since 2000-01-01 in the event's time zone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pass_day: Option<i32>,
    /// When the rule that denied it lets it pass.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub passes_at: Option<Timestamp>,
    /// The use before this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prior: Option<RecordedUse>,
    /// Who admitted it, where that use is what denies this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prior_by: Option<AdmittedBy>,
    /// Why it was denied.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// Number of the key that signs the receipt.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub receipt_key: Option<i32>,
    /// The HTTP request, for tracing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request: Option<serde_json::Value>,
    /// The rule that denied it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<PolicyRule>,
    /// When the device read the token, where that differs from the time of booking.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scanned_at: Option<Timestamp>,
    /// The ticket.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket_id: Option<Uuid>,
    /// The ticket's type.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket_type_id: Option<Uuid>,
    /// In which form the ticket came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token_form: Option<TokenForm>,
    /// Whether somebody who was inside already was admitted again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub was_inside: Option<bool>,
}

/// An item in the journal: name, quantity, price of one in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedItem(pub String, pub i32, pub i64);

/// A prior use in the journal: when, gate, entry number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedUse(pub Timestamp, pub Option<Uuid>, pub i32);

impl ScanBody {
    /// What the journal keeps of an uploaded scan that cannot be decided.
    pub fn malformed(input: &ScanInput, recorded_at: Timestamp, reason: Reason) -> Self {
        Self {
            action: input.kind.action(false),
            balance_cents: None,
            charges: Vec::new(),
            code_step: None,
            device_id: None,
            entry_number: None,
            inside: None,
            items: Vec::new(),
            offline: None,
            override_reason: None,
            pass_day: None,
            passes_at: None,
            prior: None,
            prior_by: None,
            reason: Some(reason),
            receipt_key: None,
            request: None,
            rule: None,
            scanned_at: (input.scanned_at != recorded_at).then_some(input.scanned_at),
            ticket_id: None,
            ticket_type_id: None,
            token_form: None,
            was_inside: None,
        }
    }

    /// What the journal keeps of a decision.
    pub fn new(input: &ScanInput, decision: &Decision, recorded_at: Timestamp, receipt_key: i32) -> Self {
        let admitted = decision.outcome == Outcome::Admitted;
        let known = decision.balance_cents.is_some() || decision.ticket.is_some();
        Self {
            action: decision.action,
            balance_cents: decision.balance_cents,
            charges: decision
                .charge
                .lines
                .iter()
                .map(|line| RecordedCharge(line.component, line.amount_cents, line.fee_version))
                .collect(),
            code_step: decision.ticket.as_ref().and_then(|ticket| ticket.code_step),
            device_id: None,
            entry_number: (known && decision.presence.entries > 0).then_some(decision.presence.entries),
            inside: known.then_some(decision.presence.inside),
            items: input
                .items
                .iter()
                .map(|Item { name, quantity, unit_price_cents }| {
                    RecordedItem(name.clone(), *quantity, *unit_price_cents)
                })
                .collect(),
            offline: None,
            override_reason: input.override_reason.clone(),
            pass_day: decision.ticket.as_ref().filter(|_| admitted).and_then(|ticket| ticket.pass_day),
            prior_by: decision.prior.as_ref().and_then(|prior| prior.admitted_by.clone()),
            prior: decision.prior.as_ref().map(|PriorUse { admitted_at, gate_id, entry_number, .. }| {
                RecordedUse(*admitted_at, *gate_id, *entry_number)
            }),
            passes_at: decision.refusal.and_then(|refusal| refusal.passes_at),
            reason: decision.reason(),
            receipt_key: admitted.then_some(receipt_key),
            request: None,
            rule: decision.refusal.and_then(|refusal| refusal.rule),
            scanned_at: (input.scanned_at != recorded_at).then_some(input.scanned_at),
            ticket_id: decision.ticket.as_ref().map(|ticket| ticket.ticket_id),
            ticket_type_id: decision.ticket.as_ref().map(|ticket| ticket.ticket_type_id),
            token_form: decision.ticket.as_ref().map(|ticket| ticket.form),
            was_inside: (admitted && input.kind == ScanKind::Entry && decision.was_inside).then_some(true),
        }
    }
}

/// The answer to a scan, made from its journal entry; without its receipt.
///
/// # Errors
/// `internal` when the entry is not a scan's.
pub fn answer<B>(entry: &Entry<B>, body: &ScanBody) -> Result<ScanAnswer> {
    let outcome = match entry.action.as_str() {
        "scan.admitted" => Outcome::Admitted,
        // Somebody was let in whom the rules deny.
        "scan.denied" | "scan.conflict" => Outcome::Denied,
        _ => return Err(Error::new(ErrorCode::Internal, "the journal entry is not a scan")),
    };
    Ok(ScanAnswer {
        scan_id: entry.entry_id,
        outcome,
        reason: body.reason,
        rule: body.rule,
        passes_at: body.passes_at,
        action: body.action,
        event_id: entry.event_id,
        gate_id: entry.gate_id,
        device_id: body.device_id.or(entry.actor_id.filter(|_| entry.actor_kind == ActorKind::Device)),
        actor_kind: entry.actor_kind.as_str().to_owned(),
        actor_id: entry.actor_id,
        wallet_id: entry.wallet_id,
        ticket_id: body.ticket_id,
        ticket_type_id: body.ticket_type_id,
        entry_number: body.entry_number,
        inside: body.inside,
        charged_cents: body.charges.iter().map(|charge| charge.1).sum(),
        currency: entry.currency.map(|currency| currency.to_string()),
        charges: body
            .charges
            .iter()
            .map(|RecordedCharge(component, amount_cents, fee_version)| ScanCharge {
                component: *component,
                amount_cents: *amount_cents,
                fee_version: *fee_version,
            })
            .collect(),
        balance_cents: body.balance_cents,
        prior: body.prior.as_ref().map(|RecordedUse(admitted_at, gate_id, entry_number)| PriorUse {
            admitted_at: *admitted_at,
            gate_id: *gate_id,
            entry_number: *entry_number,
            admitted_by: body.prior_by.clone(),
        }),
        override_reason: body.override_reason.clone(),
        offline: body.offline.clone(),
        scanned_at: body.scanned_at.unwrap_or(entry.recorded_at),
        recorded_at: entry.recorded_at,
        receipt: None,
    })
}

/// The signed content of any entry's receipt, canonical JSON: what happened, to whom, the money
/// and the entry's leaf hash, which ties the receipt to the journal.
pub fn receipt_content<B: Serialize>(entry: &Entry<B>, leaf_hash: &[u8; 32]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Content<'a> {
        action: &'a str,
        amount_cents: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        currency: Option<&'a str>,
        entry_id: Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        event_id: Option<Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        gate_id: Option<Uuid>,
        hash: String,
        recorded_at: Timestamp,
        tenant_id: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        wallet_id: Option<Uuid>,
    }
    let content = Content {
        action: &entry.action,
        amount_cents: entry.wallet_change(),
        currency: entry.currency.as_ref().map(|currency| currency.as_str()),
        entry_id: entry.entry_id,
        event_id: entry.event_id,
        gate_id: entry.gate_id,
        hash: data_encoding::HEXLOWER.encode(leaf_hash),
        recorded_at: entry.recorded_at,
        tenant_id: entry.tenant_id,
        wallet_id: entry.wallet_id,
    };
    // Strings, numbers and ids always serialize.
    serde_json::to_vec(&content).unwrap_or_default()
}

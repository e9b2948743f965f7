//! Stripe's list of PaymentIntents, and the events that its objects take the place of.
//!
//! Source: Stripe's API reference "List all PaymentIntents", "Pagination" and "Expanding Responses".

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::super::notice::{PAYMENT_METADATA, TENANT_METADATA, reference};
use super::super::outgoing::{Answer, Made, Outcome, Outgoing};
use super::super::reconciliation::{FindingKind, ListedCharge, ListedPage, ListedPayment, ListedState, Window};
use super::answer::{again, refused};

/// Objects a page: half of what Stripe gives, so that a page with its charges stays far below what
/// the shim reads of an answer.
const PAGE_OBJECTS: &str = "50";
/// A longer id would not fit into the id of the event that takes its place.
const ID_BYTES_MAX: usize = 200;

#[derive(Deserialize)]
struct List {
    data: Vec<Intent>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Intent {
    id: String,
    amount: i64,
    #[serde(default)]
    amount_received: i64,
    currency: String,
    #[serde(default)]
    livemode: bool,
    status: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    latest_charge: Option<Charge>,
}

#[derive(Deserialize)]
struct Charge {
    id: String,
    amount_refunded: i64,
    #[serde(default)]
    disputed: bool,
}

/// Asks for a page of PaymentIntents, each with its last charge.
pub fn payments(window: &Window, after: Option<&str>) -> Outgoing {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("created[gte]", &window.from.as_second().to_string());
    query.append_pair("created[lte]", &window.until.as_second().to_string());
    query.append_pair("limit", PAGE_OBJECTS);
    query.append_pair("expand[]", "data.latest_charge");
    if let Some(after) = after {
        query.append_pair("starting_after", after);
    }
    Outgoing { method: "GET", path: format!("/v1/payment_intents?{}", query.finish()), body: String::new() }
}

/// What the answer to it means.
pub fn listed(answer: &Answer<'_>) -> Outcome {
    if !(200..=299).contains(&answer.status) {
        // A list has no idempotency key that could be spent, and makes nothing that could be uncertain.
        return match refused(answer) {
            Outcome::KeySpent(reason) => Outcome::Retry { after_seconds: answer.retry_after_seconds, reason },
            Outcome::Uncertain(reason) => Outcome::Failed(reason),
            outcome => outcome,
        };
    }
    let Some(page) = page(answer.body) else { return again(answer, "it cannot be read") };
    let last = page.payments.last().map_or_else(|| "list".to_owned(), |last| last.reference.clone());
    Outcome::Done(Made {
        object_reference: last,
        payment_reference: None,
        client_secret: None,
        redirect_url: None,
        expires_at: None,
        refund: None,
        told: None,
        listed: Some(Box::new(page)),
    })
}

fn page(body: &[u8]) -> Option<ListedPage> {
    let list: List = serde_json::from_slice(body).ok()?;
    let payments = list.data.into_iter().map(payment).collect::<Option<Vec<_>>>()?;
    let next_after = payments.last().filter(|_| list.has_more).map(|last| last.reference.clone());
    // More after nothing: that would never end.
    (!list.has_more || next_after.is_some()).then_some(ListedPage { payments, next_after })
}

fn payment(intent: Intent) -> Option<ListedPayment> {
    let id = |text: &str| reference("id", text).ok().filter(|id| id.len() <= ID_BYTES_MAX);
    let state = match intent.status.as_str() {
        "succeeded" => ListedState::Succeeded,
        "canceled" => ListedState::Cancelled,
        _ => ListedState::Open,
    };
    let charge = match intent.latest_charge {
        Some(charge) => Some(ListedCharge {
            reference: id(&charge.id)?,
            refunded_cents: charge.amount_refunded,
            disputed: charge.disputed,
        }),
        None => None,
    };
    Some(ListedPayment {
        reference: id(&intent.id)?,
        own_id: intent.metadata.get(PAYMENT_METADATA).and_then(|id| Uuid::parse_str(id).ok()),
        tenant_id: intent.metadata.get(TENANT_METADATA).and_then(|number| number.parse().ok()),
        live: intent.livemode,
        state,
        amount_cents: if state == ListedState::Succeeded { intent.amount_received } else { intent.amount },
        currency: intent.currency,
        charge,
    })
}

/// The event that was missed, as Stripe would have sent it; its id is the same whenever the same is
/// found again. None where nothing was missed.
pub fn missed(payment: &ListedPayment, kind: FindingKind) -> Option<Value> {
    let ListedPayment { reference, amount_cents, currency, live, .. } = payment;
    let intent = json!({
        "id": reference, "object": "payment_intent", "amount": amount_cents, "currency": currency,
        "metadata": metadata(payment),
    });
    let (event_type, id, object) = match kind {
        FindingKind::MissedSuccess => ("payment_intent.succeeded", format!("{reference}:succeeded"), intent),
        FindingKind::MissedCancellation => ("payment_intent.canceled", format!("{reference}:canceled"), intent),
        FindingKind::MissedRefund => {
            let charge = payment.charge.as_ref()?;
            let object = json!({
                "id": charge.reference, "object": "charge", "amount": amount_cents, "currency": currency,
                "amount_refunded": charge.refunded_cents, "payment_intent": reference, "metadata": metadata(payment),
            });
            ("charge.refunded", format!("{reference}:refunded:{}", charge.refunded_cents), object)
        }
        _ => return None,
    };
    Some(json!({
        "id": format!("reconciliation:{id}"), "object": "event", "type": event_type, "livemode": live,
        "data": {"object": object},
    }))
}

/// Only what admit itself puts there: the rest may be anything.
fn metadata(payment: &ListedPayment) -> Value {
    payment.own_id.map_or_else(|| json!({}), |own_id| json!({PAYMENT_METADATA: own_id}))
}

#[cfg(test)]
mod tests;

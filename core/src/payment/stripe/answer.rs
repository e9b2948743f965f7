//! What Stripe's answers mean.
//!
//! Source: Stripe's documentation "Advanced error handling" and "Idempotent requests", and its
//! official libraries: 409, 429, 5xx and cut connections are tried again under the same key. An
//! answer that is stored under the key comes back with `Idempotent-Replayed`, also a 500.

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::super::notice::{ONBOARDING_METADATA, REFUND_METADATA, reference};
use super::super::outgoing::{Answer, EffectKind, Made, Outcome, reason};
use super::super::transition::RefundState;

/// What admit reads of what it has asked Stripe for: a PaymentIntent, a Checkout Session, a Refund, a
/// Customer, a SetupIntent, a PaymentMethod, an Account or a link to its onboarding.
#[derive(Deserialize)]
struct Object {
    object: String,
    /// A link has none.
    #[serde(default)]
    id: String,
    client_secret: Option<String>,
    url: Option<String>,
    /// A session's or a refund's PaymentIntent.
    payment_intent: Option<String>,
    status: Option<String>,
    /// When a link is over, in seconds.
    expires_at: Option<i64>,
    /// What the payer has to do (PaymentIntent).
    next_action: Option<NextAction>,
    #[serde(default)]
    metadata: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NextAction {
    redirect_to_url: Option<RedirectToUrl>,
}

#[derive(Deserialize)]
struct RedirectToUrl {
    url: Option<String>,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Object>,
    has_more: bool,
}

#[derive(Deserialize, Default)]
struct Problem {
    #[serde(rename = "type", default)]
    kind: String,
    code: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Problems {
    error: Problem,
}

/// What an answer means to the effect that was sent.
pub fn outcome(kind: EffectKind, answer: &Answer<'_>) -> Outcome {
    match answer.status {
        200..=299 => match serde_json::from_slice::<Object>(answer.body).ok().and_then(|object| made(kind, object)) {
            Some(made) => Outcome::Done(made),
            None => again(answer, "it cannot be read"),
        },
        _ => refused(answer),
    }
}

/// What the list of a payment's refunds says about one of ours.
pub fn found(refund_id: Uuid, answer: &Answer<'_>) -> Outcome {
    look(EffectKind::RefundCreate, (REFUND_METADATA, refund_id), answer)
}

/// What the list of accounts says about the one that an onboarding asked for.
pub fn found_account(onboarding_id: Uuid, answer: &Answer<'_>) -> Outcome {
    look(EffectKind::AccountCreate, (ONBOARDING_METADATA, onboarding_id), answer)
}

/// Looks for the object of a kind that has our id in its metadata.
fn look(kind: EffectKind, (name, own_id): (&str, Uuid), answer: &Answer<'_>) -> Outcome {
    if !(200..=299).contains(&answer.status) {
        return refused(answer);
    }
    let Ok(list) = serde_json::from_slice::<List>(answer.body) else { return again(answer, "it cannot be read") };
    let ours = |object: &Object| object.metadata.get(name).and_then(|id| Uuid::parse_str(id).ok()) == Some(own_id);
    match list.data.into_iter().find(ours).map(|object| made(kind, object)) {
        Some(Some(made)) => Outcome::Done(made),
        Some(None) => again(answer, "it cannot be read"),
        None if list.has_more => Outcome::Uncertain("the provider lists too many to find this one".to_owned()),
        None => Outcome::Absent,
    }
}

fn made(kind: EffectKind, object: Object) -> Option<Made> {
    if kind == EffectKind::AccountLinkCreate {
        return link(object);
    }
    let object_reference = reference("id", &object.id).ok()?;
    let (payment_reference, refund) = match (kind, object.object.as_str()) {
        (EffectKind::PaymentCreate, "payment_intent") => (Some(object_reference.clone()), None),
        (EffectKind::PaymentCreate, "checkout.session") => (object.payment_intent, None),
        (EffectKind::RefundCreate, "refund") => (object.payment_intent, Some(refund_state(object.status.as_deref()))),
        (EffectKind::CustomerCreate, "customer")
        | (EffectKind::SetupCreate, "setup_intent")
        | (EffectKind::PaymentMethodDetach, "payment_method")
        | (EffectKind::AccountCreate, "account") => (None, None),
        _ => return None,
    };
    let bank_page = object.next_action.and_then(|action| action.redirect_to_url?.url);
    Some(Made {
        object_reference,
        payment_reference,
        client_secret: object.client_secret,
        redirect_url: object.url.or(bank_page),
        expires_at: None,
        refund,
        told: None,
        listed: None,
    })
}

/// A link, which is its address alone: what it is of is known here.
fn link(object: Object) -> Option<Made> {
    let url = object.url.filter(|url| url.starts_with("https://") || url.starts_with("http://"))?;
    Some(Made {
        object_reference: (object.object == "account_link").then_some(object.object)?,
        payment_reference: None,
        client_secret: None,
        redirect_url: Some(url),
        expires_at: Some(Timestamp::from_second(object.expires_at?).ok()?),
        refund: None,
        told: None,
        listed: None,
    })
}

fn refund_state(status: Option<&str>) -> RefundState {
    match status {
        Some("succeeded") => RefundState::Succeeded,
        Some("failed" | "canceled") => RefundState::Failed,
        _ => RefundState::Pending,
    }
}

pub(super) fn again(answer: &Answer<'_>, why: &str) -> Outcome {
    let reason = reason(&format!("answer {}: {why}", answer.status));
    Outcome::Retry { after_seconds: answer.retry_after_seconds, reason }
}

pub(super) fn refused(answer: &Answer<'_>) -> Outcome {
    let Problem { kind, code, message } =
        serde_json::from_slice::<Problems>(answer.body).map(|problems| problems.error).unwrap_or_default();
    let words = [code.unwrap_or(kind.clone()), message.unwrap_or_default()];
    let why = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(": ");
    match answer.status {
        500..=599 if answer.replayed => Outcome::KeySpent(reason(&format!("answer {}: {why}", answer.status))),
        // 401 and 403 speak of the API key: nothing was carried out, and a new key mends it.
        401 | 403 | 408 | 409 | 425 | 429 | 500..=599 => again(answer, &why),
        // Somebody else has used the key, perhaps for the very same purpose.
        400 if kind == "idempotency_error" => Outcome::Uncertain(reason(&format!("answer 400: {why}"))),
        400..=499 => Outcome::Failed(reason(&format!("answer {}: {why}", answer.status))),
        _ => again(answer, "nothing that Stripe answers"),
    }
}

#[cfg(test)]
mod tests;

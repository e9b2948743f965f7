//! Reading a provider's events. Those that admit does not act on may have any shape.

use admit_core::payment::{StripeEvent, StripeObject};
use admit_core::{Error, Result};
use serde::Deserialize;
use uuid::Uuid;

/// A provider's event, as far as admit reads it.
pub struct Event {
    /// The event's id at the provider.
    pub reference: String,
    /// Its type at the provider.
    pub event_type: String,
    /// Whether it is about live objects.
    pub live: bool,
    /// The provider's object that deliveries are parked under; empty for events without one.
    pub object_reference: String,
    /// What it reports; none for types that admit does not act on.
    pub subject: Option<Subject>,
}

/// What an event reports about a payment or payout.
pub struct Subject {
    /// What happened.
    pub report: Report,
    /// The payment's or payout's id, when the provider's object carries it.
    pub own_id: Option<Uuid>,
    /// The provider's payment or payout object; a charge may have none.
    pub reference: Option<String>,
    /// The id of the reported object itself.
    pub object_id: String,
    /// How much, in minor units.
    pub amount_cents: Option<i64>,
    /// In which currency, in upper or lower case.
    pub currency: Option<String>,
}

/// What a provider can report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The payment's money arrived.
    Succeeded,
    /// An attempt to pay failed.
    Failed,
    /// The charge behind a payment is known.
    Charged,
    /// A payout was paid.
    PaidOut,
    /// A payout could not be paid, perhaps after it had been reported as paid.
    PayoutFailed,
}

impl Report {
    /// What a Stripe event of this type reports.
    fn of(event_type: &str) -> Option<Self> {
        match event_type {
            "payment_intent.succeeded" => Some(Self::Succeeded),
            "payment_intent.payment_failed" => Some(Self::Failed),
            "charge.succeeded" => Some(Self::Charged),
            "payout.paid" => Some(Self::PaidOut),
            "payout.failed" => Some(Self::PayoutFailed),
            _ => None,
        }
    }
}

/// The part that every Stripe event has.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    #[serde(default)]
    livemode: bool,
    #[serde(default)]
    data: serde_json::Value,
}

/// Reads a Stripe event.
///
/// # Errors
/// `invalid_request` when the body is no event, or one of a handled type without its object.
pub fn read(body: &[u8]) -> Result<Event> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Stripe event"))?;
    let id = reference("the event's id", &envelope.id)?;
    let event_type = reference("the event's type", &envelope.event_type)?;
    let (object_reference, subject) = match Report::of(&event_type) {
        Some(report) => {
            let subject = Subject::of(report, StripeEvent::parse(body)?.data.object)?;
            (subject.reference.clone().unwrap_or_else(|| subject.object_id.clone()), Some(subject))
        }
        None => {
            let object = envelope.data.pointer("/object/id").and_then(serde_json::Value::as_str);
            (object.and_then(|id| reference("", id).ok()).unwrap_or_default(), None)
        }
    };
    Ok(Event { reference: id, event_type, live: envelope.livemode, object_reference, subject })
}

impl Subject {
    fn of(report: Report, object: StripeObject) -> Result<Self> {
        let object_id = reference("the object's id", &object.id)?;
        let own_id = object.metadata_id(match report {
            Report::PaidOut | Report::PayoutFailed => "admit_payout_id",
            _ => super::METADATA_NAME,
        });
        let payment_intent =
            object.payment_intent.as_deref().map(|id| reference("the charge's payment_intent", id)).transpose()?;
        Ok(Self {
            report,
            own_id,
            reference: if report == Report::Charged { payment_intent } else { Some(object_id.clone()) },
            object_id,
            amount_cents: object.amount_received.or(object.amount),
            currency: object.currency,
        })
    }
}

/// An id at a provider: 1 to 255 visible ASCII characters.
///
/// # Errors
/// `invalid_request` names the field.
pub fn reference(name: &str, text: &str) -> Result<String> {
    if (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(format!("{name} must have 1 to 255 visible ASCII characters, without spaces")))
}

//! Reading Stripe's events. Those that admit does not act on may have any shape.
//!
//! Source: Stripe's API reference, "The Event object" and "Types of events".

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::method::SetupState;
use super::super::notice::{Notice, PAYMENT_METADATA, PAYOUT_METADATA, Report, Subject, reference};
use super::account::AccountObject;
use super::method::{CustomerObject, PaymentMethodObject, SetupIntentObject};
use super::object::{DisputeObject, MoneyObject, RefundObject, SessionObject};
use crate::{Error, Result};

/// The part that every event has.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    #[serde(default)]
    livemode: bool,
    account: Option<serde_json::Value>,
    created: Option<serde_json::Value>,
    #[serde(default)]
    data: serde_json::Value,
}

/// An event with its object.
#[derive(Deserialize)]
struct Event<T> {
    data: EventData<T>,
}

#[derive(Deserialize)]
struct EventData<T> {
    object: T,
}

/// Reads an event. The signature covers the whole body, so it needs no confirmation.
///
/// # Errors
/// `invalid_request` when the body is no event, or one of a known type whose object lacks a
/// field that it must have; the field is named.
pub fn read_notice(body: &[u8]) -> Result<Notice> {
    let envelope: Envelope = parse(body)?;
    let id = reference("the event's id", &envelope.id)?;
    let event_type = reference("the event's type", &envelope.event_type)?;
    let subject = subject(&event_type, body, &envelope.data)?;
    let object_reference = match &subject {
        Some(subject) => subject.reference.clone().unwrap_or_else(|| subject.object_id.clone()),
        None => {
            let object = envelope.data.pointer("/object/id").and_then(serde_json::Value::as_str);
            object.and_then(|id| reference("", id).ok()).unwrap_or_default()
        }
    };
    let account = envelope.account.as_ref().and_then(serde_json::Value::as_str);
    let created_seconds = envelope.created.as_ref().and_then(serde_json::Value::as_i64);
    Ok(Notice {
        reference: id,
        event_type,
        live: Some(envelope.livemode),
        account: account.and_then(|account| reference("", account).ok()),
        object_reference,
        created_at: created_seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        needs_confirmation: false,
        subject,
    })
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Stripe event"))
}

fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    Ok(parse::<Event<T>>(body)?.data.object)
}

/// What an event of this type reports; none for types that admit does not act on.
fn subject(event_type: &str, body: &[u8], data: &serde_json::Value) -> Result<Option<Subject>> {
    let intent = |report| object::<MoneyObject>(body)?.subject(report, PAYMENT_METADATA);
    let payout = |report| object::<MoneyObject>(body)?.subject(report, PAYOUT_METADATA);
    let session = |report| object::<SessionObject>(body)?.subject(report);
    let setup = |state| object::<SetupIntentObject>(body)?.subject(state);
    let subject = match event_type {
        "payment_intent.succeeded" => intent(Report::Succeeded),
        "payment_intent.payment_failed" => intent(Report::Failed),
        "payment_intent.canceled" => intent(Report::Cancelled),
        "charge.succeeded" => object::<MoneyObject>(body)?.charge(Report::Charged),
        "charge.refunded" => object::<MoneyObject>(body)?.refunded_charge(),
        "refund.created" | "refund.updated" | "charge.refund.updated" => object::<RefundObject>(body)?.subject(false),
        "refund.failed" => object::<RefundObject>(body)?.subject(true),
        // The later two tell that an inquiry has become a dispute.
        "charge.dispute.created" | "charge.dispute.updated" | "charge.dispute.funds_withdrawn" => {
            return object::<DisputeObject>(body)?.subject(false);
        }
        "charge.dispute.closed" => return object::<DisputeObject>(body)?.subject(true),
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            object::<SessionObject>(body)?.completed()
        }
        "checkout.session.async_payment_failed" => session(Report::CheckoutFailed),
        "checkout.session.expired" => session(Report::CheckoutExpired),
        "account.updated" => object::<AccountObject>(body)?.subject(),
        "setup_intent.succeeded" => return setup(SetupState::Succeeded),
        "setup_intent.setup_failed" => return setup(SetupState::Failed),
        "setup_intent.canceled" => return setup(SetupState::Cancelled),
        "payment_method.attached" => return object::<PaymentMethodObject>(body)?.kept(true),
        "payment_method.updated" | "payment_method.automatically_updated" => {
            return object::<PaymentMethodObject>(body)?.kept(false);
        }
        "payment_method.detached" => {
            let customer = data.pointer("/previous_attributes/customer").and_then(serde_json::Value::as_str);
            return object::<PaymentMethodObject>(body)?.detached(customer);
        }
        "customer.deleted" => object::<CustomerObject>(body)?.deleted(),
        "payout.paid" => payout(Report::PaidOut),
        "payout.failed" => payout(Report::PayoutFailed),
        _ => return Ok(None),
    };
    subject.map(Some)
}

#[cfg(test)]
mod tests;

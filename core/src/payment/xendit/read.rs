//! Reading Xendit's webhooks, payment requests and refunds.
//!
//! Source: Xendit's documentation, "Payments API webhooks", "Payment webhook notification", "Refund webhook notification",
//! "Get the status of a payment request" and "Get refund" (<https://docs.xendit.co/apidocs>).

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::super::notice::{
    Notice, PAYMENT_METADATA, Refund, Refunds, Report, Subject, body_reference, reference, required,
};
use super::session;
use crate::money::Currency;
use crate::{Error, Result};

/// A JSON number as it is written: read as floating point, it could be another amount.
pub(super) type Number<'a> = Option<&'a RawValue>;

/// The part that every webhook has.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    business_id: Option<String>,
    created: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Payment and payment request.
#[derive(Deserialize)]
struct PaymentObject<'a> {
    status: Option<String>,
    payment_request_id: Option<String>,
    /// The payment that a webhook is about.
    payment_id: Option<String>,
    /// The last payment of a payment request.
    latest_payment_id: Option<String>,
    reference_id: Option<String>,
    #[serde(borrow)]
    request_amount: Number<'a>,
    currency: Option<String>,
    #[serde(borrow)]
    captures: Option<Vec<Capture<'a>>>,
}

/// A part of a payment that was really taken.
#[derive(Deserialize)]
struct Capture<'a> {
    #[serde(borrow)]
    capture_amount: Number<'a>,
}

/// Refund.
#[derive(Deserialize)]
struct RefundObject<'a> {
    id: Option<String>,
    status: Option<String>,
    payment_request_id: Option<String>,
    reference_id: Option<String>,
    #[serde(borrow)]
    amount: Number<'a>,
    currency: Option<String>,
    metadata: Option<BTreeMap<String, serde_json::Value>>,
}

/// Around the object of a refund webhook: the documentation's example has the webhook a second
/// time within `data`.
#[derive(Deserialize)]
struct Nested<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Reads a webhook, whose token is checked already but proves nothing of its content.
///
/// # Errors
/// `invalid_request` when the body is no webhook, or one of a known type that lacks a field that
/// it must have; `invalid_amount` when an amount is finer than the currency's minor unit.
pub fn read_notice(body: &[u8]) -> Result<Notice> {
    let envelope: Envelope<'_> =
        serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Xendit webhook"))?;
    let event_type = reference("event", &envelope.event)?;
    let subject = match &event_type[..] {
        "payment.capture"
        | "payment.authorization"
        | "payment.failure"
        | "payment.expiry"
        | "payment_request.expiry" => {
            let payment: PaymentObject<'_> = parse("data", required("data", envelope.data)?)?;
            Some(payment.subject(payment.notified(&event_type)?)?)
        }
        "payment_session.completed" | "payment_session.expired" => {
            let page = session::parse(required("data", envelope.data)?.get().as_bytes())?;
            Some(page.notified(&event_type)?)
        }
        "refund.succeeded" | "refund.failed" => {
            let data = required("data", envelope.data)?;
            let inner = parse::<Nested<'_>>("data", data)?.data.unwrap_or(data);
            Some(parse::<RefundObject<'_>>("data", inner)?.subject(event_type == "refund.failed")?)
        }
        _ => None,
    };
    // A page is known by its own id before anybody pays on it.
    let of_page = event_type.starts_with("payment_session.");
    let object = subject.as_ref().map(|subject| match &subject.reference {
        Some(reference) if !of_page => reference.clone(),
        _ => subject.object_id.clone(),
    });
    Ok(Notice {
        reference: body_reference(body),
        event_type,
        live: None,
        account: envelope.business_id.and_then(|id| reference("", &id).ok()),
        object_reference: object.unwrap_or_default(),
        created_at: envelope.created.and_then(|created| created.parse::<Timestamp>().ok()),
        needs_confirmation: true,
        subject,
    })
}

/// Reads the answer to `GET /v3/payment_requests/{payment_request_id}`.
///
/// # Errors
/// `invalid_request` when the answer is no payment request or lacks a field; `invalid_amount`
/// when an amount is finer than the currency's minor unit.
pub fn read_payment_request(body: &[u8]) -> Result<Subject> {
    let request: PaymentObject<'_> =
        serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Xendit payment request"))?;
    let report = request.reported()?;
    request.subject(report)
}

/// Reads the answer to `GET /refunds/{id}`.
///
/// # Errors
/// As [`read_payment_request`].
pub fn read_refund(body: &[u8]) -> Result<Subject> {
    let refund: RefundObject<'_> =
        serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Xendit refund"))?;
    refund.subject(false)
}

fn parse<'a, T: Deserialize<'a>>(name: &str, value: &'a RawValue) -> Result<T> {
    serde_json::from_str(value.get())
        .map_err(|_| Error::invalid(format!("{name} does not have the fields of its event")))
}

/// An amount in minor units, and its currency.
pub(super) fn money(name: &str, number: Number<'_>, currency: Option<&str>) -> Result<(i64, Currency)> {
    let currency: Currency = required("currency", currency)?.parse()?;
    Ok((currency.minor_units(required(name, number)?.get())?, currency))
}

pub(super) fn own_id(reference_id: Option<&str>) -> Option<Uuid> {
    Uuid::parse_str(reference_id?).ok()
}

impl PaymentObject<'_> {
    /// What a webhook of this type reports: its type and its status must agree.
    fn notified(&self, event_type: &str) -> Result<Report> {
        let report = self.reported()?;
        let agrees = match event_type {
            "payment.capture" => report == Report::Succeeded,
            "payment.authorization" => report == Report::Pending,
            "payment.expiry" | "payment_request.expiry" => report == Report::Cancelled,
            _ => matches!(report, Report::Failed | Report::Cancelled),
        };
        if agrees { Ok(report) } else { Err(Error::invalid(format!("status contradicts the event {event_type}"))) }
    }

    /// What the status says. Xendit adds ways of waiting, which are nothing to book.
    fn reported(&self) -> Result<Report> {
        Ok(match required("status", self.status.as_deref())? {
            "SUCCEEDED" => Report::Succeeded,
            "FAILED" => Report::Failed,
            "CANCELED" | "EXPIRED" => Report::Cancelled,
            _ => Report::Pending,
        })
    }

    fn subject(&self, report: Report) -> Result<Subject> {
        let request_id =
            reference("payment_request_id", required("payment_request_id", self.payment_request_id.as_deref())?)?;
        let payment_id = self.payment_id.as_deref().or(self.latest_payment_id.as_deref());
        let (requested_cents, currency) = money("request_amount", self.request_amount, self.currency.as_deref())?;
        let captured_cents = self.captured_cents(currency)?.filter(|_| report == Report::Succeeded);
        Ok(Subject {
            report,
            own_id: own_id(self.reference_id.as_deref()),
            object_id: payment_id.map_or(Ok(request_id.clone()), |id| reference("payment_id", id))?,
            reference: Some(request_id),
            amount_cents: Some(captured_cents.unwrap_or(requested_cents)),
            currency: Some(currency.to_string()),
        })
    }

    /// The sum of what was really taken, where it is told.
    fn captured_cents(&self, currency: Currency) -> Result<Option<i64>> {
        let Some(captures) = self.captures.as_deref().filter(|captures| !captures.is_empty()) else { return Ok(None) };
        let mut sum = 0_i64;
        for capture in captures {
            let amount = currency.minor_units(required("captures.capture_amount", capture.capture_amount)?.get())?;
            sum = sum.checked_add(amount).ok_or_else(|| Error::invalid("captures are too much"))?;
        }
        Ok(Some(sum))
    }
}

impl RefundObject<'_> {
    /// What a refund reports; `failed` when the event's type says so already.
    fn subject(&self, failed: bool) -> Result<Subject> {
        let object_id = reference("id", required("id", self.id.as_deref())?)?;
        let (amount_cents, currency) = money("amount", self.amount, self.currency.as_deref())?;
        let refund =
            Refund { own_id: own_id(self.reference_id.as_deref()), reference: object_id.clone(), amount_cents };
        let report = match required("status", self.status.as_deref())? {
            "SUCCEEDED" if !failed => Report::Refunded(Refunds::Single(vec![refund])),
            "FAILED" | "CANCELLED" => Report::RefundFailed(refund),
            "SUCCEEDED" => return Err(Error::invalid("status contradicts the event refund.failed")),
            _ => Report::Pending,
        };
        let payment_id = self.metadata.as_ref().and_then(|metadata| metadata.get(PAYMENT_METADATA)?.as_str());
        let request = self.payment_request_id.as_deref().map(|id| reference("payment_request_id", id)).transpose()?;
        Ok(Subject {
            report,
            own_id: own_id(payment_id),
            reference: request,
            object_id,
            amount_cents: Some(amount_cents),
            currency: Some(currency.to_string()),
        })
    }
}

#[cfg(test)]
mod tests;

//! Reading Xendit's payment sessions: pages on which a payer chooses how to pay, and may try again.
//!
//! Source: Xendit's documentation "Get session" and "Webhook notification … for updates to payment
//! session status" (<https://docs.xendit.co/apidocs>).

use serde::Deserialize;

use super::super::notice::{Report, Subject, reference, required};
use super::read::{Number, money, own_id};
use crate::{Error, Result};

/// Payment session.
#[derive(Deserialize)]
pub(super) struct Session<'a> {
    payment_session_id: Option<String>,
    status: Option<String>,
    reference_id: Option<String>,
    #[serde(borrow)]
    amount: Number<'a>,
    currency: Option<String>,
    /// The payment request that paid it.
    payment_request_id: Option<String>,
    pub(super) payment_link_url: Option<String>,
}

/// Reads the answer to `GET /sessions/{payment_session_id}`.
///
/// # Errors
/// `invalid_request` when the answer is no session or lacks a field; `invalid_amount` when the
/// amount is finer than the currency's minor unit.
pub fn read_session(body: &[u8]) -> Result<Subject> {
    parse(body)?.subject()
}

pub(super) fn parse(body: &[u8]) -> Result<Session<'_>> {
    serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Xendit payment session"))
}

impl Session<'_> {
    /// What a webhook of this type reports: its type and its status must agree.
    pub(super) fn notified(&self, event_type: &str) -> Result<Subject> {
        let subject = self.subject()?;
        let told = if event_type == "payment_session.completed" { Report::Succeeded } else { Report::Cancelled };
        if subject.report == told {
            return Ok(subject);
        }
        Err(Error::invalid(format!("status contradicts the event {event_type}")))
    }

    /// What the status says; the payment request that paid it is the payment's object.
    fn subject(&self) -> Result<Subject> {
        let report = match required("status", self.status.as_deref())? {
            "COMPLETED" => Report::Succeeded,
            "EXPIRED" | "CANCELED" => Report::Cancelled,
            _ => Report::Pending,
        };
        let (amount_cents, currency) = money("amount", self.amount, self.currency.as_deref())?;
        let request = match &report {
            Report::Succeeded => Some(required("payment_request_id", self.payment_request_id.as_deref())?),
            _ => None,
        };
        Ok(Subject {
            report,
            own_id: own_id(self.reference_id.as_deref()),
            reference: request.map(|id| reference("payment_request_id", id)).transpose()?,
            object_id: self.id()?,
            amount_cents: Some(amount_cents),
            currency: Some(currency.to_string()),
        })
    }

    /// The session's id.
    pub(super) fn id(&self) -> Result<String> {
        reference("payment_session_id", required("payment_session_id", self.payment_session_id.as_deref())?)
    }
}

#[cfg(test)]
mod tests;

//! The fields of Stripe's objects that admit reads. Others may be there.
//!
//! Source: Stripe's API reference, under the name of each object. Amounts are in the currency's
//! minor unit, currencies are lower-case codes, references to other objects are their ids.

use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use super::super::notice::{
    CheckoutPayment, Dispute, PAYMENT_METADATA, REFUND_METADATA, Refund, Refunds, Report, Subject, reference, required,
};
use crate::{Error, Result};

pub(super) type Metadata = Option<BTreeMap<String, String>>;

/// The id that admit put into an object's metadata.
pub(super) fn metadata_id(metadata: &Metadata, name: &str) -> Option<Uuid> {
    Uuid::parse_str(metadata.as_ref()?.get(name)?).ok()
}

/// The id of the object's PaymentIntent; a charge that was made without one has none.
fn payment_intent(name: &str, id: Option<&str>) -> Result<Option<String>> {
    id.map(|id| reference(name, id)).transpose()
}

/// PaymentIntent, Charge or Payout.
#[derive(Deserialize)]
pub struct MoneyObject {
    id: String,
    amount: Option<i64>,
    /// What really arrived (PaymentIntent).
    amount_received: Option<i64>,
    /// The sum of the refunds up to now (Charge).
    amount_refunded: Option<i64>,
    currency: Option<String>,
    /// The charge's PaymentIntent.
    payment_intent: Option<String>,
    metadata: Metadata,
}

impl MoneyObject {
    /// What a PaymentIntent or Payout reports of itself.
    pub fn subject(self, report: Report, metadata_name: &str) -> Result<Subject> {
        let object_id = reference("the object's id", &self.id)?;
        Ok(Subject {
            report,
            own_id: metadata_id(&self.metadata, metadata_name),
            reference: Some(object_id.clone()),
            object_id,
            amount_cents: self.amount_received.or(self.amount),
            currency: self.currency,
        })
    }

    /// What a Charge reports of its PaymentIntent.
    pub fn charge(self, report: Report) -> Result<Subject> {
        let intent = payment_intent("the charge's payment_intent", self.payment_intent.as_deref())?;
        Ok(Subject { reference: intent, ..self.subject(report, PAYMENT_METADATA)? })
    }

    /// A charge that was refunded, perhaps for the second time: Stripe tells the sum.
    pub fn refunded_charge(self) -> Result<Subject> {
        let in_all = required("data.object.amount_refunded", self.amount_refunded)?;
        self.charge(Report::Refunded(Refunds::InAll(in_all)))
    }
}

/// Refund.
#[derive(Deserialize)]
pub struct RefundObject {
    id: String,
    amount: Option<i64>,
    currency: Option<String>,
    status: Option<String>,
    payment_intent: Option<String>,
    metadata: Metadata,
}

impl RefundObject {
    /// What a Refund reports; `failed` when the event's type says so already.
    pub fn subject(self, failed: bool) -> Result<Subject> {
        let object_id = reference("the refund's id", &self.id)?;
        let refund = Refund {
            own_id: metadata_id(&self.metadata, REFUND_METADATA),
            reference: object_id.clone(),
            amount_cents: required("data.object.amount", self.amount)?,
        };
        let status = if failed { "failed" } else { required("data.object.status", self.status.as_deref())? };
        let report = match status {
            "succeeded" => Report::Refunded(Refunds::Single(vec![refund])),
            "failed" | "canceled" => Report::RefundFailed(refund),
            _ => Report::Pending,
        };
        Ok(Subject {
            report,
            own_id: metadata_id(&self.metadata, PAYMENT_METADATA),
            reference: payment_intent("the refund's payment_intent", self.payment_intent.as_deref())?,
            object_id,
            amount_cents: self.amount,
            currency: self.currency,
        })
    }
}

/// Dispute.
#[derive(Deserialize)]
pub struct DisputeObject {
    id: String,
    amount: Option<i64>,
    currency: Option<String>,
    reason: Option<String>,
    status: Option<String>,
    payment_intent: Option<String>,
    metadata: Metadata,
}

impl DisputeObject {
    /// What a Dispute reports; none for a way of being closed that is neither won nor lost.
    pub fn subject(self, closed: bool) -> Result<Option<Subject>> {
        let object_id = reference("the dispute's id", &self.id)?;
        let status = required("data.object.status", self.status.as_deref())?;
        let dispute = Dispute {
            reference: object_id.clone(),
            amount_cents: required("data.object.amount", self.amount)?,
            reason: self.reason.as_deref().and_then(|reason| reference("reason", reason).ok()),
            inquiry: status.starts_with("warning_"),
        };
        let report = match (closed, status) {
            (false, _) => Report::DisputeOpened(dispute),
            (true, "won" | "warning_closed") => Report::DisputeWon(dispute),
            (true, "lost") => Report::DisputeLost(dispute),
            (true, _) => return Ok(None),
        };
        Ok(Some(Subject {
            report,
            own_id: metadata_id(&self.metadata, PAYMENT_METADATA),
            reference: payment_intent("the dispute's payment_intent", self.payment_intent.as_deref())?,
            object_id,
            amount_cents: self.amount,
            currency: self.currency,
        }))
    }
}

/// Checkout Session.
#[derive(Deserialize)]
pub struct SessionObject {
    id: String,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_intent: Option<String>,
    payment_status: Option<String>,
    client_reference_id: Option<String>,
    metadata: Metadata,
}

impl SessionObject {
    /// A session that the payer went through.
    pub fn completed(self) -> Result<Subject> {
        let status = required("data.object.payment_status", self.payment_status.as_deref())?;
        let payment = CheckoutPayment::from_word(status)
            .ok_or_else(|| Error::invalid("data.object.payment_status must be paid, unpaid or no_payment_required"))?;
        self.subject(Report::CheckoutCompleted(payment))
    }

    /// What a session reports of its PaymentIntent, which it may not have yet.
    pub fn subject(self, report: Report) -> Result<Subject> {
        let client_reference = || Uuid::parse_str(self.client_reference_id.as_deref()?).ok();
        Ok(Subject {
            report,
            own_id: metadata_id(&self.metadata, PAYMENT_METADATA).or_else(client_reference),
            reference: payment_intent("the session's payment_intent", self.payment_intent.as_deref())?,
            object_id: reference("the session's id", &self.id)?,
            amount_cents: self.amount_total,
            currency: self.currency,
        })
    }
}

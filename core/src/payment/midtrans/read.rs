//! Reading Midtrans' notifications and status answers, which have the same fields.
//!
//! Source: Midtrans' documentation "HTTP(S) Notification / Webhooks", "Get Transaction Status"
//! and "Transaction Status" (<https://docs.midtrans.com/reference>).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, offset};
use serde::Deserialize;
use uuid::Uuid;

use super::super::notice::{Notice, Refund, Refunds, Report, Subject, body_reference, reference, required};
use crate::money::Currency;
use crate::{Error, Result};

/// Midtrans tells times without a zone, in that of Jakarta.
const ZONE_HOURS: i8 = 7;
/// The currency where a notification names none.
const CURRENCY: &str = "IDR";

/// A transaction as notified and as answered.
#[derive(Deserialize)]
struct Transaction {
    transaction_status: Option<String>,
    fraud_status: Option<String>,
    transaction_id: Option<String>,
    order_id: Option<String>,
    gross_amount: Option<String>,
    currency: Option<String>,
    transaction_time: Option<String>,
    settlement_time: Option<String>,
    #[serde(default)]
    refunds: Vec<RefundEntry>,
}

/// One of all refunds of the transaction up to now.
#[derive(Deserialize)]
struct RefundEntry {
    refund_key: Option<String>,
    refund_amount: Option<String>,
}

/// Reads a notification, whose signature is checked already but does not cover the status.
///
/// # Errors
/// `invalid_request` when the body is no notification, or a field is missing that its status
/// must have; `invalid_amount` when an amount is finer than the currency's minor unit.
pub fn read_notice(body: &[u8]) -> Result<Notice> {
    let transaction = parse(body)?;
    let event_type =
        reference("transaction_status", required("transaction_status", transaction.transaction_status.as_deref())?)?;
    let subject = transaction.subject()?;
    let object = transaction.transaction_id.as_deref().and_then(|id| reference("", id).ok());
    Ok(Notice {
        reference: body_reference(body),
        event_type,
        live: None,
        account: None,
        object_reference: object.unwrap_or_default(),
        created_at: transaction.created_at(),
        needs_confirmation: true,
        subject,
    })
}

/// Reads the answer to `GET /v2/{order_id}/status`; none for a status that admit does not act on.
///
/// # Errors
/// `invalid_request` when the answer is no transaction, such as that for an unknown order id;
/// `invalid_amount` when an amount is finer than the currency's minor unit.
pub fn read_status(body: &[u8]) -> Result<Option<Subject>> {
    parse(body)?.subject()
}

fn parse(body: &[u8]) -> Result<Transaction> {
    serde_json::from_slice(body).map_err(|_| Error::invalid("the body is not a Midtrans transaction"))
}

impl Transaction {
    /// What the transaction's status says; none for those that admit does not act on.
    fn subject(&self) -> Result<Option<Subject>> {
        let status = required("transaction_status", self.transaction_status.as_deref())?;
        let currency: Currency = self.currency.as_deref().unwrap_or(CURRENCY).parse()?;
        let report = match (status, self.fraud_status.as_deref()) {
            ("settlement", _) | ("capture", Some("accept")) => Report::Succeeded,
            ("pending" | "authorize" | "capture", _) => Report::Pending,
            ("deny" | "failure", _) => Report::Failed,
            ("cancel" | "expire", _) => Report::Cancelled,
            ("refund" | "partial_refund", _) => Report::Refunded(Refunds::Single(self.refunds(currency)?)),
            _ => return Ok(None),
        };
        let transaction_id = reference("transaction_id", required("transaction_id", self.transaction_id.as_deref())?)?;
        // After a failed attempt the guest may try again under the same order id, which makes
        // another transaction: the failed one must not become the payment's object.
        let tied = !matches!(report, Report::Failed | Report::Cancelled);
        Ok(Some(Subject {
            report,
            own_id: own_id(required("order_id", self.order_id.as_deref())?),
            reference: tied.then(|| transaction_id.clone()),
            object_id: transaction_id,
            amount_cents: Some(currency.minor_units(required("gross_amount", self.gross_amount.as_deref())?)?),
            currency: Some(currency.to_string()),
        }))
    }

    fn refunds(&self, currency: Currency) -> Result<Vec<Refund>> {
        if self.refunds.is_empty() {
            return Err(Error::invalid("refunds is missing"));
        }
        let refund = |entry: &RefundEntry| {
            let key = reference("refund_key", required("refunds.refund_key", entry.refund_key.as_deref())?)?;
            let amount = required("refunds.refund_amount", entry.refund_amount.as_deref())?;
            Ok(Refund { own_id: own_id(&key), reference: key, amount_cents: currency.minor_units(amount)? })
        };
        self.refunds.iter().map(refund).collect()
    }

    /// When the money arrived, else when the transaction was made.
    fn created_at(&self) -> Option<Timestamp> {
        let told = self.settlement_time.as_deref().or(self.transaction_time.as_deref())?;
        let time: DateTime = told.parse().ok()?;
        TimeZone::fixed(offset(ZONE_HOURS)).to_timestamp(time).ok()
    }
}

/// An id of admit's: a UUID with hyphens. No other form, since the signature relies on all order
/// ids having one length.
fn own_id(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok().filter(|_| text.len() == 36)
}

#[cfg(test)]
mod tests;

//! Requests to Midtrans: JSON, with the server key as the user of basic authentication.
//!
//! Source: Midtrans' documentation "Snap API", "Get Transaction Status", "Refund Transaction" and
//! "API Authorization & Headers" (<https://docs.midtrans.com/reference>).

use data_encoding::BASE64;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::outgoing::{HostedLine, Outgoing, PaymentRequest, RefundRequest};
use crate::money::Currency;
use crate::{Error, ErrorCode, Result};

/// A longer name of an item is cut.
const NAME_CHARACTERS_MAX: usize = 50;
/// Where pages are made.
const SNAP: &str = "/snap/v1/transactions";

/// Makes the payment's page, which is also the token that Midtrans' script opens. The order id is the
/// payment's id: a page whose answer was lost cannot be made twice, and nobody has got it.
///
/// # Errors
/// `currency_mismatch` for another currency than the rupiah, `invalid_amount` for a part of one.
pub fn payment(request: &PaymentRequest) -> Result<Outgoing> {
    let details = json!({
        "order_id": request.payment_id, "gross_amount": rupiah(request.amount_cents, request.currency)?,
    });
    let mut body = json!({
        "transaction_details": details, "credit_card": {"secure": true},
        "expiry": {"unit": "minutes", "duration": request.open_minutes},
        "custom_field1": request.tenant_id.to_string(),
    });
    if let (Some(hosted), Some(fields)) = (&request.hosted, body.as_object_mut()) {
        let unfinished = hosted.cancel_url.as_ref().unwrap_or(&hosted.success_url);
        fields.insert("callbacks".to_owned(), json!({"finish": hosted.success_url, "error": unfinished}));
        if let Some(items) = items(&hosted.lines, request) {
            fields.insert("item_details".to_owned(), items);
        }
    }
    Ok(Outgoing { method: "POST", path: SNAP.to_owned(), body: body.to_string() })
}

/// Whole rupiahs, the only money that Midtrans takes.
fn rupiah(amount_cents: i64, currency: Currency) -> Result<i64> {
    if currency.as_str() != "IDR" {
        return Err(Error::new(ErrorCode::CurrencyMismatch, "Midtrans can be paid in IDR only: use another provider"));
    }
    if amount_cents % 100 != 0 {
        return Err(Error::new(ErrorCode::InvalidAmount, "Midtrans takes whole rupiahs only: change the prices"));
    }
    Ok(amount_cents / 100)
}

/// The lines, when each is of whole rupiahs and they add up; the page can do without.
fn items(lines: &[HostedLine], request: &PaymentRequest) -> Option<Value> {
    let mut sum_cents = 0_i64;
    let mut items = Vec::with_capacity(lines.len());
    for (position, line) in lines.iter().enumerate() {
        sum_cents = sum_cents.checked_add(line.unit_cents.checked_mul(i64::from(line.quantity))?)?;
        let name: String = line.name.chars().take(NAME_CHARACTERS_MAX).collect();
        let price = rupiah(line.unit_cents, request.currency).ok()?;
        items.push(json!({"id": (position + 1).to_string(), "name": name, "price": price, "quantity": line.quantity}));
    }
    (sum_cents == request.amount_cents).then_some(Value::Array(items))
}

/// Gives money back; Midtrans carries a `refund_key` out once.
///
/// # Errors
/// As [`payment`].
pub fn refund(request: &RefundRequest) -> Result<Outgoing> {
    let amount = rupiah(request.amount_cents, request.currency)?;
    let body = json!({"refund_key": request.refund_id, "amount": amount, "reason": "requested by customer"});
    Ok(Outgoing { method: "POST", path: format!("/v2/{}/refund", request.payment_id), body: body.to_string() })
}

/// Asks how a payment's transaction is, with its refunds.
pub fn status(payment_id: Uuid) -> Outgoing {
    Outgoing { method: "GET", path: format!("/v2/{payment_id}/status"), body: String::new() }
}

/// The headers of a request.
pub fn headers(server_key: &str) -> Vec<(&'static str, String)> {
    let user = BASE64.encode(format!("{server_key}:").as_bytes());
    vec![("authorization", format!("Basic {user}")), ("content-type", "application/json".to_owned())]
}

/// Where a path is served.
pub fn host(path: &str, live: bool) -> &'static str {
    match (path == SNAP, live) {
        (true, true) => "app.midtrans.com",
        (true, false) => "app.sandbox.midtrans.com",
        (false, true) => "api.midtrans.com",
        (false, false) => "api.sandbox.midtrans.com",
    }
}

#[cfg(test)]
mod tests;

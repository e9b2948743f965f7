//! Requests to Xendit: JSON, with the secret key as the user of basic authentication.
//!
//! Source: Xendit's documentation "Create a session", "Get session", "Refund a payment request" and "Get
//! refund" (<https://docs.xendit.co/apidocs>); its official libraries list refunds and send the
//! `idempotency-key` of refunds.

use data_encoding::BASE64;
use form_urlencoded::Serializer;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::super::notice::{PAYMENT_METADATA, REFUND_METADATA, Report, Subject, TENANT_METADATA};
use super::super::outgoing::{Outgoing, PaymentRequest, RefundRequest};
use crate::money::Currency;
use crate::{Error, ErrorCode, Result};

/// Where everything is served, in test mode, too.
pub const HOST: &str = "api.xendit.co";
/// Where pages are made.
const SESSIONS: &str = "/sessions";
/// Where refunds are made.
const REFUNDS: &str = "/refunds";

/// Currencies that pages take, with their country and whether Xendit takes whole units only.
const CURRENCIES: &[(&str, &str, bool)] = &[
    ("IDR", "ID", true),
    ("MYR", "MY", false),
    ("PHP", "PH", false),
    ("SGD", "SG", false),
    ("THB", "TH", false),
    ("VND", "VN", true),
];

/// A page to be made.
#[derive(Serialize)]
struct Session {
    reference_id: String,
    session_type: &'static str,
    mode: &'static str,
    capture_method: &'static str,
    amount: Box<RawValue>,
    currency: Currency,
    country: &'static str,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_return_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_return_url: Option<String>,
    metadata: Value,
}

/// A refund to be made.
#[derive(Serialize)]
struct Refund<'a> {
    reference_id: String,
    payment_request_id: &'a str,
    amount: Box<RawValue>,
    currency: Currency,
    reason: &'static str,
    metadata: Value,
}

/// Makes the payment's page, on which the payer chooses how to pay. The page's reference is the
/// payment's id; one whose answer was lost is made again, and nobody has got the first.
///
/// # Errors
/// `currency_mismatch` for a currency that Xendit's pages do not take, `invalid_amount` for a part of
/// a unit where they take whole ones.
pub fn payment(request: &PaymentRequest) -> Result<Outgoing> {
    let (amount, country) = money(request.amount_cents, request.currency)?;
    let hosted = request.hosted.as_ref();
    let session = Session {
        reference_id: request.payment_id.to_string(),
        session_type: "PAY",
        mode: "PAYMENT_LINK",
        capture_method: "AUTOMATIC",
        amount,
        currency: request.currency,
        country,
        expires_at: request.open_until.to_string(),
        success_return_url: hosted.map(|hosted| hosted.success_url.clone()),
        cancel_return_url: hosted.and_then(|hosted| hosted.cancel_url.clone()),
        metadata: json!({PAYMENT_METADATA: request.payment_id, TENANT_METADATA: request.tenant_id.to_string()}),
    };
    post(SESSIONS, &session)
}

/// An amount as Xendit's JSON has it, and the currency's country.
fn money(amount_cents: i64, currency: Currency) -> Result<(Box<RawValue>, &'static str)> {
    let known = CURRENCIES.iter().find(|(code, ..)| *code == currency.as_str());
    let Some((_, country, whole)) = known else {
        let codes: Vec<&str> = CURRENCIES.iter().map(|(code, ..)| *code).collect();
        let detail = format!("Xendit's pages take {}: use another provider", codes.join(", "));
        return Err(Error::new(ErrorCode::CurrencyMismatch, detail));
    };
    let text = currency.format(amount_cents);
    let text = text.strip_suffix(".00").unwrap_or(&text);
    if *whole && text.contains('.') {
        let detail = format!("Xendit takes whole amounts of {currency} only: change the prices");
        return Err(Error::new(ErrorCode::InvalidAmount, detail));
    }
    Ok((RawValue::from_string(text.to_owned()).map_err(|_| unwritten())?, country))
}

fn post(path: &str, body: &impl Serialize) -> Result<Outgoing> {
    let body = serde_json::to_string(body).map_err(|_| unwritten())?;
    Ok(Outgoing { method: "POST", path: path.to_owned(), body })
}

fn unwritten() -> Error {
    Error::new(ErrorCode::Internal, "a request to Xendit cannot be written as JSON")
}

/// Gives money back, once per idempotency key.
///
/// # Errors
/// As [`payment`].
pub fn refund(request: &RefundRequest) -> Result<Outgoing> {
    let refund = Refund {
        reference_id: request.refund_id.to_string(),
        payment_request_id: &request.payment_reference,
        amount: money(request.amount_cents, request.currency)?.0,
        currency: request.currency,
        reason: "REQUESTED_BY_CUSTOMER",
        metadata: json!({
            PAYMENT_METADATA: request.payment_id, REFUND_METADATA: request.refund_id,
            TENANT_METADATA: request.tenant_id.to_string(),
        }),
    };
    post(REFUNDS, &refund)
}

/// Asks for the refunds of a payment request.
pub fn refunds(payment_reference: &str) -> Outgoing {
    let query = Serializer::new(String::new())
        .append_pair("payment_request_id", payment_reference)
        .append_pair("limit", "100")
        .finish();
    get(format!("{REFUNDS}?{query}"))
}

/// Asks for what a notice claims: the refund that it names, else the payment's page, `session_id`; none
/// while that is not made, or where the notice names nothing that can be an id.
pub fn status(session_id: Option<&str>, claimed: &Subject) -> Option<Outgoing> {
    let (folder, id) = match claimed.report {
        Report::Refunded(_) | Report::RefundFailed(_) => (REFUNDS, claimed.object_id.as_str()),
        _ => (SESSIONS, session_id?),
    };
    // Whoever forges a notice must not choose another path.
    let named = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    named.then(|| get(format!("{folder}/{id}")))
}

fn get(path: String) -> Outgoing {
    Outgoing { method: "GET", path, body: String::new() }
}

/// The headers of a request.
pub fn headers(secret_key: &str, idempotency_key: &str, method: &str) -> Vec<(&'static str, String)> {
    let user = BASE64.encode(format!("{secret_key}:").as_bytes());
    let mut headers = vec![("authorization", format!("Basic {user}"))];
    if method != "GET" {
        headers.push(("content-type", "application/json".to_owned()));
        headers.push(("idempotency-key", idempotency_key.to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests;

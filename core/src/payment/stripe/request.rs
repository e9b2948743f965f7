//! Requests to Stripe: form-encoded, with nested brackets.
//!
//! Source: Stripe's API reference "Create a PaymentIntent", "Create a Checkout Session", "Create a
//! refund", "List all refunds"; documentation "Create destination charges".

use form_urlencoded::Serializer;

use super::super::notice::{PAYMENT_METADATA, REFUND_METADATA, TENANT_METADATA};
use super::super::outgoing::{Hosted, Outgoing, PaymentRequest, RefundRequest, SavedMethod};
use super::amount::amount;
use crate::{Error, Result};

/// The version of Stripe's API that the requests and the reading of answers are made for.
pub const API_VERSION: &str = "2026-10-28.endive";
/// Where Stripe's API is.
pub const HOST: &str = "api.stripe.com";
/// A longer name of a product is cut.
const NAME_CHARACTERS_MAX: usize = 250;

type Form = Serializer<'static, String>;

/// Makes the payment's PaymentIntent, or its Checkout Session.
///
/// # Errors
/// `invalid_amount` and `currency_mismatch` when Stripe takes no such amount.
pub fn payment(request: &PaymentRequest) -> Result<Outgoing> {
    let mut form = Form::new(String::new());
    let path = match &request.hosted {
        None => {
            form.append_pair("amount", &amount(request.amount_cents, request.currency)?.to_string());
            form.append_pair("currency", &lower_case(request));
            form.append_pair("automatic_payment_methods[enabled]", "true");
            if let Some(saved) = &request.saved {
                confirm(&mut form, saved);
            }
            terms(&mut form, request, |name| name.to_owned())?;
            "/v1/payment_intents"
        }
        Some(hosted) => {
            session(&mut form, request, hosted)?;
            "/v1/checkout/sessions"
        }
    };
    Ok(Outgoing { method: "POST", path: path.to_owned(), body: form.finish() })
}

/// Charges a saved method at once. The payer is there: what the bank asks for, the payer's client does
/// with the client_secret, or the bank's page, which leads back to the address.
fn confirm(form: &mut Form, saved: &SavedMethod) {
    form.append_pair("customer", &saved.customer_reference);
    form.append_pair("payment_method", &saved.method_reference);
    form.append_pair("confirm", "true");
    form.append_pair("off_session", "false");
    match &saved.return_url {
        Some(url) => form.append_pair("return_url", url),
        None => form.append_pair("automatic_payment_methods[allow_redirects]", "never"),
    };
}

fn lower_case(request: &PaymentRequest) -> String {
    request.currency.as_str().to_ascii_lowercase()
}

/// Metadata, fee and destination; `name` says where a parameter belongs.
fn terms(form: &mut Form, request: &PaymentRequest, name: impl Fn(&str) -> String) -> Result<()> {
    metadata(form, request, &name);
    if let Some(account) = &request.connected_account {
        if request.application_fee_cents > 0 {
            let fee = amount(request.application_fee_cents, request.currency)?;
            form.append_pair(&name("application_fee_amount"), &fee.to_string());
        }
        form.append_pair(&format!("{}[destination]", name("transfer_data")), account);
    }
    Ok(())
}

fn metadata(form: &mut Form, request: &PaymentRequest, name: impl Fn(&str) -> String) {
    let metadata = name("metadata");
    form.append_pair(&format!("{metadata}[{PAYMENT_METADATA}]"), &request.payment_id.to_string());
    form.append_pair(&format!("{metadata}[{TENANT_METADATA}]"), &request.tenant_id.to_string());
}

fn session(form: &mut Form, request: &PaymentRequest, hosted: &Hosted) -> Result<()> {
    let sum = hosted
        .lines
        .iter()
        .try_fold(0_i64, |sum, line| sum.checked_add(line.unit_cents.checked_mul(i64::from(line.quantity))?));
    if sum != Some(request.amount_cents) {
        return Err(Error::invalid("the lines of the provider's page do not add up to the payment's amount"));
    }
    form.append_pair("mode", "payment");
    form.append_pair("client_reference_id", &request.payment_id.to_string());
    form.append_pair("success_url", &hosted.success_url);
    if let Some(cancel_url) = &hosted.cancel_url {
        form.append_pair("cancel_url", cancel_url);
    }
    form.append_pair("expires_at", &hosted.expires_at.as_second().to_string());
    for (position, line) in hosted.lines.iter().enumerate() {
        let item = format!("line_items[{position}]");
        let product: String = line.name.chars().take(NAME_CHARACTERS_MAX).collect();
        form.append_pair(&format!("{item}[price_data][currency]"), &lower_case(request));
        form.append_pair(&format!("{item}[price_data][product_data][name]"), &product);
        let unit = amount(line.unit_cents, request.currency)?.to_string();
        form.append_pair(&format!("{item}[price_data][unit_amount]"), &unit);
        form.append_pair(&format!("{item}[quantity]"), &line.quantity.to_string());
    }
    metadata(form, request, str::to_owned);
    terms(form, request, |name| format!("payment_intent_data[{name}]"))
}

/// Gives money back.
///
/// # Errors
/// `invalid_amount` and `currency_mismatch` when Stripe takes no such amount.
pub fn refund(request: &RefundRequest) -> Result<Outgoing> {
    let mut form = Form::new(String::new());
    form.append_pair("payment_intent", &request.payment_reference);
    form.append_pair("amount", &amount(request.amount_cents, request.currency)?.to_string());
    form.append_pair("reason", "requested_by_customer");
    for (name, id) in [
        (PAYMENT_METADATA, request.payment_id.to_string()),
        (REFUND_METADATA, request.refund_id.to_string()),
        (TENANT_METADATA, request.tenant_id.to_string()),
    ] {
        form.append_pair(&format!("metadata[{name}]"), &id);
    }
    // Without these the platform would pay back what the connected account has received.
    if request.connected {
        form.append_pair("reverse_transfer", "true");
        if request.application_fee {
            form.append_pair("refund_application_fee", "true");
        }
    }
    Ok(Outgoing { method: "POST", path: "/v1/refunds".to_owned(), body: form.finish() })
}

/// Looks for the refunds of a payment's object.
pub fn refunds(payment_reference: &str) -> Outgoing {
    let query =
        Form::new(String::new()).append_pair("payment_intent", payment_reference).append_pair("limit", "100").finish();
    Outgoing { method: "GET", path: format!("/v1/refunds?{query}"), body: String::new() }
}

/// The headers of a request: who asks, and under which idempotency key.
pub fn headers(api_key: &str, idempotency_key: &str, method: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![("authorization", format!("Bearer {api_key}")), ("stripe-version", API_VERSION.to_owned())];
    if method != "GET" {
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        headers.push(("idempotency-key", idempotency_key.to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests;

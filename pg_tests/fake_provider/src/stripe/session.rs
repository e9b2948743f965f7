//! Checkout Sessions: a hosted page on which a buyer pays. `mode` is `payment` alone.
//!
//! Source: Stripe's API reference "Checkout Sessions" and documentation "Fulfill orders".

use serde_json::{Value, json};

use super::desk::Desk;
use super::line_item;
use super::list::list;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;
use super::{customer, intent, terms};

/// Bounds and default of `expires_at` after `created`.
const EXPIRY_SECONDS_MIN: i64 = 30 * 60;
const EXPIRY_SECONDS_MAX: i64 = 24 * 60 * 60;

/// `POST /v1/checkout/sessions`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&[
        "cancel_url",
        "client_reference_id",
        "customer",
        "customer_creation",
        "customer_email",
        "expires_at",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "payment_intent_data",
        "payment_method_types",
        "submit_type",
        "success_url",
    ])?;
    parameters.required("mode")?;
    parameters.word("mode", &["payment"])?;
    parameters.required("success_url")?;
    let customer = intent::customer(desk, parameters)?;
    if customer.is_some() && parameters.text("customer_email")?.is_some() {
        let message = "You may only specify one of these parameters: customer, customer_email.";
        return Err(Problem::value("customer_email", message));
    }
    let items = line_item::read(desk, parameters)?;
    terms::check_amount(items.total_cents, &items.currency, "line_items")?;
    let data = parameters.child("payment_intent_data").unwrap_or_else(|| Parameters::new(b""));
    terms::check(&data)?;
    let terms = terms::read(desk, &data, items.total_cents)?;
    let expires_at = expires_at(desk, parameters)?;
    let id = desk.make(Kind::Session, fixed());
    let own = json!({
        "amount_subtotal": items.total_cents,
        "amount_total": items.total_cents,
        "cancel_url": parameters.text("cancel_url")?,
        "client_reference_id": parameters.text("client_reference_id")?,
        "created": desk.now_seconds,
        "currency": items.currency,
        "customer": customer,
        "customer_creation": creation(parameters, customer.as_deref(), &terms)?,
        "customer_email": parameters.text("customer_email")?,
        "expires_at": expires_at,
        "locale": parameters.text("locale")?,
        "metadata": parameters.metadata(&Value::Null)?,
        "submit_type": parameters.text("submit_type")?,
        "success_url": parameters.text("success_url")?,
        "url": format!("https://checkout.stripe.com/c/pay/{id}"),
    });
    desk.change(&id, own);
    desk.stripe.line_items.insert(id.clone(), items.data);
    desk.stripe.terms.insert(id.clone(), terms);
    desk.stripe.open_sessions.insert((expires_at, id.clone()));
    desk.effect("checkout.session.create", &id);
    Ok(desk.view(&id))
}

fn expires_at(desk: &Desk<'_>, parameters: &Parameters) -> Result<i64, Problem> {
    let latest = desk.now_seconds + EXPIRY_SECONDS_MAX;
    let expires_at = parameters.integer("expires_at")?.unwrap_or(latest);
    if expires_at < desk.now_seconds + EXPIRY_SECONDS_MIN {
        let message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(Problem::value("expires_at", message));
    }
    if expires_at > latest {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(Problem::value("expires_at", message));
    }
    Ok(expires_at)
}

/// Whether paying makes a customer: saving the method needs one.
fn creation(parameters: &Parameters, customer: Option<&str>, terms: &Value) -> Result<Option<String>, Problem> {
    let wanted = parameters.word("customer_creation", &["always", "if_required"])?;
    if customer.is_some() {
        return Ok(None);
    }
    let saves = !terms["setup_future_usage"].is_null();
    Ok(Some(if saves { "always" } else { wanted.unwrap_or("if_required") }.to_owned()))
}

fn fixed() -> Value {
    json!({
        "adaptive_pricing": {"enabled": false},
        "after_expiration": null,
        "allow_promotion_codes": null,
        "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
        "billing_address_collection": null,
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {"after_submit": null, "shipping_address": null, "submit": null,
            "terms_of_service_acceptance": null},
        "customer_details": null,
        "discounts": [],
        "invoice": null,
        "invoice_creation": {"enabled": false, "invoice_data": {"account_tax_ids": null, "custom_fields": null,
            "description": null, "footer": null, "issuer": null, "metadata": {}, "rendering_options": null}},
        "livemode": false,
        "mode": "payment",
        "origin_context": null,
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": null,
        "phone_number_collection": {"enabled": false},
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "status": "open",
        "subscription": null,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "wallet_options": null,
    })
}

/// `POST /v1/checkout/sessions/{id}/expire`
pub(crate) fn expire(desk: &mut Desk<'_>, id: &str) -> Result<Value, Problem> {
    let session = desk.find(Kind::Session, id)?;
    if session.text("status") != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
            session.text("status")
        );
        return Err(Problem::state("checkout_session_unexpected_state", message));
    }
    desk.stripe.open_sessions.remove(&(session.integer("expires_at"), id.to_owned()));
    desk.change(id, json!({"status": "expired", "url": null}));
    desk.effect("checkout.session.expire", id);
    if let Some(intent) = session.optional("payment_intent") {
        intent::cancel_for(desk, intent, Some("expired"))?;
    }
    desk.emit("checkout.session.expired", id);
    Ok(desk.view(id))
}

/// The session's PaymentIntent, which is made when the buyer first pays, as since API version
/// 2022-08-01.
pub(crate) fn payment_intent(desk: &mut Desk<'_>, id: &str) -> Result<String, Problem> {
    let session = desk.find(Kind::Session, id)?;
    if let Some(intent) = session.optional("payment_intent") {
        return Ok(intent.to_owned());
    }
    if session.text("status") != "open" {
        return Err(Problem::state("checkout_session_unexpected_state", "The Checkout Session is not open."));
    }
    let email = session.optional("customer_email").unwrap_or("buyer@example.com");
    let buyer = match session.optional("customer") {
        Some(buyer) => Some(buyer.to_owned()),
        None if session.text("customer_creation") == "always" => Some(customer::make(desk, Some(email))),
        None => None,
    };
    let terms = desk.stripe.terms.get(id).cloned().unwrap_or_default();
    let intent = intent::make(desk, session.integer("amount_total"), session.text("currency"), buyer.as_deref(), terms);
    let details = json!({"address": {"city": null, "country": "US", "line1": null, "line2": null, "postal_code": null,
        "state": null}, "email": email, "name": "Buyer", "phone": null, "tax_exempt": "none", "tax_ids": []});
    desk.change(id, json!({"payment_intent": intent, "customer": buyer, "customer_details": details}));
    desk.stripe.session_of_intent.insert(intent.clone(), id.to_owned());
    Ok(intent)
}

fn complete(desk: &mut Desk<'_>, id: &str, payment_status: &str) {
    let session = desk.object(id);
    desk.stripe.open_sessions.remove(&(session.integer("expires_at"), id.to_owned()));
    desk.change(id, json!({"status": "complete", "payment_status": payment_status, "url": null}));
    desk.effect("checkout.session.complete", id);
    desk.emit("checkout.session.completed", id);
}

/// The PaymentIntent succeeded: if it is of a session, so is the session.
pub(crate) fn paid(desk: &mut Desk<'_>, intent: &str) {
    let Some(id) = desk.stripe.session_of_intent.get(intent).cloned() else { return };
    if desk.object(&id).text("status") == "open" {
        complete(desk, &id, "paid");
    } else {
        desk.change(&id, json!({"payment_status": "paid"}));
        desk.emit("checkout.session.async_payment_succeeded", &id);
    }
}

/// The bank takes its time: the session is complete, the money is not there yet.
pub(crate) fn processing(desk: &mut Desk<'_>, intent: &str) {
    if let Some(id) = desk.stripe.session_of_intent.get(intent).cloned() {
        complete(desk, &id, "unpaid");
    }
}

/// The PaymentIntent failed: an open session stays open for another attempt.
pub(crate) fn failed(desk: &mut Desk<'_>, intent: &str) {
    let Some(id) = desk.stripe.session_of_intent.get(intent).cloned() else { return };
    if desk.object(&id).text("status") == "complete" {
        desk.emit("checkout.session.async_payment_failed", &id);
    }
}

/// `GET /v1/checkout/sessions`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Session, parameters, &["customer", "payment_intent", "status"])
}

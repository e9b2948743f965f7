//! PaymentIntents: creating, reading, confirming, cancelling.
//!
//! Source: Stripe's API reference "PaymentIntents" and documentation "How PaymentIntents work".

use serde_json::{Value, json};

use super::attempt::{self, Presence};
use super::desk::Desk;
use super::list::list;
use super::parameters::Parameters;
use super::payment_method;
use super::problem::Problem;
use super::store::Kind;
use super::terms::{self, TERMS, check_amount};
use crate::object::Object;

/// States out of which a PaymentIntent can be confirmed.
const CONFIRMABLE: [&str; 3] = ["requires_payment_method", "requires_confirmation", "requires_action"];

/// Makes a PaymentIntent with these terms.
pub(crate) fn make(
    desk: &mut Desk<'_>,
    amount_cents: i64,
    currency: &str,
    customer: Option<&str>,
    terms: Value,
) -> String {
    let fields = json!({
        "amount": amount_cents,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": null,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": true},
        "canceled_at": null,
        "cancellation_reason": null,
        "confirmation_method": "automatic",
        "created": desk.now_seconds,
        "currency": currency,
        "customer": customer,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "next_action": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"installments": null, "mandate_options": null, "network": null,
            "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": null,
        "review": null,
        "shipping": null,
        "source": null,
        "statement_descriptor": null,
        "status": "requires_payment_method",
    });
    let id = desk.make(Kind::PaymentIntent, fields);
    desk.change(&id, terms);
    desk.change(&id, json!({"client_secret": format!("{id}_secret_{}", &id[id.len().saturating_sub(8)..])}));
    desk.effect("payment_intent.create", &id);
    desk.emit("payment_intent.created", &id);
    id
}

/// `POST /v1/payment_intents`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let mut allowed = vec![
        "amount",
        "automatic_payment_methods",
        "confirm",
        "currency",
        "customer",
        "off_session",
        "payment_method",
        "payment_method_types",
        "return_url",
        "statement_descriptor",
    ];
    allowed.extend(TERMS);
    parameters.only(&allowed)?;
    let amount_cents = parameters.positive("amount")?.ok_or_else(|| Problem::missing("amount"))?;
    let currency = parameters.currency("currency")?;
    check_amount(amount_cents, &currency, "amount")?;
    let customer = customer(desk, parameters)?;
    let terms = terms::read(desk, parameters, amount_cents)?;
    let automatic = automatic_payment_methods(parameters)?;
    let confirm = parameters.flag("confirm")?.unwrap_or_default();
    let off_session = off_session(parameters)?;
    if off_session && !confirm {
        let message = "off_session can only be set when confirm is true.";
        return Err(Problem::value("off_session", message));
    }
    let method = match parameters.text("payment_method")? {
        Some(method) => Some(payment_method::usable(desk, method, customer.as_deref())?),
        None => None,
    };
    check_return_url(parameters, confirm && !off_session, &automatic)?;
    let id = make(desk, amount_cents, &currency, customer.as_deref(), terms);
    let status = if method.is_some() { "requires_confirmation" } else { "requires_payment_method" };
    desk.change(
        &id,
        json!({"payment_method": method, "status": status, "automatic_payment_methods": automatic,
        "statement_descriptor": parameters.text("statement_descriptor")?}),
    );
    if confirm {
        let presence = if off_session { Presence::OffSession } else { Presence::OnSession };
        return confirm_now(desk, &id, presence, parameters.text("return_url")?);
    }
    Ok(desk.view(&id))
}

fn automatic_payment_methods(parameters: &Parameters) -> Result<Value, Problem> {
    let redirects = match parameters.child("automatic_payment_methods") {
        Some(automatic) => {
            automatic.only(&["allow_redirects", "enabled"])?;
            automatic.flag("enabled")?;
            automatic.word("allow_redirects", &["always", "never"])?.unwrap_or("always").to_owned()
        }
        None => "always".to_owned(),
    };
    if parameters.has("payment_method_types") {
        return Ok(Value::Null);
    }
    Ok(json!({"allow_redirects": redirects, "enabled": true}))
}

/// Confirming with a method that may redirect the buyer needs to know where to return to.
fn check_return_url(parameters: &Parameters, confirm: bool, automatic: &Value) -> Result<(), Problem> {
    let may_redirect = automatic.get("allow_redirects").and_then(Value::as_str) == Some("always");
    if confirm && may_redirect && parameters.text("return_url")?.is_none() {
        return Err(Problem::value(
            "return_url",
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of \
             these payment methods might redirect your customer off of your page, you must provide a `return_url`. \
             If you don't want to accept redirect-based payment methods, set \
             `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to \
             `never` when creating Setup Intents and Payment Intents.",
        ));
    }
    Ok(())
}

/// `customer`, which must exist.
pub(crate) fn customer(desk: &Desk<'_>, parameters: &Parameters) -> Result<Option<String>, Problem> {
    let Some(customer) = parameters.text("customer")? else { return Ok(None) };
    desk.named(Kind::Customer, customer, "customer")?;
    Ok(Some(customer.to_owned()))
}

/// `off_session`: a truth value, or a reason.
fn off_session(parameters: &Parameters) -> Result<bool, Problem> {
    Ok(match parameters.text("off_session")? {
        Some("one_off" | "recurring") => true,
        _ => parameters.flag("off_session")?.unwrap_or_default(),
    })
}

/// `POST /v1/payment_intents/{id}/confirm`
pub(crate) fn confirm(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["off_session", "payment_method", "receipt_email", "return_url", "setup_future_usage"])?;
    let intent = desk.find(Kind::PaymentIntent, id)?;
    if !CONFIRMABLE.contains(&intent.text("status")) {
        return Err(unexpected_state(&intent, "confirm"));
    }
    let method = match parameters.text("payment_method")? {
        Some(method) => payment_method::usable(desk, method, intent.optional("customer"))?,
        None => intent.text("payment_method").to_owned(),
    };
    if method.is_empty() {
        return Err(Problem::state(
            "payment_intent_unexpected_state",
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the \
             PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a \
             payment method or ConfirmationToken.",
        )
        .with("payment_intent", intent.value()));
    }
    let off_session = off_session(parameters)?;
    check_return_url(parameters, !off_session, &intent.field("automatic_payment_methods"))?;
    desk.change(id, json!({"payment_method": method}));
    if let Some(usage) = parameters.word("setup_future_usage", &["off_session", "on_session"])? {
        desk.change(id, json!({"setup_future_usage": usage}));
    }
    let presence = if off_session { Presence::OffSession } else { Presence::OnSession };
    confirm_now(desk, id, presence, parameters.text("return_url")?)
}

fn confirm_now(desk: &mut Desk<'_>, id: &str, presence: Presence, return_url: Option<&str>) -> Result<Value, Problem> {
    desk.effect("payment_intent.confirm", id);
    let outcome = attempt::outcome(desk, id, presence);
    match attempt::attempt(desk, id, &outcome, return_url) {
        Some(decline) => Err(Problem::declined(&decline)
            .with("payment_intent", desk.view(id))
            .with("payment_method", desk.view(desk.object(id).text("payment_method")))
            .with("charge", desk.object(id).field("latest_charge"))),
        None => Ok(desk.view(id)),
    }
}

/// `POST /v1/payment_intents/{id}/cancel`
pub(crate) fn cancel(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["cancellation_reason"])?;
    let reasons = ["abandoned", "duplicate", "fraudulent", "requested_by_customer"];
    let reason = parameters.word("cancellation_reason", &reasons)?.map(str::to_owned);
    cancel_for(desk, id, reason.as_deref())
}

/// Cancels a PaymentIntent; `reason` such as `abandoned`.
pub(crate) fn cancel_for(desk: &mut Desk<'_>, id: &str, reason: Option<&str>) -> Result<Value, Problem> {
    let intent = desk.find(Kind::PaymentIntent, id)?;
    if matches!(intent.text("status"), "succeeded" | "canceled") {
        return Err(unexpected_state(&intent, "cancel"));
    }
    desk.change(
        id,
        json!({"status": "canceled", "canceled_at": desk.now_seconds, "cancellation_reason": reason,
        "next_action": null, "processing": null}),
    );
    desk.effect("payment_intent.cancel", id);
    desk.emit("payment_intent.canceled", id);
    Ok(desk.view(id))
}

/// The error for what the PaymentIntent's status does not allow.
pub(crate) fn unexpected_state(intent: &Object, verb: &str) -> Problem {
    let message = match intent.text("status") {
        "succeeded" if verb == "confirm" => {
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously \
             confirmed."
                .to_owned()
        }
        status => format!("You cannot {verb} this PaymentIntent because it has a status of {status}."),
    };
    Problem::state("payment_intent_unexpected_state", message).with("payment_intent", intent.value())
}

/// `GET /v1/payment_intents`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::PaymentIntent, parameters, &["customer"])
}

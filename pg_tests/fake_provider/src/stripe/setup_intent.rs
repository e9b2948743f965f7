//! SetupIntents: saving a method without paying.
//!
//! Source: Stripe's API reference "SetupIntents" and documentation "The Setup Intents API".

use serde_json::{Value, json};

use super::desk::Desk;
use super::intent::customer;
use super::list::list;
use super::parameters::Parameters;
use super::payment_method::{self, Behaviour};
use super::problem::{Decline, Problem};
use super::store::Kind;

/// `POST /v1/setup_intents`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&[
        "automatic_payment_methods",
        "confirm",
        "customer",
        "description",
        "metadata",
        "payment_method",
        "payment_method_types",
        "return_url",
        "usage",
    ])?;
    let customer = customer(desk, parameters)?;
    let metadata = parameters.metadata(&Value::Null)?;
    let method = match parameters.text("payment_method")? {
        Some(method) => Some(payment_method::usable(desk, method, customer.as_deref())?),
        None => None,
    };
    let confirm = parameters.flag("confirm")?.unwrap_or_default();
    let automatic = if parameters.has("payment_method_types") {
        Value::Null
    } else {
        json!({"allow_redirects": "always", "enabled": true})
    };
    let fields = json!({
        "application": null,
        "automatic_payment_methods": automatic,
        "cancellation_reason": null,
        "created": desk.now_seconds,
        "customer": customer,
        "description": parameters.text("description")?,
        "flow_directions": null,
        "last_setup_error": null,
        "latest_attempt": null,
        "livemode": false,
        "mandate": null,
        "metadata": metadata,
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": method,
        "payment_method_configuration_details": null,
        "payment_method_options": {"card": {"mandate_options": null, "network": null,
            "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "single_use_mandate": null,
        "status": if method.is_some() { "requires_confirmation" } else { "requires_payment_method" },
        "usage": parameters.word("usage", &["off_session", "on_session"])?.unwrap_or("off_session"),
    });
    let id = desk.make(Kind::SetupIntent, fields);
    desk.change(&id, json!({"client_secret": format!("{id}_secret_{}", &id[id.len().saturating_sub(8)..])}));
    desk.effect("setup_intent.create", &id);
    desk.emit("setup_intent.created", &id);
    if confirm { confirm_now(desk, &id, None) } else { Ok(desk.view(&id)) }
}

/// `POST /v1/setup_intents/{id}/confirm`
pub(crate) fn confirm(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["payment_method", "return_url"])?;
    confirm_now(desk, id, parameters.text("payment_method")?)
}

fn confirm_now(desk: &mut Desk<'_>, id: &str, method: Option<&str>) -> Result<Value, Problem> {
    let intent = desk.find(Kind::SetupIntent, id)?;
    if matches!(intent.text("status"), "succeeded" | "canceled") {
        let message =
            format!("You cannot confirm this SetupIntent because it has a status of {}.", intent.text("status"));
        return Err(Problem::state("setup_intent_unexpected_state", message).with("setup_intent", intent.value()));
    }
    let method = match method {
        Some(method) => payment_method::usable(desk, method, intent.optional("customer"))?,
        None => intent.text("payment_method").to_owned(),
    };
    if method.is_empty() {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method.";
        return Err(Problem::state("setup_intent_unexpected_state", message).with("setup_intent", intent.value()));
    }
    desk.change(id, json!({"payment_method": method}));
    desk.effect("setup_intent.confirm", id);
    match payment_method::behaviour(desk, &method) {
        Behaviour::Declined(decline_code) => {
            let decline = Decline::of(decline_code);
            fail(desk, id, &decline);
            return Err(Problem::declined(&decline).with("setup_intent", desk.view(id)));
        }
        Behaviour::Authentication => {
            let action = json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}});
            desk.change(id, json!({"status": "requires_action", "next_action": action}));
            desk.emit("setup_intent.requires_action", id);
        }
        _ => succeed(desk, id),
    }
    Ok(desk.view(id))
}

/// The buyer agreed.
pub(crate) fn succeed(desk: &mut Desk<'_>, id: &str) {
    desk.change(id, json!({"status": "succeeded", "next_action": null, "last_setup_error": null}));
    let intent = desk.object(id);
    if let (Some(customer), Some(method)) = (intent.optional("customer"), intent.optional("payment_method"))
        && desk.object(method).optional("customer").is_none()
    {
        payment_method::attach_to(desk, method, customer);
    }
    desk.effect("setup_intent.succeed", id);
    desk.emit("setup_intent.succeeded", id);
}

/// The buyer's bank refused.
pub(crate) fn fail(desk: &mut Desk<'_>, id: &str, decline: &Decline) {
    let error = json!({"code": decline.code, "decline_code": decline.decline_code, "message": decline.message,
        "type": "card_error"});
    desk.change(
        id,
        json!({"status": "requires_payment_method", "next_action": null, "last_setup_error": error,
        "payment_method": null}),
    );
    desk.effect("setup_intent.fail", id);
    desk.emit("setup_intent.setup_failed", id);
}

/// `GET /v1/setup_intents`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::SetupIntent, parameters, &["customer", "payment_method"])
}

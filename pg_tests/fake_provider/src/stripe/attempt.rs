//! An attempt to pay a PaymentIntent, and what comes of it.

use serde_json::{Value, json};

use super::desk::Desk;
use super::payment_method::{self, Behaviour};
use super::problem::Decline;
use super::{charge, dispute, session};
use crate::object::Object;

/// Whether the buyer is there to authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// The buyer is there.
    OnSession,
    /// The merchant charges a saved method alone.
    OffSession,
}

/// What comes of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The money arrives.
    Success,
    /// The card is declined.
    Decline(Decline),
    /// The buyer has to authenticate.
    Action,
    /// The bank takes its time.
    Processing,
}

/// What the PaymentIntent's method leads to.
pub(crate) fn outcome(desk: &Desk<'_>, id: &str, presence: Presence) -> Outcome {
    match payment_method::behaviour(desk, desk.object(id).text("payment_method")) {
        Behaviour::Declined(decline_code) => Outcome::Decline(Decline::of(decline_code)),
        Behaviour::Authentication if presence == Presence::OffSession => {
            Outcome::Decline(Decline::of("authentication_required"))
        }
        Behaviour::Authentication => Outcome::Action,
        Behaviour::Delayed => Outcome::Processing,
        Behaviour::Paid | Behaviour::Disputed | Behaviour::RefundPending => Outcome::Success,
    }
}

/// Carries an attempt out; gives the decline if it came to one.
pub(crate) fn attempt(desk: &mut Desk<'_>, id: &str, outcome: &Outcome, return_url: Option<&str>) -> Option<Decline> {
    match outcome {
        Outcome::Success => succeed(desk, id),
        Outcome::Decline(decline) => {
            fail(desk, id, decline);
            return Some(decline.clone());
        }
        Outcome::Action => require_action(desk, id, return_url),
        Outcome::Processing => process(desk, id),
    }
    None
}

fn succeed(desk: &mut Desk<'_>, id: &str) {
    let before = desk.object(id);
    let charge = charge::succeed(desk, &before);
    desk.change(
        id,
        json!({"status": "succeeded", "amount_received": before.integer("amount"), "latest_charge": charge,
            "next_action": null, "last_payment_error": null, "processing": null}),
    );
    save_method(desk, &before);
    desk.effect("payment_intent.succeed", id);
    desk.emit("charge.succeeded", &charge);
    desk.emit("payment_intent.succeeded", id);
    charge::settle(desk, &charge);
    session::paid(desk, id);
    if payment_method::behaviour(desk, before.text("payment_method")) == Behaviour::Disputed {
        dispute::open(desk, &charge, None, "fraudulent");
    }
}

/// `setup_future_usage` attaches the method to the customer.
fn save_method(desk: &mut Desk<'_>, intent: &Object) {
    let (Some(customer), Some(method)) = (intent.optional("customer"), intent.optional("payment_method")) else {
        return;
    };
    if intent.optional("setup_future_usage").is_some() && desk.object(method).optional("customer").is_none() {
        payment_method::attach_to(desk, method, customer);
    }
}

fn fail(desk: &mut Desk<'_>, id: &str, decline: &Decline) {
    let before = desk.object(id);
    let charge = charge::fail(desk, &before, decline);
    let method = before.optional("payment_method").map_or(Value::Null, |method| desk.view(method));
    let error = json!({
        "charge": charge,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": format!("https://stripe.com/docs/error-codes/{}", decline.code.replace('_', "-")),
        "message": decline.message,
        "payment_method": method,
        "type": "card_error",
    });
    desk.change(
        id,
        json!({"status": "requires_payment_method", "last_payment_error": error, "latest_charge": charge,
            "payment_method": null, "next_action": null, "processing": null}),
    );
    desk.effect("payment_intent.fail", id);
    desk.emit("charge.failed", &charge);
    desk.emit("payment_intent.payment_failed", id);
    session::failed(desk, id);
}

fn require_action(desk: &mut Desk<'_>, id: &str, return_url: Option<&str>) {
    let action = match return_url {
        Some(return_url) => json!({"type": "redirect_to_url", "redirect_to_url":
            {"url": format!("https://hooks.stripe.com/3d_secure_2/hosted?payment_intent={id}"),
             "return_url": return_url}}),
        None => json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}),
    };
    desk.change(id, json!({"status": "requires_action", "next_action": action, "last_payment_error": null}));
    desk.emit("payment_intent.requires_action", id);
}

fn process(desk: &mut Desk<'_>, id: &str) {
    desk.change(id, json!({"status": "processing", "next_action": null, "last_payment_error": null}));
    desk.emit("payment_intent.processing", id);
    session::processing(desk, id);
}

//! Payment sessions: hosted pages on which the buyer chooses how to pay, and may try again.
//!
//! Source: Xendit's API reference "Create a session", "Get session" and the webhooks of sessions.

use serde_json::{Value, json};

use super::{BUSINESS_ID, Carried, Refusal, not_found, notify, payment};
use crate::clock::iso;
use crate::object::Object;
use crate::world::World;

/// `POST /sessions`, which knows no idempotency key.
pub(crate) fn create(world: &mut World, body: &Value) -> Carried {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let invalid = |message: &str| Err(Refusal::new(400, "API_VALIDATION_ERROR", message));
    for name in ["reference_id", "currency", "country"] {
        if text(name).is_empty() {
            return invalid(&format!("{name} is required"));
        }
    }
    if text("session_type") != "PAY" || text("mode") != "PAYMENT_LINK" {
        return invalid("session_type must be PAY and mode PAYMENT_LINK");
    }
    if body["amount"].as_f64().is_none_or(|amount| amount <= 0.0) {
        return invalid("amount must be a positive number");
    }
    let now = iso(world.clock.now_seconds());
    let id = format!("ps-{:024}", world.ids_after + world.xendit.sessions.len() + 1);
    let session = json!({
        "payment_session_id": id,
        "business_id": BUSINESS_ID,
        "reference_id": text("reference_id"),
        "session_type": "PAY",
        "mode": "PAYMENT_LINK",
        "capture_method": "AUTOMATIC",
        "amount": body["amount"],
        "currency": text("currency"),
        "country": text("country"),
        "expires_at": body["expires_at"],
        "success_return_url": body["success_return_url"],
        "cancel_return_url": body["cancel_return_url"],
        "metadata": body["metadata"],
        "status": "ACTIVE",
        "payment_link_url": format!("https://xen.to/{id}"),
        "payment_request_id": null,
        "payment_id": null,
        "created": now,
        "updated": now,
    });
    world.xendit.sessions.insert(id.clone(), Object::new(session.clone()));
    Ok((201, session, vec![("session.create", id)]))
}

/// The buyer pays on the page (`payment.capture`, `payment_session.completed`), or fails to
/// (`payment.failure`) and may try again.
pub(crate) fn attempt(world: &mut World, id: &str, failure_code: Option<&str>) -> Result<Value, Refusal> {
    let session = active(world, id)?;
    let request = json!({
        "reference_id": session.field("reference_id"), "currency": session.field("currency"),
        "country": session.field("country"), "request_amount": session.field("amount"), "channel_code": "QRIS",
        "metadata": session.field("metadata"),
    });
    let (_, request, _) = payment::create(world, &request)?;
    let request_id = request["payment_request_id"].as_str().unwrap_or_default();
    let paid = payment::finish(world, request_id, failure_code)?;
    if failure_code.is_some() {
        return Ok(session.value());
    }
    let changes = json!({"payment_request_id": request_id, "payment_id": paid["latest_payment_id"]});
    leave(world, id, "COMPLETED", changes)
}

/// The page ends unpaid.
pub(crate) fn expire(world: &mut World, id: &str) -> Result<Value, Refusal> {
    active(world, id)?;
    leave(world, id, "EXPIRED", json!({}))
}

fn active(world: &World, id: &str) -> Result<Object, Refusal> {
    let session = world.xendit.sessions.get(id).cloned().ok_or_else(|| not_found(id))?;
    if session.text("status") == "ACTIVE" {
        return Ok(session);
    }
    Err(Refusal::new(409, "INVALID_STATUS", format!("The session is {}.", session.text("status"))))
}

/// Ends an active session and tells it.
fn leave(world: &mut World, id: &str, status: &str, changes: Value) -> Result<Value, Refusal> {
    let now = iso(world.clock.now_seconds());
    let session = world.xendit.sessions.get_mut(id).ok_or_else(|| not_found(id))?;
    session.change(json!({"status": status, "updated": now}));
    session.change(changes);
    let value = session.value();
    notify(world, &format!("payment_session.{}", status.to_ascii_lowercase()), &value);
    Ok(value)
}

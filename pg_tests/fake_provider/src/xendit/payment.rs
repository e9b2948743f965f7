//! Payment requests and their payments.

use serde_json::{Value, json};

use super::{BUSINESS_ID, Carried, Refusal, not_found, notify};
use crate::clock::iso;
use crate::object::Object;
use crate::world::World;

const TYPES: [&str; 3] = ["PAY", "PAY_AND_SAVE", "REUSABLE_PAYMENT_CODE"];

/// `POST /v3/payment_requests`
pub(crate) fn create(world: &mut World, body: &Value) -> Carried {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let invalid = |message: String| Err(Refusal::new(400, "API_VALIDATION_ERROR", message));
    for name in ["reference_id", "currency", "channel_code"] {
        if text(name).is_empty() {
            return invalid(format!("{name} is required"));
        }
    }
    if body["request_amount"].as_f64().is_none_or(|amount| amount <= 0.0) {
        return invalid("request_amount must be a positive number".to_owned());
    }
    let kind = body["type"].as_str().unwrap_or("PAY");
    if !TYPES.contains(&kind) {
        return invalid(format!("type must be one of {}", TYPES.join(", ")));
    }
    if body["capture_method"].as_str().is_some_and(|method| method != "AUTOMATIC") {
        return invalid("capture_method must be AUTOMATIC".to_owned());
    }
    let now = iso(world.clock.now_seconds());
    let id = format!("pr-00000000-0000-4000-8000-{:012}", world.ids_after + world.xendit.requests.len() + 1);
    let country = body["country"].as_str().unwrap_or(if text("currency") == "IDR" { "ID" } else { "PH" });
    let request = json!({
        "business_id": BUSINESS_ID,
        "reference_id": text("reference_id"),
        "payment_request_id": id,
        "type": kind,
        "country": country,
        "currency": text("currency"),
        "request_amount": body["request_amount"],
        "capture_method": "AUTOMATIC",
        "channel_code": text("channel_code"),
        "channel_properties": body["channel_properties"],
        "actions": actions(&text("channel_code"), &id),
        "status": "REQUIRES_ACTION",
        "description": body["description"],
        "metadata": body["metadata"],
        "created": now,
        "updated": now,
    });
    world.xendit.requests.insert(id.clone(), Object::new(request.clone()));
    Ok((201, request, vec![("payment_request.create", id)]))
}

fn actions(channel_code: &str, id: &str) -> Value {
    if channel_code == "QRIS" {
        json!([{"type": "PRESENT_TO_CUSTOMER", "descriptor": "QR_STRING", "value": format!("00020101{id}")}])
    } else if channel_code.ends_with("VIRTUAL_ACCOUNT") {
        json!([{"type": "PRESENT_TO_CUSTOMER", "descriptor": "VIRTUAL_ACCOUNT_NUMBER", "value": "8808999900000001"}])
    } else {
        let url = format!("https://checkout-staging.xendit.co/web/{id}");
        json!([{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": url}])
    }
}

/// `POST /v3/payment_requests/{id}/cancel`
pub(crate) fn cancel(world: &mut World, id: &str) -> Carried {
    let value = leave(world, id, "CANCELED", None)?;
    Ok((200, value, vec![("payment_request.cancel", id.to_owned())]))
}

/// Moves a payment request out of `REQUIRES_ACTION`.
pub(crate) fn leave(world: &mut World, id: &str, status: &str, failure_code: Option<&str>) -> Result<Value, Refusal> {
    let now = iso(world.clock.now_seconds());
    let request = world.xendit.requests.get_mut(id).ok_or_else(|| not_found(id))?;
    if request.text("status") != "REQUIRES_ACTION" {
        let message = format!("The payment request is {}.", request.text("status"));
        return Err(Refusal::new(409, "INVALID_STATUS", message));
    }
    request.change(json!({"status": status, "updated": now, "actions": []}));
    if let Some(failure_code) = failure_code {
        request.change(json!({"failure_code": failure_code}));
    }
    Ok(request.value())
}

/// The buyer pays (`payment.capture`), or fails to (`payment.failure`).
pub(crate) fn finish(world: &mut World, id: &str, failure_code: Option<&str>) -> Result<Value, Refusal> {
    let status = if failure_code.is_some() { "FAILED" } else { "SUCCEEDED" };
    leave(world, id, status, failure_code)?;
    world.xendit.payments += 1;
    let payment_id = format!("py-00000000-0000-4000-8000-{:012}", world.ids_after + world.xendit.payments);
    let now = iso(world.clock.now_seconds());
    let request = world.xendit.requests.get_mut(id).ok_or_else(|| not_found(id))?;
    request.change(json!({"latest_payment_id": payment_id}));
    let captures = json!([{"capture_id": format!("cptr-{payment_id}"), "capture_amount": request.field("request_amount"),
        "capture_timestamp": now}]);
    let mut payment = json!({
        "payment_id": payment_id,
        "business_id": BUSINESS_ID,
        "status": status,
        "payment_request_id": id,
        "request_amount": request.field("request_amount"),
        "channel_code": request.field("channel_code"),
        "country": request.field("country"),
        "currency": request.field("currency"),
        "reference_id": request.field("reference_id"),
        "description": request.field("description"),
        "channel_properties": request.field("channel_properties"),
        "capture_method": request.field("capture_method"),
        "type": request.field("type"),
        "metadata": request.field("metadata"),
        "created": now,
        "updated": now,
    });
    let event = match failure_code {
        Some(failure_code) => {
            payment["failure_code"] = json!(failure_code);
            "payment.failure"
        }
        None => {
            payment["captures"] = captures;
            "payment.capture"
        }
    };
    let value = request.value();
    notify(world, event, &payment);
    Ok(value)
}

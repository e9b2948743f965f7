//! Refunds: pending until the channel has finished them.

use serde_json::{Value, json};

use super::{Carried, Refusal, not_found, notify};
use crate::clock::iso;
use crate::object::Object;
use crate::world::World;

const REASONS: [&str; 5] = ["FRAUDULENT", "DUPLICATE", "REQUESTED_BY_CUSTOMER", "CANCELLATION", "OTHERS"];

/// Amounts in hundredths; Xendit's have at most two decimals.
fn hundredths(value: &Value) -> Option<i64> {
    let amount = value.as_f64().filter(|amount| amount.is_finite())?;
    Some((amount * 100.0).round() as i64)
}

/// `POST /refunds`
pub(crate) fn create(world: &mut World, body: &Value) -> Carried {
    let id = body["payment_request_id"].as_str().unwrap_or_default();
    if id.is_empty() {
        return Err(Refusal::new(400, "API_VALIDATION_ERROR", "payment_request_id is required"));
    }
    let request = world.xendit.requests.get(id).cloned().ok_or_else(|| not_found(id))?;
    if request.text("status") != "SUCCEEDED" {
        return Err(Refusal::new(400, "INELIGIBLE_TRANSACTION", "The payment request did not succeed."));
    }
    let reason = body["reason"].as_str().unwrap_or_default();
    if !REASONS.contains(&reason) {
        let message = format!("reason must be one of {}", REASONS.join(", "));
        return Err(Refusal::new(400, "API_VALIDATION_ERROR", message));
    }
    let amount = if body["amount"].is_null() { request.field("request_amount") } else { body["amount"].clone() };
    let cents = hundredths(&amount).filter(|cents| *cents > 0);
    let left = hundredths(&request.field("request_amount")).unwrap_or_default() - refunded_cents(world, id);
    match cents {
        None => return Err(Refusal::new(400, "API_VALIDATION_ERROR", "amount must be a positive number")),
        Some(cents) if cents > left => {
            let message = "The refund amount is greater than what is left of the payment.";
            return Err(Refusal::new(400, "MAXIMUM_REFUND_AMOUNT_REACHED", message));
        }
        Some(_) => {}
    }
    let now = iso(world.clock.now_seconds());
    let refund_id = format!("rfd-00000000-0000-4000-8000-{:012}", world.ids_after + world.xendit.refunds.len() + 1);
    let refund = json!({
        "id": refund_id,
        "payment_id": request.field("latest_payment_id"),
        "payment_request_id": id,
        "invoice_id": null,
        "amount": amount,
        "payment_method_type": if request.text("channel_code") == "QRIS" { "QR_CODE" } else { "EWALLET" },
        "channel_code": request.field("channel_code"),
        "currency": request.field("currency"),
        "status": "PENDING",
        "reason": reason,
        "reference_id": body["reference_id"].as_str().unwrap_or(request.text("reference_id")),
        "failure_code": null,
        "refund_fee_amount": null,
        "created": now,
        "updated": now,
        "metadata": body["metadata"],
    });
    world.xendit.refunds.insert(refund_id.clone(), Object::new(refund.clone()));
    Ok((200, refund, vec![("refund.create", refund_id)]))
}

/// `GET /refunds?payment_request_id=…`, newest first
pub(crate) fn list(world: &World, query: &str) -> Carried {
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let Some((_, request_id)) = fields.find(|(name, _)| name == "payment_request_id") else {
        return Err(Refusal::new(400, "API_VALIDATION_ERROR", "payment_request_id is required"));
    };
    let refunds = world.xendit.refunds.values();
    let mut own: Vec<&Object> = refunds.filter(|refund| refund.text("payment_request_id") == request_id).collect();
    own.sort_by_key(|refund| std::cmp::Reverse(refund.text("id").to_owned()));
    let data: Vec<Value> = own.into_iter().map(Object::value).collect();
    Ok((200, json!({"data": data, "has_more": false}), Vec::new()))
}

/// What was refunded of a payment request, or is about to be.
fn refunded_cents(world: &World, id: &str) -> i64 {
    let refunds = world.xendit.refunds.values();
    let counted = refunds.filter(|refund| refund.text("payment_request_id") == id && refund.text("status") != "FAILED");
    counted.filter_map(|refund| hundredths(&refund.field("amount"))).sum()
}

/// The channel finishes a pending refund.
pub(crate) fn finish(world: &mut World, id: &str, failure_code: Option<&str>) -> Result<Value, Refusal> {
    let now = iso(world.clock.now_seconds());
    let refund = world.xendit.refunds.get_mut(id).ok_or_else(|| not_found(id))?;
    if refund.text("status") != "PENDING" {
        return Err(Refusal::new(409, "INVALID_STATUS", "The refund is not pending."));
    }
    let (status, event) =
        if failure_code.is_some() { ("FAILED", "refund.failed") } else { ("SUCCEEDED", "refund.succeeded") };
    refund.change(json!({"status": status, "failure_code": failure_code, "updated": now}));
    let value = refund.value();
    notify(world, event, &value);
    Ok(value)
}

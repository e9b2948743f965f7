//! Charging, status, cancelling, expiring.
//!
//! Source: Midtrans' documentation "Charge API", "Get Status", "Cancel", "Expire", "Status codes".

use serde_json::{Map, Value, json};

use super::transaction::{Transaction, amount_cents};
use super::{Carried, Refusal};
use crate::clock::western_indonesian;
use crate::world::World;

/// How long a buyer may take.
const EXPIRY_SECONDS: i64 = 24 * 60 * 60;

/// Order id, amount and fields that are passed through.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) order_id: String,
    pub(crate) gross_cents: i64,
    pub(crate) custom: Value,
}

/// Reads `transaction_details`, `item_details` and `custom_field1` to 3.
pub(crate) fn order(body: &Value) -> Result<Order, Vec<String>> {
    let details = &body["transaction_details"];
    let mut wrong = Vec::new();
    let order_id = details["order_id"].as_str().unwrap_or_default().to_owned();
    if order_id.is_empty() {
        wrong.push("transaction_details.order_id is required".to_owned());
    }
    if order_id.len() > 50 {
        wrong.push("transaction_details.order_id is too long".to_owned());
    }
    let gross_cents = amount_cents(&details["gross_amount"]).filter(|cents| *cents > 0);
    if gross_cents.is_none() {
        wrong.push("transaction_details.gross_amount must be a positive number".to_owned());
    }
    if let Some(items) = body["item_details"].as_array() {
        let price = |item: &Value| item["price"].as_i64().zip(item["quantity"].as_i64());
        let sum_cents: i64 = items
            .iter()
            .filter_map(price)
            .fold(0, |sum, (price, quantity)| price.saturating_mul(quantity).saturating_mul(100).saturating_add(sum));
        if Some(sum_cents) != gross_cents {
            wrong.push("transaction_details.gross_amount is not equal to the sum of item_details".to_owned());
        }
    }
    let mut custom = Map::new();
    for name in ["custom_field1", "custom_field2", "custom_field3"] {
        if let Some(text) = body[name].as_str() {
            custom.insert(name.to_owned(), json!(text));
        }
    }
    match gross_cents {
        Some(gross_cents) if wrong.is_empty() => Ok(Order { order_id, gross_cents, custom: Value::Object(custom) }),
        _ => Err(wrong),
    }
}

/// `POST /v2/charge`
pub(crate) fn charge(world: &mut World, server_key: &str, body: &Value) -> Carried {
    let payment_type = body["payment_type"].as_str().unwrap_or_default();
    if payment_type.is_empty() {
        return Err(Refusal::new("400", "payment_type is required"));
    }
    let order = order(body).map_err(|wrong| Refusal::new("400", wrong.join(", ")))?;
    if world.midtrans.transactions.contains_key(&order.order_id) {
        return Err(Refusal::new(
            "406",
            "The request could not be completed due to a conflict with the current state of the target resource, \
             please try again",
        ));
    }
    let order_id = begin(world, server_key, &order, payment_type, &body[payment_type]);
    let transaction = world.midtrans.find(&order_id)?.clone();
    transaction.notify(&mut world.outbox);
    let message = match transaction.status {
        "capture" => "Success, Credit Card transaction is successful".to_owned(),
        _ => format!("Success, {payment_type} transaction is created"),
    };
    Ok((transaction.view(transaction.status_code(), &message), vec![("charge.create", order_id)]))
}

/// Makes a transaction: a card is captured at once, everything else waits for the buyer.
pub(crate) fn begin(world: &mut World, server_key: &str, order: &Order, payment_type: &str, options: &Value) -> String {
    let now_seconds = world.clock.now_seconds();
    let number = world.midtrans.transactions.len() + 1;
    let mut further = order.custom.as_object().cloned().unwrap_or_default();
    let mut status = "pending";
    match payment_type {
        "credit_card" => {
            status = if options["authentication"].as_bool() == Some(true) { "pending" } else { "capture" };
            further.insert("masked_card".to_owned(), json!("48111111-1114"));
            further.insert("card_type".to_owned(), json!("credit"));
            further.insert("bank".to_owned(), json!("mandiri"));
        }
        "bank_transfer" => {
            let bank = options["bank"].as_str().unwrap_or("bca");
            further.insert("va_numbers".to_owned(), json!([{"bank": bank, "va_number": format!("{number:011}")}]));
        }
        "qris" | "gopay" => {
            let url = format!("https://api.sandbox.midtrans.com/v2/{payment_type}/{number:012}/qr-code");
            let action = json!({"name": "generate-qr-code", "method": "GET", "url": url});
            further.insert("actions".to_owned(), json!([action]));
        }
        _ => {}
    }
    further.insert("expiry_time".to_owned(), json!(western_indonesian(now_seconds + EXPIRY_SECONDS)));
    world.midtrans.add(Transaction {
        transaction_id: String::new(),
        order_id: order.order_id.clone(),
        server_key: server_key.to_owned(),
        gross_cents: order.gross_cents,
        payment_type: payment_type.to_owned(),
        status,
        fraud_status: "accept",
        at_seconds: now_seconds,
        settled_at_seconds: None,
        refunds: Vec::new(),
        further: Value::Object(further),
    })
}

/// `GET /v2/{order_id}/status`
pub(crate) fn status(world: &mut World, id: &str) -> Carried {
    let transaction = world.midtrans.find(id)?;
    Ok((transaction.signed("Success, transaction is found"), Vec::new()))
}

/// `POST /v2/{order_id}/cancel`: before settlement.
pub(crate) fn cancel(world: &mut World, id: &str) -> Carried {
    leave(world, id, &["pending", "capture"], "cancel", "Success, transaction is canceled", "charge.cancel")
}

/// `POST /v2/{order_id}/expire`: while the buyer has not paid.
pub(crate) fn expire(world: &mut World, id: &str) -> Carried {
    leave(world, id, &["pending"], "expire", "Success, transaction is expired", "charge.expire")
}

fn leave(
    world: &mut World,
    id: &str,
    from: &[&str],
    status: &'static str,
    message: &str,
    effect: &'static str,
) -> Carried {
    let transaction = world.midtrans.find(id)?;
    if !from.contains(&transaction.status) {
        return Err(Refusal::new("412", "Transaction status cannot be updated."));
    }
    transaction.status = status;
    let transaction = transaction.clone();
    transaction.notify(&mut world.outbox);
    Ok((transaction.view(transaction.status_code(), message), vec![(effect, transaction.order_id)]))
}

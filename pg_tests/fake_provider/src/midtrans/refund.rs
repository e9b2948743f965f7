//! Refunds; `refund_key` makes them happen once.
//!
//! Source: Midtrans' documentation "Refund Transaction" and "Direct Refund Transaction".

use serde_json::{Value, json};

use super::transaction::{Refund, Transaction, amount_cents, amount_text};
use super::{Carried, Refusal};
use crate::world::World;

/// `POST /v2/{order_id}/refund`
pub(crate) fn refund(world: &mut World, id: &str, body: &Value) -> Carried {
    let now_seconds = world.clock.now_seconds();
    let number = world.midtrans.refunds + 1;
    let transaction = world.midtrans.find(id)?;
    let key = body["refund_key"].as_str().map_or_else(|| format!("refund-{number}"), str::to_owned);
    let left_cents = transaction.gross_cents - transaction.refunded_cents();
    let amount_cents = match &body["amount"] {
        Value::Null => left_cents,
        amount => amount_cents(amount)
            .filter(|cents| *cents > 0)
            .ok_or_else(|| Refusal::new("400", "amount must be a positive number"))?,
    };
    if let Some(before) = transaction.refunds.iter().find(|refund| refund.key == key) {
        if !body["amount"].is_null() && before.amount_cents != amount_cents {
            return Err(Refusal::new("406", "The refund_key was used with another amount."));
        }
        return Ok((view(transaction, before), Vec::new()));
    }
    if !matches!(transaction.status, "settlement" | "partial_refund") {
        return Err(Refusal::new("412", "Transaction status cannot be updated."));
    }
    if amount_cents > left_cents {
        return Err(Refusal::new("414", "Refund amount is greater than the remaining transaction amount."));
    }
    let reason = body["reason"].as_str().map(str::to_owned);
    let refund = Refund { number, key, amount_cents, reason, at_seconds: now_seconds };
    transaction.refunds.push(refund.clone());
    transaction.status = if amount_cents == left_cents { "refund" } else { "partial_refund" };
    let transaction = transaction.clone();
    world.midtrans.refunds = number;
    transaction.notify(&mut world.outbox);
    Ok((view(&transaction, &refund), vec![("refund.create", refund.key)]))
}

fn view(transaction: &Transaction, refund: &Refund) -> Value {
    let mut view = transaction.view("200", "Success, refund request is approved");
    if let Value::Object(fields) = &mut view {
        fields.remove("refunds");
        fields.insert("refund_chargeback_id".to_owned(), json!(refund.number));
        fields.insert("refund_amount".to_owned(), json!(amount_text(refund.amount_cents)));
        fields.insert("refund_key".to_owned(), json!(refund.key));
    }
    view
}

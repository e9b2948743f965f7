//! What buyers and banks do: `POST /_control/midtrans/{order_id}/{verb}`.
//!
//! `choose` begins the transaction of a Snap page (`{"payment_type": "qris"}`), which the other
//! verbs do too when it has not begun. `pay` settles, `capture` captures a card,
//! `challenge` captures it with `fraud_status` challenge, `deny` and `expire` end it. Each sends
//! the notification. The answer is the transaction.

use serde::Deserialize;
use serde_json::{Value, json};

use super::charge;
use crate::answer::Answer;
use crate::control::{read, refuse, unknown};
use crate::provider::Provider;
use crate::world::World;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Act {
    payment_type: Option<String>,
}

/// Carries a control request out.
pub(crate) fn control(world: &mut World, path: &[&str], body: &Value) -> Result<Value, Answer> {
    let [order_id, verb] = path else { return Err(unknown()) };
    let act: Act = read(body)?;
    let (status, fraud_status, effect) = match *verb {
        "choose" => ("pending", "accept", "charge.choose"),
        "pay" => ("settlement", "accept", "charge.settle"),
        "capture" => ("capture", "accept", "charge.capture"),
        "challenge" => ("capture", "challenge", "charge.challenge"),
        "deny" => ("deny", "deny", "charge.deny"),
        "expire" => ("expire", "accept", "charge.expire"),
        _ => return Err(unknown()),
    };
    open_page(world, order_id, act.payment_type.as_deref().unwrap_or("qris"));
    let now_seconds = world.clock.now_seconds();
    let transaction = world.midtrans.find(order_id).map_err(|refusal| refuse(404, &refusal.message))?;
    if !matches!(transaction.status, "pending" | "capture") {
        return Err(refuse(409, &format!("the transaction is {}", transaction.status)));
    }
    transaction.status = status;
    transaction.fraud_status = fraud_status;
    if status == "settlement" {
        transaction.settled_at_seconds = Some(now_seconds);
    }
    let transaction = transaction.clone();
    transaction.notify(&mut world.outbox);
    let effects = vec![(effect, transaction.order_id.clone())];
    world.journal.happened(Provider::Midtrans, None, None, effects);
    Ok(transaction.signed("Success, transaction is found"))
}

fn open_page(world: &mut World, order_id: &str, payment_type: &str) {
    if world.midtrans.transactions.contains_key(order_id) {
        return;
    }
    if let Some(page) = world.midtrans.pages.get(order_id).cloned() {
        charge::begin(world, &page.server_key, &page.order, payment_type, &json!({"authentication": true}));
    }
}

//! Snap: a hosted page on which the buyer chooses how to pay.
//!
//! Source: Midtrans' documentation "Snap API".

use serde_json::{Value, json};

use super::charge::{Order, order};
use crate::answer::{Answer, Done};
use crate::world::World;

/// A page that waits for its buyer.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) order: Order,
    pub(crate) server_key: String,
}

/// `POST /snap/v1/transactions`: the transaction itself begins when the buyer chooses.
pub(crate) fn create(world: &mut World, server_key: &str, body: &Value) -> Done {
    let order = match order(body) {
        Ok(order) => order,
        Err(wrong) => return refused(&wrong),
    };
    let midtrans = &mut world.midtrans;
    if midtrans.transactions.contains_key(&order.order_id) || midtrans.pages.contains_key(&order.order_id) {
        return refused(&["transaction_details.order_id has already been taken".to_owned()]);
    }
    let token = format!("00000000-0000-4000-a000-{:012}", midtrans.pages.len() + 1);
    let url = format!("https://app.sandbox.midtrans.com/snap/v4/redirection/{token}");
    let order_id = order.order_id.clone();
    midtrans.pages.insert(order_id.clone(), Page { order, server_key: server_key.to_owned() });
    Done {
        answer: Answer::json(201, &json!({"token": token, "redirect_url": url})),
        effects: vec![("snap.create", order_id)],
        saved: true,
    }
}

fn refused(messages: &[String]) -> Done {
    Done { answer: Answer::json(400, &json!({"error_messages": messages})), effects: Vec::new(), saved: false }
}

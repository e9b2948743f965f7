//! Midtrans: Core API and Snap, with HTTP notifications.
//!
//! Sources: Midtrans' documentation "Core API" (charge, status, cancel, expire, refund, status
//! codes), "Snap API" and "HTTP(S) Notification / Webhooks". As there, the Core API answers with
//! HTTP 200 and tells the result in `status_code`; only a wrong key is an HTTP 401. Snap answers
//! with HTTP statuses and `error_messages`.

mod charge;
pub(crate) mod control;
mod refund;
mod snap;
mod transaction;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::answer::{Answer, Done};
use crate::idempotency::Seen;
use crate::request::Request;
use crate::world::World;

use transaction::Transaction;

/// Everything of Midtrans'.
#[derive(Debug, Default)]
pub(crate) struct Midtrans {
    /// By order id, which the merchant chooses.
    transactions: HashMap<String, Transaction>,
    /// Order ids by transaction id: every path takes either.
    orders: HashMap<String, String>,
    /// Snap pages by order id whose buyer has not chosen how to pay.
    pages: HashMap<String, snap::Page>,
    refunds: u64,
}

/// An error of the Core API.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status_code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    /// An error with one of Midtrans' status codes.
    pub(crate) fn new(status_code: &'static str, message: impl Into<String>) -> Self {
        Self { status_code, message: message.into() }
    }

    fn body(&self, id: &str) -> Value {
        json!({"status_code": self.status_code, "status_message": self.message, "id": id})
    }
}

/// What carrying out came to: the answer's body and what happened.
pub(crate) type Carried = Result<(Value, Vec<(&'static str, String)>), Refusal>;

/// Whether the request carries a server key as the user of basic authentication.
pub(crate) fn authorized(request: &Request) -> bool {
    request.basic_user().is_some_and(|key| key.starts_with("SB-Mid-server-"))
}

/// The answer to an idempotency key that cannot be used for this request.
pub(crate) fn conflict(seen: &Seen) -> Answer {
    let message = match seen {
        Seen::InUse => "A request with the same idempotency key is being processed.",
        _ => "The idempotency key was used with other parameters.",
    };
    Answer::json(200, &Refusal::new("406", message).body(""))
}

/// The answer when a fault rule makes Midtrans fail.
pub(crate) fn failure(status: u16) -> Answer {
    Answer::json(
        status,
        &json!({"status_code": status.to_string(), "status_message": "Sorry, we encountered internal server error. We will fix this soon.", "id": ""}),
    )
}

/// Carries a request out.
pub(crate) fn carry_out(world: &mut World, request: &Request) -> Done {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let Some(server_key) = request.basic_user().filter(|_| authorized(request)) else {
        return refused(unauthorized(path.first() == Some(&"snap")));
    };
    let Ok(body) = body(request) else {
        return refused(Answer::json(
            200,
            &Refusal::new("413", "The request cannot be processed due to malformed syntax in the request body")
                .body(""),
        ));
    };
    if path == ["snap", "v1", "transactions"] && request.method == "POST" {
        return snap::create(world, &server_key, &body);
    }
    let carried = match (request.method.as_str(), &path[..]) {
        ("POST", ["v2", "charge"]) => charge::charge(world, &server_key, &body),
        ("GET", ["v2", order, "status"]) => charge::status(world, order),
        ("POST", ["v2", order, "cancel"]) => charge::cancel(world, order),
        ("POST", ["v2", order, "expire"]) => charge::expire(world, order),
        ("POST", ["v2", order, "refund"] | ["v2", order, "refund", "online", "direct"]) => {
            refund::refund(world, order, &body)
        }
        _ => Err(Refusal::new("404", "The requested resource is not found")),
    };
    match carried {
        Ok((value, effects)) => Done { answer: Answer::json(200, &value), effects, saved: true },
        Err(refusal) => {
            let answer = Answer::json(200, &refusal.body(&format!("{:08}", world.journal.entries.len())));
            Done { answer, effects: Vec::new(), saved: false }
        }
    }
}

fn refused(answer: Answer) -> Done {
    Done { answer, effects: Vec::new(), saved: false }
}

fn unauthorized(snap: bool) -> Answer {
    let message = "Access denied due to unauthorized transaction, please check client or server key";
    let body = if snap { json!({"error_messages": [message]}) } else { Refusal::new("401", message).body("") };
    Answer::json(401, &body)
}

fn body(request: &Request) -> Result<Value, serde_json::Error> {
    if request.body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&request.body) }
}

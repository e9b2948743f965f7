//! Xendit: payment sessions, Payments API v3 and unified refunds.
//!
//! Sources: Xendit's API reference "Create a payment request", "Get payment request", "Create a
//! refund", "Payment webhook notification" and "Refund webhook notification".

pub(crate) mod control;
mod payment;
mod refund;
mod session;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::answer::{Answer, Done};
use crate::clock::iso;
use crate::idempotency::Seen;
use crate::object::Object;
use crate::provider::Provider;
use crate::request::Request;
use crate::webhook::Message;
use crate::world::World;

/// The merchant.
const BUSINESS_ID: &str = "000000000000000000000001";

/// Everything of Xendit's.
#[derive(Debug, Default)]
pub(crate) struct Xendit {
    /// Payment sessions by id.
    sessions: HashMap<String, Object>,
    /// Payment requests by id.
    requests: HashMap<String, Object>,
    /// Refunds by id.
    refunds: HashMap<String, Object>,
    payments: usize,
    events: usize,
}

/// An error: HTTP status, `error_code`, message.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    /// An error.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The answer.
    pub(crate) fn into_answer(self) -> Answer {
        Answer::json(self.status, &json!({"error_code": self.code, "message": self.message, "errors": []}))
    }
}

/// What carrying out came to: HTTP status, body and what happened.
pub(crate) type Carried = Result<(u16, Value, Vec<(&'static str, String)>), Refusal>;

/// Whether the request carries a test key as the user of basic authentication.
pub(crate) fn authorized(request: &Request) -> bool {
    request.basic_user().is_some_and(|key| key.starts_with("xnd_development_"))
}

/// The answer to an idempotency key that cannot be used for this request.
pub(crate) fn conflict(seen: &Seen) -> Answer {
    let message = match seen {
        Seen::InUse => "A request with the same idempotency key is being processed.",
        _ => "Idempotency key has been used with a different request.",
    };
    Refusal::new(409, "DUPLICATE_ERROR", message).into_answer()
}

/// The answer when a fault rule makes Xendit fail.
pub(crate) fn failure(status: u16) -> Answer {
    let code = if status == 429 { "RATE_LIMIT_EXCEEDED" } else { "SERVER_ERROR" };
    Refusal::new(status, code, "Something went wrong, please try again later.").into_answer()
}

/// Carries a request out.
pub(crate) fn carry_out(world: &mut World, request: &Request) -> Done {
    let result = if authorized(request) {
        route(world, request)
    } else {
        Err(Refusal::new(401, "INVALID_API_KEY", "The API key provided is invalid."))
    };
    match result {
        Ok((status, value, effects)) => Done { answer: Answer::json(status, &value), effects, saved: true },
        Err(refusal) => Done { answer: refusal.into_answer(), effects: Vec::new(), saved: false },
    }
}

fn route(world: &mut World, request: &Request) -> Carried {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), &path[..]) {
        ("POST", ["sessions"]) => session::create(world, &body(request)?),
        ("GET", ["sessions", id]) => read(&world.xendit.sessions, id),
        ("POST", ["v3", "payment_requests"]) => payment::create(world, &body(request)?),
        ("GET", ["v3", "payment_requests", id]) => read(&world.xendit.requests, id),
        ("POST", ["v3", "payment_requests", id, "cancel"]) => payment::cancel(world, id),
        ("POST", ["refunds"]) => refund::create(world, &body(request)?),
        ("GET", ["refunds"]) => refund::list(world, &request.query),
        ("GET", ["refunds", id]) => read(&world.xendit.refunds, id),
        _ => Err(Refusal::new(404, "NOT_FOUND", "There is no such path.")),
    }
}

fn body(request: &Request) -> Result<Value, Refusal> {
    serde_json::from_slice(&request.body)
        .map_err(|_| Refusal::new(400, "API_VALIDATION_ERROR", "The request body is not valid JSON."))
}

fn read(objects: &HashMap<String, Object>, id: &str) -> Carried {
    let object = objects.get(id).ok_or_else(|| not_found(id))?;
    Ok((200, object.value(), Vec::new()))
}

/// There is no such object.
pub(crate) fn not_found(id: &str) -> Refusal {
    Refusal::new(404, "DATA_NOT_FOUND", format!("Could not find {id}."))
}

/// Sends a webhook.
pub(crate) fn notify(world: &mut World, event: &str, data: &Value) {
    world.xendit.events += 1;
    let body = json!({
        "event": event,
        "business_id": BUSINESS_ID,
        "created": iso(world.clock.now_seconds()),
        "api_version": "v3",
        "data": data,
    });
    world.outbox.push(&Message {
        provider: Provider::Xendit,
        event: format!("webhook-{:012}", world.ids_after + world.xendit.events),
        kind: event.to_owned(),
        body: body.to_string(),
    });
}

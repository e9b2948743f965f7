//! The control API, `/_control`, for whoever runs the tests. JSON in and out, no credential.
//!
//! | Request | Effect |
//! | --- | --- |
//! | `GET /_control` | how many requests, effects and deliveries there are |
//! | `POST /_control/reset` | forgets everything: objects, keys, rules, targets, time |
//! | `POST /_control/clock` | `{"advance_seconds": 3600}` sets the fake's time forward |
//! | `POST /_control/webhooks/{provider}` | `{"url", "secret"}`: where webhooks go to |
//! | `POST /_control/webhooks/{provider}/rules` | `{"hold", "duplicates", "lose_every"}` |
//! | `POST /_control/webhooks/retries` | `{"delays_ms": […], "timeout_ms", "parallel"}` |
//! | `POST /_control/webhooks/release` | `{"provider", "order": "given" or "reversed" or "random", "seed", "deliveries": [ids]}` |
//! | `POST /_control/webhooks/resend` | `{"delivery": id}` |
//! | `GET /_control/deliveries` | every delivery with state, attempts and body |
//! | `POST`, `GET`, `DELETE /_control/faults` | fault rules |
//! | `GET /_control/requests` | every request with idempotency key and outcome |
//! | `GET /_control/effects?kind=…&idempotency_key=…` | what really happened, and how often |
//! | `POST /_control/{provider}/…` | buyers and banks: see each provider's `control` module |
//!
//! A control request that cannot be carried out is answered with 400, 404 or 409 and
//! `{"error": …}`; then nothing has changed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::fault::Rule;
use crate::provider::Provider;
use crate::request::Request;
use crate::webhook::{Order, Retries, Rules, Target};
use crate::world::World;
use crate::{midtrans, stripe, xendit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    provider: Option<Provider>,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    seed: u64,
    deliveries: Option<Vec<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resend {
    delivery: u64,
}

/// Answers a control request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    stripe::pass_time(world);
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let result = match request.method.as_str() {
        "GET" => get(world, &path, &request.query),
        "POST" => body(request).and_then(|body| post(world, &path, &body)),
        "DELETE" if path == ["faults"] => {
            world.faults.rules.clear();
            Ok(json!({}))
        }
        _ => Err(unknown()),
    };
    result.map_or_else(|answer| answer, |value| Answer::json(200, &value))
}

/// An error answer of the control API.
pub(crate) fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"error": message}))
}

/// There is no such control request.
pub(crate) fn unknown() -> Answer {
    refuse(404, "there is no such control request")
}

/// Reads a control request's body.
pub(crate) fn read<T: DeserializeOwned>(body: &Value) -> Result<T, Answer> {
    T::deserialize(body).map_err(|error| refuse(400, &error.to_string()))
}

fn body(request: &Request) -> Result<Value, Answer> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|error| refuse(400, &error.to_string()))
}

fn get(world: &World, path: &[&str], query: &str) -> Result<Value, Answer> {
    match path {
        [] => Ok(json!({
            "requests": world.journal.entries.len(),
            "effects": world.journal.effects.len(),
            "deliveries": world.outbox.deliveries.len(),
        })),
        ["deliveries"] => Ok(json!({"deliveries": world.outbox.deliveries})),
        ["faults"] => Ok(json!({"faults": world.faults.rules})),
        ["requests"] => Ok(json!({"requests": world.journal.entries})),
        ["effects"] => Ok(effects(world, query)),
        _ => Err(unknown()),
    }
}

fn effects(world: &World, query: &str) -> Value {
    let wanted: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let effects: Vec<_> = world
        .journal
        .effects
        .iter()
        .filter(|effect| wanted.get("kind").is_none_or(|kind| effect.kind == kind))
        .filter(|effect| {
            wanted.get("idempotency_key").is_none_or(|key| effect.idempotency_key.as_deref() == Some(key.as_ref()))
        })
        .collect();
    json!({"count": effects.len(), "effects": effects})
}

fn post(world: &mut World, path: &[&str], body: &Value) -> Result<Value, Answer> {
    match path {
        ["reset"] => {
            let generation = world.outbox.generation + 1;
            *world = World::with_ids_after(world.ids_after);
            world.outbox.generation = generation;
            Ok(json!({}))
        }
        ["clock"] => {
            world.clock.ahead_seconds += i64::from(read::<Advance>(body)?.advance_seconds);
            stripe::pass_time(world);
            Ok(json!({"now_seconds": world.clock.now_seconds()}))
        }
        ["faults"] => {
            let rule: Rule = read(body)?;
            rule.check().map_err(|message| refuse(400, &message))?;
            world.faults.rules.push(rule);
            Ok(json!({"faults": world.faults.rules}))
        }
        ["webhooks", rest @ ..] => webhooks(world, rest, body),
        ["stripe", rest @ ..] => stripe::control::control(world, rest, body),
        ["midtrans", rest @ ..] => midtrans::control::control(world, rest, body),
        ["xendit", rest @ ..] => xendit::control::control(world, rest, body),
        _ => Err(unknown()),
    }
}

fn webhooks(world: &mut World, path: &[&str], body: &Value) -> Result<Value, Answer> {
    match path {
        ["retries"] => world.outbox.retries = read::<Retries>(body)?,
        ["release"] => {
            let Release { provider, order, seed, deliveries } = read(body)?;
            let released = world.outbox.release(provider, order, seed, deliveries.as_deref());
            return Ok(json!({"released": released}));
        }
        ["resend"] => {
            if !world.outbox.resend(read::<Resend>(body)?.delivery) {
                return Err(refuse(409, "there is no such delivery, or it is on its way"));
            }
        }
        [word, rest @ ..] => {
            let provider = Provider::from_word(word).ok_or_else(unknown)?;
            match rest {
                [] => {
                    let target: Target = read(body)?;
                    world.outbox.targets.insert(provider, target);
                }
                ["rules"] => {
                    let rules: Rules = read(body)?;
                    world.outbox.rules.insert(provider, rules);
                }
                _ => return Err(unknown()),
            }
        }
        [] => return Err(unknown()),
    }
    Ok(body.clone())
}

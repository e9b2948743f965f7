//! What buyers and channels do: `/_control/xendit/…`.
//!
//! `POST sessions/{id}/{pay, fail, expire}`, `POST payment_requests/{id}/{pay, fail, expire, cancel}`,
//! `POST refunds/{id}/{succeed, fail}`; failing takes `{"failure_code": "INSUFFICIENT_BALANCE"}`. The answer is the object.

use serde::Deserialize;
use serde_json::Value;

use super::{Refusal, notify, payment, refund, session};
use crate::answer::Answer;
use crate::control::{read, unknown};
use crate::provider::Provider;
use crate::world::World;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Act {
    failure_code: Option<String>,
}

/// Carries a control request out.
pub(crate) fn control(world: &mut World, path: &[&str], body: &Value) -> Result<Value, Answer> {
    let act: Act = read(body)?;
    let failure_code = act.failure_code.as_deref();
    let (effect, id, result) = match path {
        ["sessions", id, "pay"] => ("payment_session.pay", id, session::attempt(world, id, None)),
        ["sessions", id, "fail"] => {
            let code = failure_code.unwrap_or("INSUFFICIENT_BALANCE");
            ("payment_session.fail", id, session::attempt(world, id, Some(code)))
        }
        ["sessions", id, "expire"] => ("payment_session.expire", id, session::expire(world, id)),
        ["payment_requests", id, "pay"] => ("payment.capture", id, payment::finish(world, id, None)),
        ["payment_requests", id, "fail"] => {
            let code = failure_code.unwrap_or("INSUFFICIENT_BALANCE");
            ("payment.fail", id, payment::finish(world, id, Some(code)))
        }
        ["payment_requests", id, "expire"] => ("payment_request.expire", id, expire(world, id)),
        ["payment_requests", id, "cancel"] => {
            ("payment_request.cancel", id, payment::leave(world, id, "CANCELED", None))
        }
        ["refunds", id, "succeed"] => ("refund.succeed", id, refund::finish(world, id, None)),
        ["refunds", id, "fail"] => {
            let code = failure_code.unwrap_or("REFUND_FAILED");
            ("refund.fail", id, refund::finish(world, id, Some(code)))
        }
        _ => return Err(unknown()),
    };
    let value = result.map_err(Refusal::into_answer)?;
    world.journal.happened(Provider::Xendit, None, None, vec![(effect, (*id).to_owned())]);
    Ok(value)
}

fn expire(world: &mut World, id: &str) -> Result<Value, Refusal> {
    let value = payment::leave(world, id, "EXPIRED", None)?;
    notify(world, "payment_request.expiry", &value);
    Ok(value)
}

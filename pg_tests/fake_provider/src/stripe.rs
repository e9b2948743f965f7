//! Stripe: PaymentIntents, Checkout Sessions, refunds, disputes, saved methods, connected
//! accounts, payouts and events.
//!
//! Sources: Stripe's API reference, and the fields that the official Python SDK declares for
//! each object in the version of [`API_VERSION`]. Parameters that the fake does not know are
//! refused like those that Stripe does not know, so that nothing is left out in silence.

mod account;
mod attempt;
mod charge;
pub(crate) mod control;
mod customer;
mod desk;
mod dispute;
mod event;
mod expand;
mod form;
mod intent;
mod line_item;
mod list;
mod money;
mod parameters;
mod payment_method;
mod payout;
mod problem;
mod refund;
mod route;
mod session;
mod setup_intent;
mod store;
mod terms;
mod transfer;

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Done};
use crate::idempotency::Seen;
use crate::request::Request;
use crate::world::World;

use desk::{Cause, Desk};
use parameters::Parameters;
use payment_method::Behaviour;
use problem::Problem;
use store::{Kind, Store};

/// The version whose objects these are.
pub(crate) const API_VERSION: &str = "2026-10-28.endive";

/// What the control API sets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// New refunds stay pending until the control API finishes them.
    pub(crate) refunds_pending: bool,
}

/// Everything of Stripe's.
#[derive(Debug, Default)]
pub(crate) struct Stripe {
    store: Store,
    settings: Settings,
    behaviours: HashMap<String, Behaviour>,
    line_items: HashMap<String, Vec<Value>>,
    /// The terms of payment of Checkout Sessions, for the PaymentIntent to come.
    terms: HashMap<String, Value>,
    session_of_intent: HashMap<String, String>,
    /// How many links to onboardings were made.
    links: u64,
    /// Open Checkout Sessions by when they expire.
    open_sessions: BTreeSet<(i64, String)>,
}

impl Stripe {
    /// Nothing yet; ids come after so many others.
    pub(crate) fn with_ids_after(ids_after: usize) -> Self {
        Self { store: Store::with_ids_after(ids_after), ..Self::default() }
    }

    /// An event's webhook was acknowledged.
    pub(crate) fn delivered(&mut self, event: &str) {
        if let Some(event) = self.store.any_mut(event) {
            event.change(json!({"pending_webhooks": 0}));
        }
    }
}

/// Whether the request carries a test key, as bearer token or user of basic authentication.
pub(crate) fn authorized(request: &Request) -> bool {
    request.credential().is_some_and(|key| key.starts_with("sk_test_") || key.starts_with("rk_test_"))
}

/// The answer to a key that cannot be used for this request.
pub(crate) fn conflict(key: &str, request: &Request, seen: &Seen) -> Answer {
    let problem = match seen {
        Seen::InUse => Problem::key_in_use(key),
        Seen::OtherPath(path) => Problem::key_reused(format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{path}' \
             vs '{}'). Try using a key other than '{key}' if you meant to execute a different request.",
            request.path
        )),
        _ => Problem::key_reused(format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        )),
    };
    finish(problem.into_answer(), request, None)
}

/// The answer when a fault rule makes Stripe fail.
pub(crate) fn failure(status: u16) -> Answer {
    Problem::failure(status).into_answer()
}

/// Carries a request out.
pub(crate) fn carry_out(world: &mut World, number: u64, request: &Request) -> Done {
    let request_id = format!("req_{number:014}");
    if !authorized(request) {
        let answer = Problem::no_key(request.credential().as_deref()).into_answer();
        return Done { answer: finish(answer, request, Some(&request_id)), effects: Vec::new(), saved: false };
    }
    let account = Some(request.header("stripe-account").to_owned()).filter(|account| !account.is_empty());
    let cause = Cause { request_id: Some(request_id.clone()), idempotency_key: request.idempotency_key() };
    let mut desk = Desk::new(world, account, cause);
    let result = access(&desk).and_then(|()| perform(&mut desk, request));
    let effects = desk.effects;
    let (answer, saved) = match result {
        Ok(value) => (Answer::json(200, &value), true),
        // What changed something is kept whatever the answer is.
        Err(problem) => {
            let saved = problem.saved || !effects.is_empty();
            (problem.into_answer(), saved)
        }
    };
    Done { answer: finish(answer, request, Some(&request_id)), effects, saved }
}

fn access(desk: &Desk<'_>) -> Result<(), Problem> {
    match &desk.account {
        Some(account) if desk.stripe.store.get(Kind::Account, None, account).is_none() => {
            Err(Problem::no_access(account))
        }
        _ => Ok(()),
    }
}

fn perform(desk: &mut Desk<'_>, request: &Request) -> Result<Value, Problem> {
    let text = if request.method == "GET" { request.query.as_bytes() } else { &request.body[..] };
    let parameters = Parameters::new(text);
    let mut value = route::route(desk, request, &parameters)?;
    expand::expand(&desk.stripe.store, &parameters, &mut value)?;
    Ok(value)
}

fn finish(answer: Answer, request: &Request, request_id: Option<&str>) -> Answer {
    let version = match request.header("stripe-version") {
        "" => API_VERSION,
        version => version,
    };
    answer
        .with("Request-Id", request_id.unwrap_or_default())
        .with("Stripe-Version", version)
        .with("Stripe-Account", request.header("stripe-account"))
        .with("Idempotency-Key", request.header("idempotency-key"))
}

/// Lets happen what time brings: Checkout Sessions expire.
pub(crate) fn pass_time(world: &mut World) {
    let now_seconds = world.clock.now_seconds();
    while world.stripe.open_sessions.first().is_some_and(|(expires_at, _)| *expires_at <= now_seconds) {
        let Some((_, id)) = world.stripe.open_sessions.pop_first() else { return };
        let account = world.stripe.store.owner(&id).flatten();
        let mut desk = Desk::new(world, account, Cause::default());
        // An open session can always be expired.
        let _ = session::expire(&mut desk, &id);
        let effects = desk.effects;
        world.journal.happened(crate::provider::Provider::Stripe, None, None, effects);
    }
}

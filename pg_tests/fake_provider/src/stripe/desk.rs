//! What a request of one account works with: objects, events, effects.

use serde_json::{Value, json};

use super::problem::Problem;
use super::store::Kind;
use super::{API_VERSION, Stripe};
use crate::object::Object;
use crate::provider::Provider;
use crate::webhook::{Message, Outbox};
use crate::world::World;

/// The request that events name as their cause; empty for what the control API or time does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause {
    /// `req_…`.
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

/// One account's view of the state while a request is carried out.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) stripe: &'a mut Stripe,
    outbox: &'a mut Outbox,
    /// The connected account; none is the platform.
    pub(crate) account: Option<String>,
    cause: Cause,
    pub(crate) now_seconds: i64,
    /// What really happened.
    pub(crate) effects: Vec<(&'static str, String)>,
}

impl<'a> Desk<'a> {
    /// A desk for an account.
    pub(crate) fn new(world: &'a mut World, account: Option<String>, cause: Cause) -> Self {
        Self {
            now_seconds: world.clock.now_seconds(),
            stripe: &mut world.stripe,
            outbox: &mut world.outbox,
            account,
            cause,
            effects: Vec::new(),
        }
    }

    /// Makes an object; `id` and `object` are put in.
    pub(crate) fn make(&mut self, kind: Kind, fields: Value) -> String {
        self.make_for(kind, self.account.clone(), fields)
    }

    /// Makes an object of another account.
    pub(crate) fn make_for(&mut self, kind: Kind, account: Option<String>, fields: Value) -> String {
        let id = self.stripe.store.next_id(kind);
        let mut object = Object::new(fields);
        object.change(json!({"id": id, "object": kind.word()}));
        self.stripe.store.insert(kind, account, &id, object);
        id
    }

    /// The object that the path names.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Result<Object, Problem> {
        self.stripe
            .store
            .get(kind, self.account.as_deref(), id)
            .cloned()
            .ok_or_else(|| Problem::no_such(kind.word(), id, None))
    }

    /// The object that a parameter names.
    pub(crate) fn named(&self, kind: Kind, id: &str, param: &str) -> Result<Object, Problem> {
        self.find(kind, id).map_err(|_| Problem::no_such(kind.word(), id, Some(param)))
    }

    /// An object that other objects name; empty when there is none.
    pub(crate) fn object(&self, id: &str) -> Object {
        self.stripe.store.any(id).cloned().unwrap_or_else(|| Object::new(json!({})))
    }

    /// An object as it goes over the wire.
    pub(crate) fn view(&self, id: &str) -> Value {
        self.object(id).value()
    }

    /// Replaces fields of an object.
    pub(crate) fn change(&mut self, id: &str, changes: Value) {
        if let Some(object) = self.stripe.store.any_mut(id) {
            object.change(changes);
        }
    }

    /// Writes down that something really happened.
    pub(crate) fn effect(&mut self, kind: &'static str, id: &str) {
        self.effects.push((kind, id.to_owned()));
    }

    /// Makes an event about an object as it is now, and hands it to the outbox.
    pub(crate) fn emit(&mut self, event_type: &str, id: &str) {
        let mut event = json!({
            "api_version": API_VERSION,
            "created": self.now_seconds,
            "data": {"object": self.view(id)},
            "livemode": false,
            "pending_webhooks": i64::from(self.outbox.targets.contains_key(&Provider::Stripe)),
            "request": {"id": self.cause.request_id, "idempotency_key": self.cause.idempotency_key},
            "type": event_type,
        });
        if let (Some(account), Value::Object(fields)) = (&self.account, &mut event) {
            fields.insert("account".to_owned(), json!(account));
        }
        let event_id = self.make(Kind::Event, event);
        let body = self.view(&event_id).to_string();
        self.outbox.push(&Message { provider: Provider::Stripe, event: event_id, kind: event_type.to_owned(), body });
    }
}

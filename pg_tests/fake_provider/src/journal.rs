//! What was asked of the fake and what really happened, so that a test can say "carried out once".

use serde::Serialize;

use crate::provider::Provider;
use crate::request::Request;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Not done yet.
    InProgress,
    /// Carried out, also when no answer was sent; what was only read counts too.
    CarriedOut,
    /// The saved answer of an earlier request with the same key.
    Replayed,
    /// Answered with an error: nothing happened but what `effects` says.
    Refused,
    /// A fault rule kept it from being carried out.
    Prevented,
}

/// A request that came in.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    /// Counts from 1.
    pub(crate) number: u64,
    provider: Provider,
    method: String,
    path: String,
    query: String,
    idempotency_key: Option<String>,
    /// The `Stripe-Account` header.
    account: Option<String>,
    body: String,
    outcome: Outcome,
    /// The status that was sent; null when the connection was dropped.
    status: Option<u16>,
}

/// Something that really happened.
#[derive(Debug, Serialize)]
pub(crate) struct Effect {
    /// Such as `refund.create`.
    pub(crate) kind: &'static str,
    provider: Provider,
    /// The object's id.
    object: String,
    /// The request that did it; null for what the control API or time did.
    request: Option<u64>,
    pub(crate) idempotency_key: Option<String>,
}

/// Requests and effects since the start or the last reset.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) entries: Vec<Entry>,
    pub(crate) effects: Vec<Effect>,
}

impl Journal {
    /// Writes a request down; gives its number.
    pub(crate) fn receive(&mut self, provider: Provider, request: &Request) -> u64 {
        let number = self.entries.len() as u64 + 1;
        self.entries.push(Entry {
            number,
            provider,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            idempotency_key: request.idempotency_key(),
            account: Some(request.header("stripe-account").to_owned()).filter(|account| !account.is_empty()),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            outcome: Outcome::InProgress,
            status: None,
        });
        number
    }

    /// Says what became of it.
    pub(crate) fn conclude(&mut self, number: u64, outcome: Outcome, status: Option<u16>) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.number == number) {
            entry.outcome = outcome;
            entry.status = status;
        }
    }

    /// Writes down what a request, or the control API, did.
    pub(crate) fn happened(
        &mut self,
        provider: Provider,
        request: Option<u64>,
        idempotency_key: Option<&str>,
        effects: Vec<(&'static str, String)>,
    ) {
        let key = idempotency_key.map(str::to_owned);
        self.effects.extend(effects.into_iter().map(|(kind, object)| Effect {
            kind,
            provider,
            object,
            request,
            idempotency_key: key.clone(),
        }));
    }
}

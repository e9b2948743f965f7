//! Idempotency keys: the first answer is kept and given again.
//!
//! Source: Stripe's documentation "Idempotent requests". Midtrans (`POST /v2/charge`) and Xendit
//! (`POST /v3/payment_requests`, `POST /refunds`) know the same header with less to it.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::provider::Provider;
use crate::request::Request;

/// Whose key it is: keys of different accounts have nothing to do with each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    provider: Provider,
    account: String,
    key: String,
}

#[derive(Debug)]
struct Kept {
    path: String,
    body: String,
    answer: Option<Answer>,
}

/// What a key says about a request.
#[derive(Debug)]
pub(crate) enum Seen {
    /// It is the first one with this key, or has none: carry it out.
    First,
    /// It was answered before.
    Before(Answer),
    /// Another request with this key is being carried out.
    InUse,
    /// The key was used for this other path.
    OtherPath(String),
    /// The key was used with other parameters.
    OtherParameters,
}

/// All keys.
#[derive(Debug, Default)]
pub(crate) struct Idempotency {
    kept: HashMap<Scope, Kept>,
}

impl Scope {
    /// The scope of a request; none when the provider takes no key there.
    pub(crate) fn of(provider: Provider, request: &Request) -> Option<Self> {
        let takes_key = match provider {
            Provider::Stripe => request.method == "POST",
            Provider::Xendit => request.method == "POST" && request.path != "/sessions",
            Provider::Midtrans => request.method == "POST" && request.path == "/v2/charge",
        };
        let key = request.idempotency_key().filter(|_| takes_key)?;
        let account = match request.header("stripe-account") {
            "" => request.credential().unwrap_or_default(),
            account => account.to_owned(),
        };
        Some(Self { provider, account, key })
    }

    /// The key itself.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

impl Idempotency {
    /// Looks the key up; a first request holds it until [`Self::keep`] or [`Self::release`].
    pub(crate) fn begin(&mut self, scope: &Scope, request: &Request) -> Seen {
        let body = HEXLOWER.encode(&Sha256::digest(&request.body));
        let Some(kept) = self.kept.get(scope) else {
            self.kept.insert(scope.clone(), Kept { path: request.path.clone(), body, answer: None });
            return Seen::First;
        };
        if kept.path != request.path {
            return Seen::OtherPath(kept.path.clone());
        }
        if kept.body != body {
            return Seen::OtherParameters;
        }
        kept.answer.clone().map_or(Seen::InUse, Seen::Before)
    }

    /// Keeps the answer.
    pub(crate) fn keep(&mut self, scope: &Scope, answer: &Answer) {
        if let Some(kept) = self.kept.get_mut(scope) {
            kept.answer = Some(answer.clone());
        }
    }

    /// Forgets the key: nothing was carried out.
    pub(crate) fn release(&mut self, scope: &Scope) {
        self.kept.remove(scope);
    }
}

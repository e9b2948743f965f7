//! One delivery of one event.

use serde::Serialize;
use tokio::time::Instant;

use crate::provider::Provider;

/// What a provider has to say.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) provider: Provider,
    /// The event's id; for Midtrans, which has none, the transaction's.
    pub(crate) event: String,
    /// Such as `payment_intent.succeeded`.
    pub(crate) kind: String,
    /// The raw body, exactly as it is signed and sent.
    pub(crate) body: String,
}

/// Where a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Held back by the rules.
    Held,
    /// To be sent as soon as it is its turn.
    Waiting,
    /// On its way.
    Sending,
    /// Answered with 2xx.
    Delivered,
    /// Lost by the rules; never sent.
    Lost,
    /// Every attempt failed.
    GivenUp,
    /// The provider has no target.
    Unaddressed,
}

/// An attempt to deliver.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Attempt {
    /// When, in seconds since the epoch.
    pub(crate) at_seconds: i64,
    /// The status it was answered with; null when there was no answer.
    pub(crate) status: Option<u16>,
    /// Why there was no answer.
    pub(crate) error: Option<String>,
}

/// A delivery.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Delivery {
    /// Counts from 1, in the order of the events.
    pub(crate) id: u64,
    pub(crate) provider: Provider,
    pub(crate) event: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// 0 for the delivery itself, from 1 for its doubles.
    pub(crate) copy: u64,
    pub(crate) state: State,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) body: String,
    /// Whose turn is next.
    #[serde(skip)]
    pub(crate) turn: u64,
    /// Not before.
    #[serde(skip)]
    pub(crate) due: Option<Instant>,
}

//! Everything the fake knows, behind one mutex.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::fault::Faults;
use crate::idempotency::Idempotency;
use crate::journal::Journal;
use crate::midtrans::Midtrans;
use crate::stripe::Stripe;
use crate::webhook::Outbox;
use crate::xendit::Xendit;

/// The state. A reset puts a fresh one in its place.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) idempotency: Idempotency,
    pub(crate) journal: Journal,
    pub(crate) outbox: Outbox,
    pub(crate) stripe: Stripe,
    pub(crate) midtrans: Midtrans,
    pub(crate) xendit: Xendit,
}

/// The state as tasks share it.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    world: Mutex<World>,
    /// Told when there may be a webhook to send.
    pub(crate) wake: Notify,
}

impl Shared {
    /// The state. A task that panicked left it whole enough for a fake.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
    /// How many objects of each kind are counted as made before the first.
    pub(crate) ids_after: usize,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) idempotency: Idempotency,
    pub(crate) journal: Journal,
    pub(crate) outbox: Outbox,
    pub(crate) stripe: Stripe,
    pub(crate) midtrans: Midtrans,
    pub(crate) xendit: Xendit,
}

impl World {
    /// An empty world whose ids come after so many others.
    pub(crate) fn with_ids_after(ids_after: usize) -> Self {
        Self { ids_after, stripe: Stripe::with_ids_after(ids_after), ..Self::default() }
    }
}

/// The state as tasks share it.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    /// Told when there may be a webhook to send.
    pub(crate) wake: Notify,
}

impl Shared {
    /// An empty world, to be shared.
    pub(crate) fn of(world: World) -> Self {
        Self { world: Mutex::new(world), wake: Notify::new() }
    }

    /// The state. A task that panicked left it whole enough for a fake.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Webhooks: deliveries, their order, loss and doubling, and the sending.
//!
//! A delivery waits in the [`Outbox`] until it is its turn; [`deliver`] sends one after the other
//! and tries again, like the providers, until it is answered with 2xx. Headers are made anew for
//! each attempt: Stripe's signature carries the time of the attempt.

mod delivery;
mod outbox;
mod sender;
mod signature;

pub(crate) use delivery::{Attempt, Delivery, Message, State};
pub(crate) use outbox::{Order, Outbox, Retries, Rules, Target};
pub(crate) use sender::deliver;
pub(crate) use signature::midtrans_signature;

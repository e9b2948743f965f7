//! Calling an event off: what is asked, what is told, and when a refund that failed is tried again.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::{Error, Result};

/// Orders that one round pays back at most: each is a subtransaction, and Postgres keeps 64 of them at
/// hand before every other snapshot becomes dearer.
pub const ORDERS_MAX: i64 = 60;
/// The longest pause before a failed refund is tried again by itself, in minutes.
const RETRY_MINUTES_MAX: i64 = 60;

words! {
    /// How far a cancelled event is paid back.
    pub enum CancellationState {
        /// Orders are waiting to be paid back, or holds to be ended.
        Refunding => "refunding",
        /// Nothing is left but orders that could not be paid back so far.
        Failed => "failed",
        /// Everything is paid back.
        Finished => "finished",
    }
}

requests! {
    /// Calls an event off for good. At once nothing is sold, held or admitted there; open holds end,
    /// unpaid orders are cancelled, and paid ones are paid back in full, in the background. An order whose
    /// payment is disputed, or was lost in a dispute, is not paid back a second time: it stays among the
    /// failures, for people to settle with the payer's bank and with those who share the order.
    pub struct EventCancel {
        /// The event.
        pub event_id: Uuid,
        /// Why; recorded with every refund. 1 to 500 characters.
        pub reason: String,
        /// Whether venue and platform keep their fees, with the tax that these bear, so that prices and
        /// their taxes alone go back; `false` when absent.
        pub keep_fees: Option<bool>,
    }

    /// Reads how far a cancelled event is paid back.
    pub struct EventCancellation {
        /// The event.
        pub event_id: Uuid,
    }

    /// Pays the next orders of a cancelled event back, as background work does by itself.
    pub struct EventRefundBatch {
        /// The event.
        pub event_id: Uuid,
        /// How many orders at most, 1 to 60; 60 when absent.
        pub orders_max: Option<i64>,
        /// Whether orders that could not be paid back are tried again now; `false` when absent.
        pub retry_failed: Option<bool>,
    }
}

answers! {
    /// An order that could not be paid back so far.
    pub struct CancellationFailure {
        /// The order.
        pub order_id: Uuid,
        /// Its number for people.
        pub order_number: String,
        /// How often it was tried.
        pub attempts: i32,
        /// The error's name, or the SQLSTATE of one that is not admit's.
        pub error: String,
        /// What went wrong.
        pub detail: String,
        /// When it was tried last.
        pub tried_at: Timestamp,
        /// When it is tried again by itself.
        pub retry_at: Timestamp,
    }

    /// How far a cancelled event is paid back.
    pub struct CancellationView {
        /// The event.
        pub event_id: Uuid,
        /// Why it was called off.
        pub reason: String,
        /// Whether venue and platform keep their fees.
        pub keep_fees: bool,
        /// Where it is: refunding, failed or finished.
        pub state: String,
        /// When it was called off.
        pub cancelled_at: Timestamp,
        /// When everything was paid back.
        pub finished_at: Option<Timestamp>,
        /// Open holds and unpaid orders that are still to be ended.
        pub holds_left: i64,
        /// Orders that the cancellation has paid back.
        pub orders_refunded: i64,
        /// Paid orders that are waiting.
        pub orders_left: i64,
        /// Paid orders that could not be paid back so far.
        pub orders_failed: i64,
        /// What the cancellation has paid back, in minor units.
        pub refunded_cents: i64,
        /// What buyers have paid for the orders that wait or failed, less earlier refunds, in minor units.
        pub left_cents: i64,
        /// The event's currency.
        pub currency: String,
        /// The first 100 of the orders that could not be paid back, the oldest failure first.
        pub failures: Vec<CancellationFailure>,
    }
}

impl EventRefundBatch {
    /// How many orders are asked for.
    ///
    /// # Errors
    /// `invalid_request` when it is out of bounds.
    pub fn orders(&self) -> Result<i64> {
        let orders = self.orders_max.unwrap_or(ORDERS_MAX);
        if (1..=ORDERS_MAX).contains(&orders) {
            return Ok(orders);
        }
        Err(Error::invalid(format!("orders_max must be between 1 and {ORDERS_MAX}")))
    }
}

/// Where a cancellation with so much left is.
pub fn cancellation_state(finished: bool, holds_left: i64, orders_left: i64) -> CancellationState {
    match (finished, holds_left + orders_left) {
        (true, _) => CancellationState::Finished,
        (false, 0) => CancellationState::Failed,
        (false, _) => CancellationState::Refunding,
    }
}

/// When a refund that failed so many times is tried again: after 1, 4, 9 … minutes, an hour at most.
pub fn retry_at(now: Timestamp, attempts: i32) -> Timestamp {
    let attempts = i64::from(attempts.max(1));
    now + SignedDuration::from_mins(attempts.saturating_mul(attempts).min(RETRY_MINUTES_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let minutes = |attempts| retry_at(Timestamp::UNIX_EPOCH, attempts).as_second() / 60;
        assert_eq!([0, 1, 2, 3, 7, 8, i32::MAX].map(minutes), [1, 1, 4, 9, 49, 60, 60]);
    }

    #[test]
    fn a_batch_is_bounded() {
        let batch = |orders_max| EventRefundBatch { event_id: Uuid::nil(), orders_max, retry_failed: None };
        assert_eq!(batch(None).orders(), Ok(ORDERS_MAX));
        assert_eq!(batch(Some(1)).orders(), Ok(1));
        assert!(batch(Some(0)).orders().is_err());
        assert!(batch(Some(ORDERS_MAX + 1)).orders().is_err());
    }

    #[test]
    fn only_failures_left_is_failed_until_they_are_paid_back() {
        assert_eq!(cancellation_state(false, 0, 1), CancellationState::Refunding);
        assert_eq!(cancellation_state(false, 1, 0), CancellationState::Refunding);
        assert_eq!(cancellation_state(false, 0, 0), CancellationState::Failed);
        assert_eq!(cancellation_state(true, 0, 0), CancellationState::Finished);
    }
}

//! The waiting room of an on-sale: buyers queue, and so many a minute are let in.
//!
//! Whoever joins before it opens is drawn by lot, whoever joins later comes in the order of arrival.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests, words};
use crate::{Error, Result};

words! {
    /// Where a buyer is in the queue.
    pub enum QueueState {
        /// There is no waiting room: buy.
        Off => "off",
        /// Waiting.
        Waiting => "waiting",
        /// Let in until a time.
        Admitted => "admitted",
        /// Let in, but too long ago: join again.
        Expired => "expired",
    }
}

requests! {
    /// Opens, changes or closes an event's waiting room.
    pub struct WaitingRoomConfigure {
        /// The event.
        pub event_id: Uuid,
        /// How many buyers are let in a minute, 1 to 1,000,000; no waiting room when absent.
        pub admit_per_minute: Option<i32>,
        /// When the first are let in; at once when absent.
        pub opens_at: Option<Timestamp>,
        /// How long a buyer who was let in may buy, in seconds, 60 to 86,400; 900 when absent.
        pub pass_seconds: Option<i32>,
    }

    /// Joins an event's waiting room, or reads the place that the caller's wallet has in it.
    pub struct WaitingRoomJoin {
        /// The event.
        pub event_id: Uuid,
    }

    /// Reads the place of the caller's wallet in an event's waiting room.
    pub struct WaitingRoomGet {
        /// The event.
        pub event_id: Uuid,
    }
}

answers! {
    /// An event's waiting room.
    pub struct WaitingRoomView {
        /// The event.
        pub event_id: Uuid,
        /// How many buyers are let in a minute; `null` without a waiting room.
        pub admit_per_minute: Option<i32>,
        /// When the first are let in.
        pub opens_at: Option<Timestamp>,
        /// How long a buyer who was let in may buy, in seconds.
        pub pass_seconds: i32,
    }

    /// A buyer's place in the queue.
    pub struct QueuePlaceView {
        /// The event.
        pub event_id: Uuid,
        /// off, waiting, admitted or expired.
        pub state: String,
        /// How many are ahead; `null` before places are drawn.
        pub ahead: Option<i64>,
        /// About how long it will take, in seconds.
        pub wait_seconds: Option<i64>,
        /// When the first are let in.
        pub opens_at: Option<Timestamp>,
        /// Until when the buyer may buy.
        pub expires_at: Option<Timestamp>,
    }
}

/// Checks a waiting room's settings; gives how long a pass lives, in seconds.
///
/// # Errors
/// `invalid_request` names the field and its bounds.
pub fn check_room(admit_per_minute: Option<i32>, pass_seconds: Option<i32>) -> Result<i32> {
    if admit_per_minute.is_some_and(|rate| !(1..=1_000_000).contains(&rate)) {
        return Err(Error::invalid("admit_per_minute must be between 1 and 1000000; leave it out to close the room"));
    }
    let pass_seconds = pass_seconds.unwrap_or(900);
    if !(60..=86_400).contains(&pass_seconds) {
        return Err(Error::invalid("pass_seconds must be between 60 and 86400"));
    }
    Ok(pass_seconds)
}

/// How many are let in after `elapsed_ms` at a rate, with what was left over of earlier whole ones
/// (in thousandths of a buyer times minutes, 0 to 59,999); gives the number and what is left over.
/// Nobody is saved up for: when fewer wait, the rest is lost.
pub fn admitted_after(admit_per_minute: i32, elapsed_ms: i64, left_over: i64, waiting: i64) -> (i64, i64) {
    let earned = i64::from(admit_per_minute).saturating_mul(elapsed_ms.max(0)).saturating_add(left_over);
    let whole = earned / 60_000;
    if whole > waiting { (waiting, 0) } else { (whole, earned % 60_000) }
}

/// About how long somebody with so many ahead waits, in seconds.
pub fn wait_seconds(admit_per_minute: i32, ahead: i64) -> i64 {
    (ahead.max(0) + 1).saturating_mul(60) / i64::from(admit_per_minute.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nobody_is_saved_up_for() {
        assert_eq!(admitted_after(60, 10_000, 0, 3), (3, 0));
        assert_eq!(admitted_after(60, 1_500, 0, 100), (1, 30_000));
        assert_eq!(admitted_after(60, 500, 30_000, 100), (1, 0));
        assert_eq!(admitted_after(60, -5, 0, 100), (0, 0));
        assert_eq!(wait_seconds(60, 9), 10);
    }

    proptest! {
        #[test]
        fn many_small_steps_admit_as_many_as_a_large_one(rate in 1..10_000_i32, steps in proptest::collection::vec(0..5_000_i64, 1..50)) {
            let total: i64 = steps.iter().sum();
            let (whole, _) = admitted_after(rate, total, 0, i64::MAX);
            let (mut sum, mut left) = (0, 0);
            for step in steps {
                let (admitted, rest) = admitted_after(rate, step, left, i64::MAX);
                sum += admitted;
                left = rest;
            }
            prop_assert_eq!(sum, whole);
        }
    }
}

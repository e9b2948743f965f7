//! The time by the server's clock. It is measured whenever a manifest arrives, and followed by the time since start,
//! which nobody sets; after a restart of the machine by the wall clock and what it was off.

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// A reading of both clocks of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The wall clock.
    pub wall: Timestamp,
    /// Names the time since start that `boot_ms` belongs to; empty where there is none.
    pub boot_id: String,
    /// Milliseconds since start, sleep included.
    pub boot_ms: i64,
}

impl Reading {
    /// Milliseconds from this one to a later one; none when the machine was started in between.
    pub fn elapsed_ms(&self, later: &Self) -> Option<i64> {
        let same = self.boot_id == later.boot_id && !self.boot_id.is_empty();
        same.then(|| later.boot_ms - self.boot_ms).filter(|elapsed_ms| *elapsed_ms >= 0)
    }
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// A moment by this machine's clocks.
    pub at: Reading,
    /// The same moment by the server's clock.
    pub server_time: Timestamp,
}

/// Tells the time.
#[derive(Debug)]
pub struct Clock {
    boot_id: String,
    wall_error_ms: i64,
    /// The last measurement.
    pub anchor: Option<Anchor>,
}

impl Clock {
    /// A clock whose wall clock is wrong by `wall_error_ms`, which is for tests.
    pub fn new(anchor: Option<Anchor>, wall_error_ms: i64) -> Self {
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self { boot_id: boot_id.trim().to_owned(), wall_error_ms, anchor }
    }

    /// Both clocks of this machine now.
    pub fn read(&self) -> Reading {
        let since = clock_gettime(ClockId::Boottime);
        Reading {
            wall: moved(Timestamp::now(), self.wall_error_ms),
            boot_id: self.boot_id.clone(),
            boot_ms: since.tv_sec * 1_000 + since.tv_nsec / 1_000_000,
        }
    }

    /// The server's time at a reading.
    pub fn server_time(&self, at: &Reading) -> Timestamp {
        let Some(anchor) = &self.anchor else { return at.wall };
        match anchor.at.elapsed_ms(at) {
            Some(elapsed_ms) => moved(anchor.server_time, elapsed_ms),
            None => moved(at.wall, anchor.offset_ms()),
        }
    }

    /// The server's time now.
    pub fn now(&self) -> Timestamp {
        self.server_time(&self.read())
    }

    /// How far the server's clock is ahead of the wall clock, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        let now = self.read();
        milliseconds(self.server_time(&now).duration_since(now.wall))
    }

    /// Takes the server's time from an answer: it was in the middle between sending and receiving.
    pub fn measure(&mut self, sent: &Reading, received: &Reading, server_time: Timestamp) {
        let half_ms = (received.boot_ms - sent.boot_ms) / 2;
        let at = Reading {
            wall: moved(received.wall, -half_ms),
            boot_id: received.boot_id.clone(),
            boot_ms: received.boot_ms - half_ms,
        };
        self.anchor = Some(Anchor { at, server_time });
    }
}

impl Anchor {
    fn offset_ms(&self) -> i64 {
        milliseconds(self.server_time.duration_since(self.at.wall))
    }
}

fn moved(at: Timestamp, by_ms: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(by_ms)).unwrap_or(at)
}

fn milliseconds(time: SignedDuration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(wall: &str, boot_id: &str, boot_ms: i64) -> Reading {
        Reading { wall: format!("2026-07-01T{wall}Z").parse().unwrap(), boot_id: boot_id.to_owned(), boot_ms }
    }

    #[test]
    fn the_middle_of_the_round_trip_counts_and_a_moved_wall_clock_does_not() {
        let mut clock = Clock::new(None, 0);
        let answered: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        clock.measure(&reading("11:50:00", "a", 1_000), &reading("11:50:02", "a", 3_000), answered);
        let later = reading("23:00:00", "a", 62_000);
        assert_eq!(clock.server_time(&later).to_string(), "2026-07-01T12:01:00Z");
    }

    #[test]
    fn after_a_restart_the_offset_counts() {
        let mut clock = Clock::new(None, 0);
        let answered: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        clock.measure(&reading("11:50:00", "a", 1_000), &reading("11:50:00", "a", 1_000), answered);
        assert_eq!(clock.server_time(&reading("12:10:00", "b", 5)).to_string(), "2026-07-01T12:20:00Z");
        assert_eq!(reading("12:10:00", "a", 5).elapsed_ms(&reading("12:10:00", "b", 9)), None);
        assert_eq!(reading("12:10:00", "a", 5).elapsed_ms(&reading("12:00:00", "a", 9)), Some(4));
    }

    #[test]
    fn without_a_measurement_the_wall_clock_counts() {
        let clock = Clock::new(None, -600_000);
        let now = Timestamp::now();
        assert!(now.duration_since(clock.now()).as_secs() >= 599);
        assert_eq!(clock.offset_ms(), 0);
    }
}

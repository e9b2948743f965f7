//! When a device read a token, by the server's clock.

use jiff::{SignedDuration, Timestamp};

/// A device's clock is corrected by at most this much; one that is further off proves nothing.
pub const CLOCK_OFFSET_MS_MAX: i64 = 600_000;

/// Scans are admitted afterwards for this long: a week without a network, and a day to come home.
pub const AGE_HOURS_MAX: i64 = 192;

/// Rounding of clocks, and what passes between two readings of one.
const ROUNDING: SignedDuration = SignedDuration::from_secs(1);

/// Times are not told further back than this: no clock of a device means it.
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Times are stored to the microsecond.
fn whole_microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// When a token was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanTime {
    /// By the server's clock, never in the future.
    pub at: Timestamp,
    /// How far the server's clock is ahead of the device's, in milliseconds.
    pub clock_offset_ms: i64,
    /// Whether the clock proves nothing: too far off, or a scan from the future. Such a scan takes nobody's place.
    pub suspect: bool,
    /// Whether it is too long ago.
    pub too_late: bool,
}

/// When a device read a token that it sends at `sent_at` and the server gets at `received_at`. `elapsed_ms`
/// of a steady clock is believed before any wall clock.
pub fn scan_time(
    received_at: Timestamp,
    sent_at: Timestamp,
    scanned_at: Timestamp,
    elapsed_ms: Option<i64>,
) -> ScanTime {
    let offset = received_at.duration_since(sent_at);
    let clock_offset_ms = i64::try_from(offset.as_millis()).unwrap_or(i64::MAX);
    let age_max = SignedDuration::from_hours(AGE_HOURS_MAX);
    let (at, suspect) = match elapsed_ms.filter(|elapsed_ms| *elapsed_ms >= 0) {
        Some(elapsed_ms) => (received_at.checked_sub(SignedDuration::from_millis(elapsed_ms)), false),
        None => {
            let bounded_ms = clock_offset_ms.clamp(-CLOCK_OFFSET_MS_MAX, CLOCK_OFFSET_MS_MAX);
            let from_the_future = scanned_at.duration_since(sent_at) > ROUNDING;
            let at = scanned_at.checked_add(SignedDuration::from_millis(bounded_ms));
            (at, bounded_ms != clock_offset_ms || from_the_future)
        }
    };
    let at = at.unwrap_or(Timestamp::MIN);
    let oldest = received_at.checked_sub(OLDEST).unwrap_or(Timestamp::UNIX_EPOCH);
    ScanTime {
        at: whole_microseconds(at.clamp(oldest.min(received_at), received_at)),
        clock_offset_ms,
        suspect: suspect || at.duration_since(received_at) > ROUNDING,
        too_late: received_at.duration_since(at) > age_max,
    }
}

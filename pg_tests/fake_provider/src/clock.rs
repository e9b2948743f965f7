//! The fake's time: the real one, which can be set forward.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::Offset;

/// Midtrans tells its times in Western Indonesian Time.
const WESTERN_INDONESIA: Offset = Offset::constant(7);

/// Real time plus what it was set forward.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// How far it was set forward.
    pub(crate) ahead_seconds: i64,
}

impl Clock {
    /// Seconds since the epoch.
    pub(crate) fn now_seconds(&self) -> i64 {
        real_seconds().saturating_add(self.ahead_seconds)
    }
}

/// Seconds since the epoch, as the rest of the machine has them. Signatures carry this time:
/// who checks them has no part in setting the clock forward.
pub(crate) fn real_seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// Such as `2026-11-21T11:10:01.000Z`, as Xendit has it (ISO 8601, UTC).
pub(crate) fn iso(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// Such as `2026-11-21 18:10:01`, as Midtrans has it (GMT+7).
pub(crate) fn western_indonesian(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    WESTERN_INDONESIA.to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_providers_do() {
        assert_eq!(iso(1_795_259_401), "2026-11-21T11:10:01.000Z");
        assert_eq!(western_indonesian(1_795_259_401), "2026-11-21 18:10:01");
    }
}

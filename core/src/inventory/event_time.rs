//! Times that a seller gives: instants, or local times of the event.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// Nothing was sold by earlier times than of this year.
const YEAR_MIN: i16 = 1970;

/// A time of a sale: an instant, or the local time of the event's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventTime {
    /// With an offset: `2026-03-29T02:30:00+02:00`.
    Instant(Timestamp),
    /// Without one, in the event's time zone: `2026-03-29T02:30:00`. A time that a clock change
    /// skips is taken as if the change had not happened yet; one that comes twice is the second.
    Local(DateTime),
}

impl<'de> Deserialize<'de> for EventTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let local = || text.parse().ok().filter(|_| !text.contains('[')).map(Self::Local);
        let time = text.parse().ok().map(Self::Instant).or_else(local);
        time.filter(|time| time.year() >= YEAR_MIN).ok_or_else(|| {
            D::Error::custom(format!(
                "expected a time with an offset such as 2026-03-29T10:00:00Z, or a local one of the event's zone such \
                 as 2026-03-29T10:00:00, from the year {YEAR_MIN} on"
            ))
        })
    }
}

impl EventTime {
    fn year(self) -> i16 {
        match self {
            Self::Instant(instant) => instant.to_zoned(TimeZone::UTC).year(),
            Self::Local(local) => local.year(),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EventTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A time with an offset, or a local time of the event's time zone without one",
            "examples": ["2026-03-29T10:00:00Z", "2026-03-29T10:00:00"]
        })
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_with_an_offset_is_an_instant_and_one_without_is_local() {
        let read = |text: &str| serde_json::from_value::<EventTime>(serde_json::json!(text)).ok();
        assert!(matches!(read("2026-03-29T02:30:00+02:00"), Some(EventTime::Instant(_))));
        assert!(matches!(read("2026-03-29T02:30:00"), Some(EventTime::Local(_))));
        assert_eq!(read("tomorrow"), None);
    }

    #[test]
    fn times_before_1970_and_zones_in_brackets_are_refused() {
        let refused = |text: &str| serde_json::from_value::<EventTime>(serde_json::json!(text)).is_err();
        for text in ["1969-12-31T23:59:59Z", "1969-12-31T23:59:59", "-000001-01-01T00:00:00Z", "0000-12-31T00:00:00"] {
            assert!(refused(text), "{text}");
        }
        assert!(refused("2026-03-29T10:00:00[America/New_York]"));
        assert!(!refused("1970-01-01T00:00:00Z") && !refused("1970-01-01T00:00:00") && !refused("9999-12-31T23:59:59"));
    }
}

//! Policies: the rules of an event's doors beside the event's own.

use uuid::Uuid;

use crate::message::{answers, requests};
use crate::{Error, Result};

/// Half a period of rotating codes: what an ordinary phone's clock is off.
const ROTATING_TOLERANCE_SECONDS: i32 = 15;
/// A code that lives longer than this is as good as a static one.
const ROTATING_TOLERANCE_SECONDS_MAX: i32 = 300;

requests! {
    /// The rules of an event's doors. An absent one has its default.
    #[derive(Default, PartialEq)]
    pub struct Policy {
        /// Whether tickets admit with a rotating code only; `false` when absent. Printed and static
        /// codes are denied then, a wallet's own token is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rotating_codes: Option<bool>,
        /// How far a phone's clock may be off, in seconds, 0 to 300; 15 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rotating_tolerance_seconds: Option<i32>,
    }

    /// Replaces the policy of an event.
    pub struct PolicySet {
        /// The event.
        pub event_id: Uuid,
        /// Its rules.
        pub policy: Policy,
    }

    /// Reads the policy of an event.
    pub struct PolicyGet {
        /// The event.
        pub event_id: Uuid,
    }
}

answers! {
    /// The policy of an event.
    pub struct PolicyView {
        /// The event.
        pub event_id: Uuid,
        /// Its rules.
        pub policy: Policy,
    }
}

impl Policy {
    /// Refuses rules that make no sense.
    ///
    /// # Errors
    /// `invalid_request` says which rule and what it may be.
    pub fn check(&self) -> Result<()> {
        let tolerance = self.rotating_tolerance_seconds.unwrap_or(ROTATING_TOLERANCE_SECONDS);
        if !(0..=ROTATING_TOLERANCE_SECONDS_MAX).contains(&tolerance) {
            return Err(Error::invalid(format!(
                "rotating_tolerance_seconds must be between 0 and {ROTATING_TOLERANCE_SECONDS_MAX}"
            )));
        }
        Ok(())
    }

    /// Whether tickets admit with a rotating code only.
    pub fn requires_rotating_codes(&self) -> bool {
        self.rotating_codes == Some(true)
    }

    /// How far a phone's clock may be off, in seconds.
    pub fn tolerance_seconds(&self) -> u64 {
        let seconds = self.rotating_tolerance_seconds.unwrap_or(ROTATING_TOLERANCE_SECONDS);
        u64::try_from(seconds).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tolerance_has_bounds() {
        for (seconds, good) in [(-1, false), (0, true), (300, true), (301, false)] {
            let policy = Policy { rotating_tolerance_seconds: Some(seconds), ..Policy::default() };
            assert_eq!(policy.check().is_ok(), good, "{seconds}");
        }
        assert_eq!(Policy::default().tolerance_seconds(), 15);
        assert!(!Policy::default().requires_rotating_codes());
    }

    #[test]
    fn an_unknown_rule_is_refused() {
        assert!(serde_json::from_str::<Policy>(r#"{"rotating_code": true}"#).is_err());
    }
}

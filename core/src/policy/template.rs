//! Ready-made policies.

use super::{Policy, PolicyReentry};
use crate::message::words;
use crate::zone::{ZoneCheck, ZoneRules};

words! {
    /// Ready-made policies.
    pub enum PolicyTemplate {
        /// Duplicates within five minutes, nobody comes back.
        Standard => "standard",
        /// Duplicates within half an hour, people come and go.
        Festival => "festival",
        /// Duplicates within ten minutes, one re-entry, tickets open their own zones only.
        Concert => "concert",
        /// No duplicates, people come and go.
        Conference => "conference",
        /// Duplicates within five minutes, tickets of the zone VIP open every zone.
        Vip => "vip",
    }
}

/// Minutes in milliseconds.
const fn minutes_ms(minutes: i64) -> Option<i64> {
    Some(minutes * 60_000)
}

fn reentry(allowed: bool, entries_max: Option<i32>) -> Option<PolicyReentry> {
    Some(PolicyReentry { allowed, entries_max, cooldown_seconds: None })
}

impl PolicyTemplate {
    /// Its rules; what it leaves open stays as the event has it.
    pub fn policy(self) -> Policy {
        let empty = Policy::default();
        match self {
            Self::Standard => Policy { duplicate_window_ms: minutes_ms(5), reentry: reentry(false, None), ..empty },
            Self::Festival => Policy { duplicate_window_ms: minutes_ms(30), reentry: reentry(true, None), ..empty },
            Self::Concert => Policy {
                duplicate_window_ms: minutes_ms(10),
                reentry: reentry(true, Some(2)),
                zones: Some(ZoneRules { check: Some(ZoneCheck::Strict), ..ZoneRules::default() }),
                ..empty
            },
            Self::Conference => Policy { duplicate_window_ms: minutes_ms(0), reentry: reentry(true, None), ..empty },
            Self::Vip => Policy {
                duplicate_window_ms: minutes_ms(5),
                zones: Some(ZoneRules { all_access: Some(vec!["VIP".to_owned()]), ..ZoneRules::default() }),
                ..empty
            },
        }
    }

    /// In one sentence, for people who choose.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Standard => "A second scan within five minutes is a duplicate; nobody comes back in.",
            Self::Festival => "A second scan within thirty minutes is a duplicate; people come and go.",
            Self::Concert => {
                "A second scan within ten minutes is a duplicate; one re-entry; tickets open their own zones only."
            }
            Self::Conference => "No scan is a duplicate; people come and go.",
            Self::Vip => "A second scan within five minutes is a duplicate; VIP tickets open every zone.",
        }
    }
}

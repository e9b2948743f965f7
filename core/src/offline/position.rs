//! Where in the journal a manifest stands.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{ManifestKey, Rules};
use crate::ticket::token::TicketClaims;

/// A position that is older than this is answered with a full manifest.
const AGE_US_MAX: i64 = 24 * 60 * 60 * 1_000_000;
const LENGTH: usize = 45;

/// Up to where the journal is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// The cluster's system identifier.
    pub lineage: i64,
    /// Its timeline: a standby that took over may not have all that the gate has seen.
    pub timeline: u32,
    /// Every transaction below it has finished.
    pub xid: i64,
}

impl Horizon {
    /// Whether all that is complete here is complete at `other`, too.
    pub fn precedes(self, other: Self) -> bool {
        self.lineage == other.lineage && self.timeline == other.timeline && self.xid <= other.xid
    }
}

/// Which lists a manifest has beside those of used and bad tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lists {
    /// All good tickets.
    pub tickets: bool,
    /// All codes.
    pub codes: bool,
    /// The filter of all good tickets.
    pub filter: bool,
}

impl Lists {
    fn bits(self) -> u8 {
        u8::from(self.tickets) | u8::from(self.codes) << 1 | u8::from(self.filter) << 2
    }
}

/// The state that a manifest shows, as an opaque cursor. It is not secret and proves nothing: whoever
/// changes one gets other changes of what they may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    horizon: Horizon,
    event_tail: [u8; 8],
    /// Makes positions differ where nothing else does: changes can be seen before the horizon moves.
    made_at_us: i64,
    lists: u8,
    rules: [u8; 8],
}

impl Position {
    /// The position of a manifest that is made now.
    pub fn new(horizon: Horizon, event_id: Uuid, made_at: Timestamp, lists: Lists, rules: &Rules) -> Self {
        Self {
            horizon,
            event_tail: TicketClaims::event_tail(event_id),
            made_at_us: made_at.as_microsecond(),
            lists: lists.bits(),
            rules: digest(rules),
        }
    }

    /// The position of a manifest whose keys are sealed for a credential: another one, another state.
    #[must_use]
    pub fn sealed_for(self, key: Option<&ManifestKey>) -> Self {
        let Some(key) = key else { return self };
        let digest: [u8; 32] = Sha256::new().chain_update(self.rules).chain_update(key.mark()).finalize().into();
        let mut rules = [0; 8];
        rules.copy_from_slice(&digest[..8]);
        Self { rules, ..self }
    }

    /// Whether it was made at most so long before `now`.
    pub fn is_younger_than(&self, time: SignedDuration, now: Timestamp) -> bool {
        i128::from(now.as_microsecond() - self.made_at_us) <= time.as_micros()
    }

    /// Up to where it is complete.
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// Whether the changes between this and `present` can be told by the journal.
    pub fn can_continue(&self, present: &Self) -> bool {
        let age_us = present.made_at_us - self.made_at_us;
        self.horizon.lineage == present.horizon.lineage
            && self.horizon.timeline == present.horizon.timeline
            && self.horizon.xid <= present.horizon.xid
            && self.event_tail == present.event_tail
            && self.lists == present.lists
            && (0..=AGE_US_MAX).contains(&age_us)
    }

    /// Whether both were made under the same rules.
    pub fn same_rules(&self, other: &Self) -> bool {
        self.rules == other.rules
    }

    /// The text that callers keep.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&self.horizon.lineage.to_be_bytes());
        bytes.extend_from_slice(&self.horizon.timeline.to_be_bytes());
        bytes.extend_from_slice(&self.horizon.xid.to_be_bytes());
        bytes.extend_from_slice(&self.event_tail);
        bytes.extend_from_slice(&self.made_at_us.to_be_bytes());
        bytes.push(self.lists);
        bytes.extend_from_slice(&self.rules);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads [`Self::encode`]; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let bytes: &[u8; LENGTH] = bytes.as_slice().try_into().ok()?;
        let eight = |at: usize| -> Option<[u8; 8]> { bytes[at..at + 8].try_into().ok() };
        Some(Self {
            horizon: Horizon {
                lineage: i64::from_be_bytes(eight(0)?),
                timeline: u32::from_be_bytes(bytes[8..12].try_into().ok()?),
                xid: i64::from_be_bytes(eight(12)?),
            },
            event_tail: eight(20)?,
            made_at_us: i64::from_be_bytes(eight(28)?),
            lists: bytes[36],
            rules: eight(37)?,
        })
    }
}

/// Changes with the rules. Sealed keys are left out: they are sealed anew each time.
fn digest(rules: &Rules) -> [u8; 8] {
    let mut rules = rules.clone();
    for key in &mut rules.keys {
        key.rotation = None;
    }
    // Strings, numbers and ids always serialize.
    let digest: [u8; 32] = Sha256::digest(serde_json::to_vec(&rules).unwrap_or_default()).into();
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    head
}

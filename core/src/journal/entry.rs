//! One journal entry and its canonical content: what is hashed, sealed and proved.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::merkle::{Hash, leaf_hash};
use crate::message::words;
use crate::money::Currency;

words! {
    /// Who did it.
    pub enum ActorKind {
        /// A person or program with an API key.
        ApiKey => "api_key",
        /// A scanning device.
        Device => "device",
        /// A person who is logged in on a device.
        Staff => "staff",
        /// A wallet's holder.
        Wallet => "wallet",
        /// A payment provider, by a verified webhook.
        Provider => "provider",
        /// A backend that calls the SQL functions.
        Sql => "sql",
        /// admit itself (tick).
        System => "system",
        /// Anybody, through a public command.
        Public => "public",
    }
}

/// A fact: who did what to what, when, with its money legs.
///
/// Serialized, it is canonical JSON (RFC 8785): fields in alphabetical order, no spaces,
/// integers only. A field without a value is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry<B = serde_json::Value> {
    /// What happened: `<domain>.<past participle>`.
    pub action: String,
    /// Which API key, device, wallet; none for sql and system.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor_id: Option<Uuid>,
    /// Who did it.
    pub actor_kind: ActorKind,
    /// Details, with sorted keys.
    pub body: B,
    /// Currency of the legs; none without legs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub currency: Option<Currency>,
    /// Id, UUIDv7.
    pub entry_id: Uuid,
    /// The event it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event_id: Option<Uuid>,
    /// The gate where it happened.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gate_id: Option<Uuid>,
    /// Money legs, (account, minor units); they sum to zero.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub legs: Vec<(Uuid, i64)>,
    /// When, to the microsecond.
    pub recorded_at: Timestamp,
    /// Whose journal.
    pub tenant_id: i32,
    /// The wallet concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wallet_id: Option<Uuid>,
}

impl<B: Serialize> Entry<B> {
    /// The canonical content.
    pub fn canonical(&self) -> Vec<u8> {
        // Serialization fails only for maps with keys that are no strings; bodies have none.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The RFC 6962 leaf hash of the canonical content.
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.canonical())
    }

    /// What the entry changes in its wallet's balance, in minor units.
    pub fn wallet_change(&self) -> i64 {
        let Some(wallet_id) = self.wallet_id else { return 0 };
        self.legs.iter().filter(|leg| leg.0 == wallet_id).map(|leg| leg.1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: serde_json::Value) -> Entry {
        Entry {
            action: "scan.admitted".into(),
            actor_id: Some(Uuid::from_u128(1)),
            actor_kind: ActorKind::Device,
            body,
            currency: "USD".parse().ok(),
            entry_id: Uuid::from_u128(2),
            event_id: None,
            gate_id: None,
            legs: vec![(Uuid::from_u128(3), -5), (Uuid::from_u128(4), 5)],
            recorded_at: Timestamp::UNIX_EPOCH,
            tenant_id: 1,
            wallet_id: Some(Uuid::from_u128(3)),
        }
    }

    #[test]
    fn content_is_canonical_json() {
        let body = serde_json::json!({"z": 1, "a": "\u{1}é\"\\"});
        let text = String::from_utf8(entry(body).canonical()).unwrap_or_default();
        assert_eq!(
            text,
            r#"{"action":"scan.admitted","actor_id":"00000000-0000-0000-0000-000000000001","actor_kind":"device","body":{"a":"\u0001é\"\\","z":1},"currency":"USD","entry_id":"00000000-0000-0000-0000-000000000002","legs":[["00000000-0000-0000-0000-000000000003",-5],["00000000-0000-0000-0000-000000000004",5]],"recorded_at":"1970-01-01T00:00:00Z","tenant_id":1,"wallet_id":"00000000-0000-0000-0000-000000000003"}"#
        );
    }

    #[test]
    fn reading_content_gives_the_entry_back() {
        let entry = entry(serde_json::json!({"b": [1, null]}));
        assert_eq!(serde_json::from_slice::<Entry>(&entry.canonical()).ok(), Some(entry.clone()));
        assert_eq!(entry.wallet_change(), -5);
    }
}

//! What wallets may spend at gates without a network. A wallet's session is named by the first eight bytes of the
//! hash of its token, so that the list admits nobody who has no token.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::list::Encoded;

/// Sessions on a list at most, the newest ones.
pub const WALLETS_MAX: usize = 200_000;

/// What stands for a session: the first eight bytes of SHA-256 over its token's text, in upper case.
pub fn session_prefix(token: &str) -> u64 {
    head(Sha256::digest(token.as_bytes()).into())
}

/// What stands for a wallet at a gate, whichever of its sessions is shown.
pub fn wallet_prefix(wallet_id: Uuid) -> u64 {
    head(Sha256::new().chain_update(b"admit wallet\0").chain_update(wallet_id.as_bytes()).finalize().into())
}

fn head(hash: [u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// What wallets may spend, as of a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spendable {
    /// When the balances were read.
    pub as_of: Timestamp,
    /// By session.
    pub sessions: SpendableList,
}

/// A session of a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendableSession {
    /// Which.
    pub prefix: u64,
    /// What its wallet may spend, in minor units.
    pub spendable_cents: u32,
}

const SESSION_BYTES: usize = 12;

/// Sessions, each once, in order. Encoding: prefix 8 | spendable 4, big-endian, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpendableList(Vec<SpendableSession>);

impl SpendableList {
    /// Sorts them; of several records of a session the first stays.
    pub fn new(mut sessions: Vec<SpendableSession>) -> Self {
        sessions.sort_by_key(|session| session.prefix);
        sessions.dedup_by_key(|session| session.prefix);
        Self(sessions)
    }

    /// What a session's wallet may spend, if it is listed.
    pub fn find(&self, prefix: u64) -> Option<u32> {
        let at = self.0.binary_search_by_key(&prefix, |session| session.prefix).ok()?;
        self.0.get(at).map(|session| session.spendable_cents)
    }

    /// All of them.
    pub fn as_slice(&self) -> &[SpendableSession] {
        &self.0
    }
}

impl Encoded for SpendableList {
    fn encode(&self) -> Vec<u8> {
        let bytes = |session: &SpendableSession| {
            let mut bytes = [0; SESSION_BYTES];
            bytes[..8].copy_from_slice(&session.prefix.to_be_bytes());
            bytes[8..].copy_from_slice(&session.spendable_cents.to_be_bytes());
            bytes
        };
        self.0.iter().flat_map(bytes).collect()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (records, rest) = bytes.as_chunks::<SESSION_BYTES>();
        let session = |bytes: &[u8; SESSION_BYTES]| {
            Some(SpendableSession {
                prefix: u64::from_be_bytes(bytes[..8].try_into().ok()?),
                spendable_cents: u32::from_be_bytes(bytes[8..].try_into().ok()?),
            })
        };
        let sessions: Vec<SpendableSession> = records.iter().map(session).collect::<Option<_>>()?;
        let sorted = sessions.is_sorted_by(|one, next| one.prefix < next.prefix);
        (rest.is_empty() && sorted).then_some(Self(sessions))
    }
}

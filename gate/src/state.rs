//! Who the gate is: its server, token and event.

use std::path::{Path, PathBuf};

use admit_core::jws::Jwks;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Anchor;
use crate::failure::Failure;
use crate::storage;

/// What the state file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// The server's address.
    pub server: String,
    /// The authorities that its certificate may be signed by.
    pub ca_file: Option<PathBuf>,
    /// Whose the gate is.
    pub tenant_id: i32,
    /// The device that it is.
    pub device_id: Uuid,
    /// Its token.
    pub device_token: String,
    /// When it got the token, by the server's clock as far as that was known.
    pub token_issued_at: Timestamp,
    /// When the token ends.
    pub token_expires_at: Timestamp,
    /// A renewal that was asked for and not answered yet.
    pub renewal_key: Option<Uuid>,
    /// The event that it scans for.
    pub event_id: Option<Uuid>,
    /// The keys that manifests are signed with.
    pub keys: Jwks,
    /// The server's clock.
    pub clock: Option<Anchor>,
    /// What the server said when it refused the gate's token.
    pub refused: Option<String>,
}

impl State {
    /// Reads the state of a paired gate.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let state: Option<Self> = storage::load(path)?;
        state.ok_or_else(|| {
            Failure::Refused(format!("{} is not there: pair the gate first with admit-gate pair", path.display()))
        })
    }

    /// Refuses to work for a gate that the server refused.
    pub fn require_accepted(&self) -> Result<(), Failure> {
        match &self.refused {
            Some(detail) => Err(Failure::Refused(format!("the server refused this gate ({detail}): pair it again"))),
            None => Ok(()),
        }
    }

    /// Writes it.
    pub fn store(&self, path: &Path) -> Result<(), Failure> {
        storage::store(path, self)
    }

    /// Whether less than half of the token's life is left.
    pub fn renewal_is_due(&self, now: Timestamp) -> bool {
        let life = self.token_expires_at.duration_since(self.token_issued_at);
        self.renewal_key.is_some() || self.token_expires_at.duration_since(now) < life / 2
    }
}

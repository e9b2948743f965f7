//! The manifest that the gate decides by, with what it has admitted up to some line of its queue.

use admit_core::offline::{LocalUses, Manifest, OfflineGate};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What the manifest's file holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The token that the manifest was asked for with: it opens the manifest's sealed keys.
    pub credential: String,
    /// The manifest.
    pub manifest: Manifest,
    /// What the gate has admitted.
    pub local: LocalUses,
    /// The last line of the queue that `local` knows of.
    pub applied: u64,
}

impl Snapshot {
    /// The gate that decides.
    pub fn gate(self) -> Result<(OfflineGate, String, u64), Failure> {
        let gate = OfflineGate::new(self.manifest, &self.credential, self.local);
        let gate = gate.map_err(|error| Failure::Refused(format!("the manifest cannot be used: {error}")))?;
        Ok((gate, self.credential, self.applied))
    }
}

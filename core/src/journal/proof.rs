//! Self-contained proofs: all that is needed to check them is the log's name
//! and its public keys. No database, no clock.

use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::block::{BlockError, BlockHeader};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash_hex;
use super::merkle::{self, Hash, MerkleError};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The checkpoint, or the older one of two, is not acceptable.
    #[error("checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// The newer one of two checkpoints is not acceptable.
    #[error("new checkpoint: {0}")]
    NewCheckpoint(CheckpointError),
    /// The block header cannot be one of a chain.
    #[error("block header: {0}")]
    Block(#[from] BlockError),
    /// The block belongs to another tenant than the log.
    #[error("the block belongs to another tenant than the log")]
    OtherTenant,
    /// The block's number is not that of its place in the log.
    #[error("the block number does not fit its place in the log")]
    BlockNumber,
    /// The proof is for another size of the log than the checkpoint.
    #[error("the proof is for {proof} blocks, the checkpoint for {checkpoint}")]
    LogSize {
        /// Size in the proof.
        proof: u64,
        /// Size in the checkpoint.
        checkpoint: u64,
    },
    /// The block's entries do not end where the checkpoint says.
    #[error("the block's sequence numbers do not fit the checkpoint's last one")]
    LastSeq,
    /// The entry is not in the block.
    #[error("entry in block: {0}")]
    Entry(MerkleError),
    /// The block is not in the log.
    #[error("block in log: {0}")]
    BlockPath(MerkleError),
    /// The newer log does not begin with the older one.
    #[error("old log in new log: {0}")]
    Consistency(MerkleError),
    /// The newer checkpoint has fewer entries, or as many blocks and another
    /// number of entries.
    #[error("the last sequence numbers do not fit the sizes of the two checkpoints")]
    SeqGrowth,
}

/// Proof that an entry is in the journal that a checkpoint commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The entry's canonical content, byte for byte: its RFC 6962 leaf hash is
    /// the leaf of the block's tree.
    pub entry: String,
    /// Header of the block that the entry is in.
    pub block: BlockHeader,
    /// Position of the entry in its block, from 0.
    pub index_in_block: u32,
    /// RFC 6962 audit path from the entry to the block's `entries_root`.
    #[serde(with = "hash_hex::list")]
    pub entry_path: Vec<Hash>,
    /// Position of the block in the log, from 0.
    pub block_index: u64,
    /// Number of blocks that the checkpoint commits to.
    pub log_size: u64,
    /// RFC 6962 audit path from the block's header to the log's root.
    #[serde(with = "hash_hex::list")]
    pub block_path: Vec<Hash>,
    /// The signed checkpoint, a C2SP note.
    pub checkpoint: String,
}

impl InclusionProof {
    /// Sequence number of the entry. A fact only once the proof is verified.
    pub fn seq(&self) -> i64 {
        self.block.first_seq.saturating_add(i64::from(self.index_in_block))
    }

    /// Checks everything: the checkpoint's signature by one of `keys` and its
    /// `origin`, the header, both paths, and that all numbers fit each other.
    /// Returns the checkpoint that the entry is proven against.
    ///
    /// # Errors
    /// The [`ProofError`] that names the first thing found wrong.
    pub fn verify(&self, origin: &str, keys: &[VerifyingKey]) -> Result<Checkpoint, ProofError> {
        let checkpoint =
            Checkpoint::parse_and_verify(&self.checkpoint, origin, keys).map_err(ProofError::Checkpoint)?;
        self.check_numbers(&checkpoint)?;
        merkle::verify_inclusion(
            &self.block.leaf_hash(),
            self.block_index,
            self.log_size,
            &self.block_path,
            checkpoint.root(),
        )
        .map_err(ProofError::BlockPath)?;
        merkle::verify_inclusion(
            &merkle::leaf_hash(self.entry.as_bytes()),
            u64::from(self.index_in_block),
            u64::from(self.block.entry_count.unsigned_abs()),
            &self.entry_path,
            &self.block.entries_root,
        )
        .map_err(ProofError::Entry)?;
        Ok(checkpoint)
    }

    fn check_numbers(&self, checkpoint: &Checkpoint) -> Result<(), ProofError> {
        self.block.check()?;
        if checkpoint.tenant_id() != Some(self.block.tenant_id) {
            return Err(ProofError::OtherTenant);
        }
        if checkpoint.size() != self.log_size {
            return Err(ProofError::LogSize { proof: self.log_size, checkpoint: checkpoint.size() });
        }
        let number = u64::try_from(self.block.block_number).ok();
        if number != self.block_index.checked_add(1) {
            return Err(ProofError::BlockNumber);
        }
        let block_end = self.block.last_seq();
        let fits = if number == Some(self.log_size) {
            block_end == checkpoint.last_seq()
        } else {
            block_end < checkpoint.last_seq()
        };
        if fits { Ok(()) } else { Err(ProofError::LastSeq) }
    }
}

/// Proof that a log only grew between two checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// The older signed checkpoint, a C2SP note.
    pub old_checkpoint: String,
    /// The newer signed checkpoint, a C2SP note.
    pub new_checkpoint: String,
    /// RFC 6962 consistency proof between the two log trees.
    #[serde(with = "hash_hex::list")]
    pub path: Vec<Hash>,
}

impl ConsistencyProof {
    /// Checks both signatures, each by one of `keys`, that both checkpoints are
    /// of the log `origin`, and that the newer log begins with the older one.
    /// Returns both checkpoints, the older first.
    ///
    /// # Errors
    /// The [`ProofError`] that names the first thing found wrong.
    pub fn verify(&self, origin: &str, keys: &[VerifyingKey]) -> Result<(Checkpoint, Checkpoint), ProofError> {
        let old = Checkpoint::parse_and_verify(&self.old_checkpoint, origin, keys).map_err(ProofError::Checkpoint)?;
        let new =
            Checkpoint::parse_and_verify(&self.new_checkpoint, origin, keys).map_err(ProofError::NewCheckpoint)?;
        merkle::verify_consistency(old.size(), new.size(), &self.path, old.root(), new.root())
            .map_err(ProofError::Consistency)?;
        // Every block brings one entry at least.
        let blocks = new.size() - old.size();
        let entries = new.last_seq().abs_diff(old.last_seq());
        let grew = old.last_seq() <= new.last_seq() && entries >= blocks;
        if grew && (blocks > 0 || entries == 0) { Ok((old, new)) } else { Err(ProofError::SeqGrowth) }
    }
}

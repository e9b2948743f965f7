//! Block headers: what the log tree has as leaves, and how blocks chain.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::hash_hex;
use super::merkle::{self, Hash};

/// The largest integer that RFC 8785 (JSON Canonicalization Scheme) can carry
/// exactly: 2^53 − 1. As microseconds it lasts until the year 2255.
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Why a header is not one of a well-formed chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BlockError {
    /// A number is negative, zero where counting starts at one, or above
    /// [`INTEGER_MAX`].
    #[error("{field} of the block header is out of range")]
    OutOfRange {
        /// Name of the field.
        field: &'static str,
    },
    /// Block 1 must start at sequence number 1 with no previous block.
    #[error("block 1 does not start the chain")]
    FirstBlock,
    /// The two headers belong to different tenants.
    #[error("the previous block belongs to another tenant")]
    OtherTenant,
    /// The block number is not one more than the previous one.
    #[error("the block number does not follow the previous block's")]
    NumberGap,
    /// The first sequence number is not one more than the previous block's last.
    #[error("the first sequence number does not follow the previous block's last")]
    SequenceGap,
    /// `previous_hash` is not the leaf hash of the previous header.
    #[error("the previous hash is not that of the previous block")]
    PreviousHash,
    /// The block claims to be older than the previous one.
    #[error("the block was sealed before the previous one")]
    TimeReversed,
}

/// Header of a sealed block. Hashes are lower-case hexadecimal in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockHeader {
    /// The tenant whose journal this is.
    pub tenant_id: i32,
    /// Position in the chain, from 1: block `n` is leaf `n − 1` of the log.
    pub block_number: i64,
    /// Sequence number of the first entry, from 1 and without gaps.
    pub first_seq: i64,
    /// Number of entries, at least 1.
    pub entry_count: i32,
    /// RFC 6962 root over the canonical contents of the entries.
    #[serde(with = "hash_hex")]
    pub entries_root: Hash,
    /// [`leaf_hash`](Self::leaf_hash) of the previous header,
    /// [`NO_PREVIOUS`](Self::NO_PREVIOUS) in block 1.
    #[serde(with = "hash_hex")]
    pub previous_hash: Hash,
    /// When the block was sealed: microseconds since 1970-01-01 UTC.
    pub sealed_at_us: i64,
}

impl BlockHeader {
    /// The `previous_hash` of block 1.
    pub const NO_PREVIOUS: Hash = [0; 32];

    /// The header as canonical JSON (RFC 8785): keys sorted, no white space,
    /// hashes in lower-case hexadecimal. These bytes are a leaf of the log.
    pub fn canonical(&self) -> Vec<u8> {
        // Written out, because RFC 8785 sorts keys and nothing in here can
        // need escaping: integers and hexadecimal digits only.
        format!(
            concat!(
                r#"{{"block_number":{},"entries_root":"{}","entry_count":{},"#,
                r#""first_seq":{},"previous_hash":"{}","sealed_at_us":{},"tenant_id":{}}}"#
            ),
            self.block_number,
            HEXLOWER.encode(&self.entries_root),
            self.entry_count,
            self.first_seq,
            HEXLOWER.encode(&self.previous_hash),
            self.sealed_at_us,
            self.tenant_id,
        )
        .into_bytes()
    }

    /// RFC 6962 leaf hash of the canonical bytes: the block's leaf in the log
    /// tree and the next block's `previous_hash`.
    pub fn leaf_hash(&self) -> Hash {
        merkle::leaf_hash(&self.canonical())
    }

    /// Sequence number of the last entry. Saturates for a header that
    /// [`check`](Self::check) refuses.
    pub fn last_seq(&self) -> i64 {
        self.first_seq.saturating_add(i64::from(self.entry_count)).saturating_sub(1)
    }

    /// Checks what a header alone can show: every number in its range, and
    /// block 1 at the start of the chain.
    ///
    /// # Errors
    /// [`BlockError::OutOfRange`], [`BlockError::FirstBlock`].
    pub fn check(&self) -> Result<(), BlockError> {
        let in_range = [
            ("block_number", 1, self.block_number),
            ("first_seq", 1, self.first_seq),
            ("entry_count", 1, i64::from(self.entry_count)),
            ("first_seq", 1, self.last_seq()),
            ("sealed_at_us", 0, self.sealed_at_us),
        ];
        for (field, least, value) in in_range {
            if !(least..=INTEGER_MAX).contains(&value) {
                return Err(BlockError::OutOfRange { field });
            }
        }
        let starts_chain = self.first_seq == 1 && self.previous_hash == Self::NO_PREVIOUS;
        if self.block_number == 1 && !starts_chain {
            return Err(BlockError::FirstBlock);
        }
        Ok(())
    }

    /// Checks that this block comes right after `previous`.
    ///
    /// # Errors
    /// The [`BlockError`] that names the first thing that does not fit.
    pub fn check_follows(&self, previous: &Self) -> Result<(), BlockError> {
        let rules = [
            (self.tenant_id == previous.tenant_id, BlockError::OtherTenant),
            (previous.block_number.checked_add(1) == Some(self.block_number), BlockError::NumberGap),
            (previous.last_seq().checked_add(1) == Some(self.first_seq), BlockError::SequenceGap),
            (previous.leaf_hash() == self.previous_hash, BlockError::PreviousHash),
            (previous.sealed_at_us <= self.sealed_at_us, BlockError::TimeReversed),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, error)) => Err(error),
            None => self.check(),
        }
    }
}

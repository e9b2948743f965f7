//! RFC 6962 Merkle trees over SHA-256: hashes, roots and proofs.
//!
//! Trees are given as their leaf hashes. Proofs are made by RFC 6962 §2.1.1
//! and §2.1.2 and checked by the loops of RFC 9162 §2.1.3.2 and §2.1.4.2,
//! which describe the same trees.

use std::ops::Range;

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::shape::{consistency_ranges, inclusion_ranges};

/// A SHA-256 hash: of a leaf, of an inner node or of a whole tree.
pub type Hash = [u8; 32];

// The prefixes keep a leaf from being passed off as an inner node.
const LEAF_PREFIX: [u8; 1] = [0x00];
const NODE_PREFIX: [u8; 1] = [0x01];

/// Why a tree proof cannot be made or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MerkleError {
    /// The leaf's index is not below the size of the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// Position of the leaf, from 0.
        index: u64,
        /// Number of leaves.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old_size} leaves cannot come before one of {new_size}")]
    SizesOutOfOrder {
        /// Leaves of the older tree.
        old_size: u64,
        /// Leaves of the newer tree.
        new_size: u64,
    },
    /// The path has too few or too many hashes for the sizes claimed.
    #[error("the path has the wrong length")]
    PathLength,
    /// The path leads to another root than the one given.
    #[error("the path does not lead to the root")]
    RootMismatch,
    /// The lookup did not give a node that the proof needs.
    #[error("node {index} of level {level} is missing")]
    NodeMissing {
        /// Height above the leaves.
        level: u8,
        /// Position within the level, from 0.
        index: u64,
    },
}

/// Hash of a leaf: SHA-256(0x00 ‖ data), RFC 6962 §2.1.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update(LEAF_PREFIX).chain_update(data).finalize().into()
}

/// Hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update(NODE_PREFIX).chain_update(left).chain_update(right).finalize().into()
}

/// Root of the tree with no leaves: SHA-256 of nothing, RFC 6962 §2.1.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Root of the tree with these leaf hashes, in order.
pub fn tree_root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        // A node without a sibling rises unchanged: this gives the RFC's split
        // at the largest power of two, level by level and without recursion.
        level = level.chunks(2).filter_map(|pair| pair.iter().copied().reduce(|l, r| node_hash(&l, &r))).collect();
    }
    level.first().copied().unwrap_or_else(empty_root)
}

/// Audit path of the leaf at `index` (from 0), from the leaf's sibling up to a
/// child of the root, RFC 6962 §2.1.1.
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`].
pub fn inclusion_path(leaves: &[Hash], index: u64) -> Result<Vec<Hash>, MerkleError> {
    let ranges = inclusion_ranges(index, leaves.len() as u64)?;
    Ok(roots_of(leaves, &ranges))
}

/// Proof that the tree of these leaves extends that of its first `old_size`
/// leaves, RFC 6962 §2.1.2. Empty when the old tree is empty or the same.
///
/// # Errors
/// [`MerkleError::SizesOutOfOrder`].
pub fn consistency_path(leaves: &[Hash], old_size: u64) -> Result<Vec<Hash>, MerkleError> {
    let ranges = consistency_ranges(old_size, leaves.len() as u64)?;
    Ok(roots_of(leaves, &ranges))
}

/// Checks that the tree of `size` leaves with this `root` has the hash `leaf`
/// at `index` (from 0).
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`], [`MerkleError::PathLength`] or
/// [`MerkleError::RootMismatch`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<(), MerkleError> {
    if index >= size {
        return Err(MerkleError::IndexOutOfRange { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(MerkleError::PathLength);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // On the right edge, skip the levels on which this node has no
            // sibling and so rose unchanged.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(MerkleError::PathLength);
    }
    same_root(&hash, root)
}

/// Checks that the tree of `new_size` leaves with `new_root` begins with the
/// tree of `old_size` leaves with `old_root`.
///
/// Every tree extends the empty one; the path is then empty, as it is for two
/// trees of one size, whose roots must be the same.
///
/// # Errors
/// [`MerkleError::SizesOutOfOrder`], [`MerkleError::PathLength`] or
/// [`MerkleError::RootMismatch`].
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    path: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), MerkleError> {
    if old_size > new_size {
        return Err(MerkleError::SizesOutOfOrder { old_size, new_size });
    }
    if old_size == 0 || old_size == new_size {
        if !path.is_empty() {
            return Err(MerkleError::PathLength);
        }
        if old_size == 0 {
            same_root(old_root, &empty_root())?;
        }
        if old_size == new_size {
            same_root(old_root, new_root)?;
        }
        return Ok(());
    }
    verify_growth(old_size, new_size, path, old_root, new_root)
}

/// RFC 9162 §2.1.4.2 for 0 < old < new.
fn verify_growth(
    old_size: u64,
    new_size: u64,
    path: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), MerkleError> {
    // A complete old tree is itself a node of the new one: the path leaves out
    // the root that the verifier has already.
    let (first, rest) = match path.split_first() {
        _ if old_size.is_power_of_two() => (old_root, path),
        Some(parts) => parts,
        None => return Err(MerkleError::PathLength),
    };
    let complete_levels = old_size.trailing_zeros();
    let mut node = (old_size - 1) >> complete_levels;
    let mut last = (new_size - 1) >> complete_levels;
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(MerkleError::PathLength);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(MerkleError::PathLength);
    }
    same_root(&old_hash, old_root)?;
    same_root(&new_hash, new_root)
}

fn same_root(computed: &Hash, given: &Hash) -> Result<(), MerkleError> {
    // Both are public, so an ordinary comparison leaks nothing.
    if computed == given { Ok(()) } else { Err(MerkleError::RootMismatch) }
}

fn roots_of(leaves: &[Hash], ranges: &[Range<u64>]) -> Vec<Hash> {
    ranges.iter().map(|range| tree_root(&leaves[range.start as usize..range.end as usize])).collect()
}

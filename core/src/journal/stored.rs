//! Proofs out of stored nodes, for trees too big to load.
//!
//! Only complete subtrees are stored, as [`Frontier::push`] returns them: they
//! never change again. A subtree at the right edge that is not complete yet is
//! put together from complete ones, so a proof reads O(log² size) rows at most.
//!
//! First ask which nodes are needed, fetch them in one query, then make the
//! path with a lookup into what was fetched.
//!
//! [`Frontier::push`]: super::frontier::Frontier::push

use std::ops::Range;

use super::merkle::{Hash, MerkleError, empty_root, node_hash};
use super::shape::{consistency_ranges, inclusion_ranges};

/// A complete subtree: its height above the leaves and its position within
/// that level, from 0. It covers the leaves from `index << level` on.
pub type NodeId = (u8, u64);

/// Finds the root of a complete subtree by (level, index).
pub type Lookup<'a> = &'a dyn Fn(u8, u64) -> Option<Hash>;

/// The nodes that [`inclusion_path`] will look up.
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`].
pub fn inclusion_nodes_needed(index: u64, size: u64) -> Result<Vec<NodeId>, MerkleError> {
    Ok(nodes_of(&inclusion_ranges(index, size)?))
}

/// The nodes that [`consistency_path`] will look up.
///
/// # Errors
/// [`MerkleError::SizesOutOfOrder`].
pub fn consistency_nodes_needed(old_size: u64, new_size: u64) -> Result<Vec<NodeId>, MerkleError> {
    Ok(nodes_of(&consistency_ranges(old_size, new_size)?))
}

/// The nodes that [`root`] will look up, from left to right. They are also the
/// nodes of the tree's [`Frontier`](super::frontier::Frontier).
pub fn root_nodes_needed(size: u64) -> Vec<NodeId> {
    complete_nodes(&(0..size)).collect()
}

/// Same as [`merkle::inclusion_path`](super::merkle::inclusion_path) on all
/// `size` leaves.
///
/// # Errors
/// [`MerkleError::IndexOutOfRange`], [`MerkleError::NodeMissing`].
pub fn inclusion_path(index: u64, size: u64, lookup: Lookup) -> Result<Vec<Hash>, MerkleError> {
    roots_of(&inclusion_ranges(index, size)?, lookup)
}

/// Same as [`merkle::consistency_path`](super::merkle::consistency_path) on
/// all `new_size` leaves.
///
/// # Errors
/// [`MerkleError::SizesOutOfOrder`], [`MerkleError::NodeMissing`].
pub fn consistency_path(old_size: u64, new_size: u64, lookup: Lookup) -> Result<Vec<Hash>, MerkleError> {
    roots_of(&consistency_ranges(old_size, new_size)?, lookup)
}

/// Root that the tree had at `size` leaves.
///
/// # Errors
/// [`MerkleError::NodeMissing`].
pub fn root(size: u64, lookup: Lookup) -> Result<Hash, MerkleError> {
    range_root(&(0..size), lookup)
}

fn nodes_of(ranges: &[Range<u64>]) -> Vec<NodeId> {
    ranges.iter().flat_map(complete_nodes).collect()
}

fn roots_of(ranges: &[Range<u64>], lookup: Lookup) -> Result<Vec<Hash>, MerkleError> {
    ranges.iter().map(|range| range_root(range, lookup)).collect()
}

/// Splits the leaves of a subtree into complete subtrees, largest first: one
/// for each one-bit of their number. The start of an RFC 6962 subtree is a
/// multiple of its size rounded up to a power of two, so each part is aligned.
fn complete_nodes(range: &Range<u64>) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
    let Range { start, end } = *range;
    let leaves = end - start;
    (0..u64::BITS as u8).rev().filter(move |level| leaves >> level & 1 == 1).map(move |level| {
        // The leaves before this part are the higher bits of the number.
        let before = leaves & u64::MAX.checked_shl(u32::from(level) + 1).unwrap_or(0);
        (level, (start + before) >> level)
    })
}

fn range_root(range: &Range<u64>, lookup: Lookup) -> Result<Hash, MerkleError> {
    let mut root = None;
    for (level, index) in complete_nodes(range).rev() {
        let left = lookup(level, index).ok_or(MerkleError::NodeMissing { level, index })?;
        root = Some(match root {
            Some(right) => node_hash(&left, &right),
            None => left,
        });
    }
    Ok(root.unwrap_or_else(empty_root))
}

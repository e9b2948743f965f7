//! The right edge of a growing tree: the roots of its complete subtrees, one
//! for each one-bit of its size. It is all that appending a leaf or computing
//! the root needs, at most 63 hashes however big the tree.

use thiserror::Error;

use super::merkle::{Hash, empty_root, node_hash};

/// Why stored parts are not a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrontierError {
    /// The size is beyond what a Postgres `bigint` can count.
    #[error("a tree cannot have {size} leaves")]
    TooLarge {
        /// Number of leaves claimed.
        size: u64,
    },
    /// There must be one node for each one-bit of the size.
    #[error("a tree of {size} leaves has {expected} frontier nodes, not {given}")]
    NodeCount {
        /// Number of leaves claimed.
        size: u64,
        /// Nodes that such a tree has.
        expected: u32,
        /// Nodes given.
        given: usize,
    },
}

/// An RFC 6962 tree reduced to what appending needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Left to right, so from the largest subtree to the smallest.
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves, whose complete subtrees have
    /// the roots `nodes`, from left to right. [`root_nodes_needed`] names them.
    ///
    /// # Errors
    /// [`FrontierError::TooLarge`] above `i64::MAX` leaves,
    /// [`FrontierError::NodeCount`] if there is not one node for each subtree.
    ///
    /// [`root_nodes_needed`]: super::stored::root_nodes_needed
    pub fn from_parts(size: u64, nodes: Vec<Hash>) -> Result<Self, FrontierError> {
        if i64::try_from(size).is_err() {
            return Err(FrontierError::TooLarge { size });
        }
        let expected = size.count_ones();
        if nodes.len() != expected as usize {
            return Err(FrontierError::NodeCount { size, expected, given: nodes.len() });
        }
        Ok(Self { size, nodes })
    }

    /// Appends a leaf hash and returns every complete subtree that it finishes
    /// as (level, index within the level, root), from the leaf itself (level 0)
    /// upwards. Stored under (level, index) they serve [`stored`] proofs.
    ///
    /// [`stored`]: super::stored
    pub fn push(&mut self, leaf: Hash) -> Vec<(u8, u64, Hash)> {
        let mut finished = vec![(0, self.size, leaf)];
        let mut hash = leaf;
        // Like a carry in binary addition: each trailing one-bit of the size
        // is a subtree that now has its right sibling.
        for level in 1..=self.size.trailing_ones() as u8 {
            let Some(left) = self.nodes.pop() else { break };
            hash = node_hash(&left, &hash);
            finished.push((level, self.size >> level, hash));
        }
        self.nodes.push(hash);
        // Cannot overflow: from_parts leaves room for 2^63 more leaves.
        self.size += 1;
        finished
    }

    /// The root of the tree as it stands.
    pub fn root(&self) -> Hash {
        self.nodes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, from left to right.
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }
}

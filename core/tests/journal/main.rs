//! The journal's log: trees, checkpoints and proofs.

mod block;
mod checkpoint;
mod log;
mod merkle;
mod proof;
mod stored;

use admit_core::journal::Hash;
use admit_core::journal::merkle::leaf_hash;

/// Distinct leaf hashes.
fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn flip(hash: &mut Hash, bit: u8) {
    hash[usize::from(bit / 8)] ^= 1 << (bit % 8);
}

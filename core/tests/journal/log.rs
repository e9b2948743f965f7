//! A small log in memory, made the way a server seals blocks.

use admit_core::journal::merkle::{consistency_path, empty_root, inclusion_path, leaf_hash, tree_root};
use admit_core::journal::{BlockHeader, Checkpoint, ConsistencyProof, Hash, InclusionProof};
use ed25519_dalek::SigningKey;

pub const TENANT: i32 = 7;
pub const ORIGIN: &str = "admit/7/journal";

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub struct Log {
    pub key: SigningKey,
    pub headers: Vec<BlockHeader>,
}

pub fn entry(seq: i64) -> String {
    format!(r#"{{"kind":"scan","seq":{seq}}}"#)
}

impl Log {
    /// A log with one block for each of the entry counts.
    pub fn new(entry_counts: &[i32]) -> Self {
        let mut log = Self { key: key(1), headers: Vec::new() };
        for (block_number, entry_count) in (1..).zip(entry_counts.iter().copied()) {
            let first_seq = log.last_seq() + 1;
            let previous = log.headers.last().map(BlockHeader::leaf_hash);
            let mut header = BlockHeader {
                tenant_id: TENANT,
                block_number,
                first_seq,
                entry_count,
                entries_root: [0; 32],
                previous_hash: previous.unwrap_or(BlockHeader::NO_PREVIOUS),
                sealed_at_us: 1_790_000_000_000_000 + block_number,
            };
            header.entries_root = tree_root(&entry_leaves(&header));
            log.headers.push(header);
        }
        log
    }

    pub fn last_seq(&self) -> i64 {
        self.headers.last().map_or(0, BlockHeader::last_seq)
    }

    fn leaves(&self, size: u64) -> Vec<Hash> {
        self.headers[..size as usize].iter().map(BlockHeader::leaf_hash).collect()
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let (root, last_seq) = match size {
            0 => (empty_root(), 0),
            _ => (tree_root(&self.leaves(size)), self.headers[size as usize - 1].last_seq()),
        };
        Checkpoint::new(ORIGIN, size, root, last_seq).unwrap()
    }

    pub fn inclusion(&self, block_index: u64, index_in_block: u32, size: u64) -> InclusionProof {
        let block = self.headers[block_index as usize].clone();
        InclusionProof {
            entry: entry(block.first_seq + i64::from(index_in_block)),
            entry_path: inclusion_path(&entry_leaves(&block), u64::from(index_in_block)).unwrap(),
            block,
            index_in_block,
            block_index,
            log_size: size,
            block_path: inclusion_path(&self.leaves(size), block_index).unwrap(),
            checkpoint: self.checkpoint(size).sign(&self.key),
        }
    }

    pub fn consistency(&self, old_size: u64, new_size: u64) -> ConsistencyProof {
        ConsistencyProof {
            old_checkpoint: self.checkpoint(old_size).sign(&self.key),
            new_checkpoint: self.checkpoint(new_size).sign(&self.key),
            path: consistency_path(&self.leaves(new_size), old_size).unwrap(),
        }
    }
}

fn entry_leaves(block: &BlockHeader) -> Vec<Hash> {
    (block.first_seq..=block.last_seq()).map(|seq| leaf_hash(entry(seq).as_bytes())).collect()
}

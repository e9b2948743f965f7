//! The journal as a transparency log: anybody who holds a signed checkpoint
//! can check, without the database, that an entry is in the journal and that
//! the journal only ever grew.
//!
//! The log has two levels. The entries that one seal collects form a block,
//! and a block is an RFC 6962 tree over the canonical contents of its entries.
//! The log itself is an RFC 6962 tree over the canonical block headers, so one
//! checkpoint (size, root, signature) commits to every entry sealed so far.
//!
//! * [`merkle`]: hashes, roots, inclusion and consistency proofs (RFC 6962).
//! * [`entry`]: one fact and the bytes of it that are hashed.
//! * [`frontier`]: the right edge of a growing tree, all that appending needs.
//! * [`stored`]: the same proofs out of stored nodes, for trees too big to load.
//! * [`block`]: the header of a block and how blocks chain.
//! * [`note`]: C2SP signed notes.
//! * [`checkpoint`]: C2SP checkpoints of the log.
//! * [`proof`]: self-contained proofs, as handed to a client.

pub mod block;
pub mod checkpoint;
pub mod entry;
pub mod frontier;
mod hash_hex;
pub mod merkle;
pub mod note;
pub mod proof;
mod shape;
pub mod stored;

pub use block::{BlockError, BlockHeader};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{ActorKind, Entry};
pub use frontier::{Frontier, FrontierError};
pub use merkle::{Hash, MerkleError};
pub use note::NoteError;
pub use proof::{ConsistencyProof, InclusionProof, ProofError};

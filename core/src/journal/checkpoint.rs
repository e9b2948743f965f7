//! Checkpoints: what the log signs when it has grown
//! (<https://c2sp.org/tlog-checkpoint>).
//!
//! ```text
//! admit/7/journal
//! 3
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! seq 1042
//!
//! — admit/7/journal Az3grlgtzPICa5OS8npVmf1Myq/5IZni…
//! ```
//!
//! The lines are the origin, the number of blocks, the root of the log tree
//! and, as the only extension line, the last entry's sequence number.

use data_encoding::BASE64;
use ed25519_dalek::{SigningKey, VerifyingKey};
use thiserror::Error;

use super::merkle::{Hash, empty_root};
use super::note::{self, NoteError};

const SEQ_PREFIX: &str = "seq ";

/// Why a checkpoint cannot be made or is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The note around it is not signed as it must be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The signed text is not a checkpoint of such a log.
    #[error("the signed text is not a checkpoint")]
    Malformed,
    /// The checkpoint is one of another log.
    #[error("the checkpoint belongs to another log")]
    OtherOrigin,
    /// The numbers contradict each other: fewer entries than blocks, or an
    /// empty log with entries or with another root than the empty tree's.
    #[error("the size, the root and the last sequence number contradict each other")]
    Contradiction,
}

/// The state of a log: everything up to `last_seq`, in `size` blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    last_seq: i64,
}

impl Checkpoint {
    /// A checkpoint of the log `origin` (`admit/<tenant id>/<log name>`) with
    /// `size` blocks, the RFC 6962 `root` over their headers, and the sequence
    /// number of the last entry, 0 in an empty log.
    ///
    /// # Errors
    /// [`NoteError::KeyName`] if the origin cannot name a key,
    /// [`CheckpointError::Contradiction`] if the numbers cannot be.
    pub fn new(origin: &str, size: u64, root: Hash, last_seq: i64) -> Result<Self, CheckpointError> {
        note::check_key_name(origin)?;
        let possible = match size {
            0 => last_seq == 0 && root == empty_root(),
            // Every block has an entry at least.
            blocks => u64::try_from(last_seq).is_ok_and(|entries| entries >= blocks),
        };
        if !possible {
            return Err(CheckpointError::Contradiction);
        }
        Ok(Self { origin: origin.to_owned(), size, root, last_seq })
    }

    /// The name of the log, which is also the name of its key.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of blocks.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// RFC 6962 root of the log tree.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// Sequence number of the last entry, 0 in an empty log.
    pub fn last_seq(&self) -> i64 {
        self.last_seq
    }

    /// The tenant that an origin `admit/<tenant id>/<log name>` names.
    pub fn tenant_id(&self) -> Option<i32> {
        let (tenant, log) = self.origin.strip_prefix("admit/")?.split_once('/')?;
        let id: i32 = tenant.parse().ok()?;
        (!log.is_empty() && id.to_string() == tenant).then_some(id)
    }

    /// The text that is signed.
    pub fn to_body(&self) -> String {
        format!("{}\n{}\n{}\n{SEQ_PREFIX}{}\n", self.origin, self.size, BASE64.encode(&self.root), self.last_seq,)
    }

    /// The signed note. The key's name is the origin, as the specification
    /// recommends, so the signature cannot be carried over to another log.
    pub fn sign(&self, key: &SigningKey) -> String {
        note::sign(&self.to_body(), &self.origin, key)
    }

    /// Reads a checkpoint of the log `origin` that one of `keys` has signed.
    /// Give every key that the log may have used: others' are ignored.
    ///
    /// # Errors
    /// [`CheckpointError`]; nothing of the note can be trusted then.
    pub fn parse_and_verify(note: &str, origin: &str, keys: &[VerifyingKey]) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse_body(note::open(note, origin, keys)?)?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::OtherOrigin);
        }
        Ok(checkpoint)
    }

    /// The origin that a note claims, signed or not: to choose what to verify
    /// it against, never as a fact.
    pub fn claimed_origin(note: &str) -> Option<&str> {
        let (origin, _) = note.split_once('\n')?;
        note::check_key_name(origin).ok()?;
        Some(origin)
    }

    fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        let mut lines = body.split_terminator('\n');
        let mut line = || lines.next().ok_or(CheckpointError::Malformed);
        let (origin, size, root, seq) = (line()?, line()?, line()?, line()?);
        let root = BASE64.decode(root.as_bytes()).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let checkpoint = Self::new(
            origin,
            size.parse().map_err(|_| CheckpointError::Malformed)?,
            root.ok_or(CheckpointError::Malformed)?,
            seq.strip_prefix(SEQ_PREFIX).and_then(|number| number.parse().ok()).ok_or(CheckpointError::Malformed)?,
        )?;
        // One spelling only: no sign, no leading zero, no further line.
        if checkpoint.to_body() == body { Ok(checkpoint) } else { Err(CheckpointError::Malformed) }
    }
}

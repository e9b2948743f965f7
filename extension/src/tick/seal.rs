//! Sealing: finished journal entries become a block with a signed checkpoint, and their legs are
//! added to the settled balances and live figures, all in one transaction.

use admit_core::journal::merkle::tree_root;
use admit_core::journal::{BlockHeader, Checkpoint, Frontier, Hash};
use admit_core::tenant::KeyPurpose;
use admit_core::{Error, ErrorCode, Result};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;

use crate::call::now;
use crate::database::{Database, Rows, arguments};
use crate::key::{self, KeyMaterial};

/// The log's name in its origin.
const LOG_NAME: &str = "journal";
/// Entries a block at most.
const ENTRIES_MAX: i64 = 4096;
/// Blocks a tenant and round at most, so that no tenant keeps the others waiting.
const BLOCKS_MAX: i64 = 16;

/// The checkpoint origin of a tenant's journal.
pub fn origin(tenant_id: i32) -> String {
    format!("admit/{tenant_id}/{LOG_NAME}")
}

/// How far a tenant is sealed.
struct Seal {
    lineage: i64,
    xid: i64,
    ord: i32,
    last_seq: i64,
    block_count: i64,
    block_hash: Hash,
    frontier: Frontier,
    sealed_at_us: i64,
}

/// Seals what is finished; gives the numbers of entries and blocks.
pub fn seal(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<(i64, i64)> {
    let mut rows = database.write(include_str!("../../../sql/statements/seal_lock.sql"), arguments![tenant_id])?;
    if !rows.next() {
        return Ok((0, 0));
    }
    let mut seal = read_seal(&rows)?;
    let mut signing_key = None;
    let (mut entries, mut blocks) = (0, 0);
    while blocks < BLOCKS_MAX {
        let leaves = match next_entries(database, tenant_id, &seal)? {
            leaves if !leaves.is_empty() => leaves,
            _ if move_to_other_lineage(database, tenant_id, &mut seal)? => continue,
            _ => break,
        };
        if signing_key.is_none() {
            signing_key = Some(checkpoint_key(database, tenant_id)?);
        }
        let Some(key) = &signing_key else { break };
        store_block(database, tenant_id, &mut seal, &leaves, key)?;
        entries += leaves.len() as i64;
        blocks += 1;
        if (leaves.len() as i64) < ENTRIES_MAX {
            break;
        }
    }
    Ok((entries, blocks))
}

fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::new(ErrorCode::Internal, "a stored hash has the wrong length"))
}

fn read_seal(rows: &Rows<'_>) -> Result<Seal> {
    let block_count: i64 = rows.get(5)?;
    let nodes: Vec<u8> = rows.get(7)?;
    let nodes = nodes.chunks(32).map(hash_of).collect::<Result<Vec<Hash>>>()?;
    let frontier = Frontier::from_parts(block_count.unsigned_abs(), nodes)
        .map_err(|error| Error::new(ErrorCode::Internal, format!("the stored frontier is wrong: {error}")))?;
    let sealed_at: Option<Timestamp> = rows.optional(8)?;
    Ok(Seal {
        lineage: rows.get(1)?,
        xid: rows.get(2)?,
        ord: rows.get(3)?,
        last_seq: rows.get(4)?,
        block_count,
        block_hash: hash_of(&rows.get::<Vec<u8>>(6)?)?,
        frontier,
        sealed_at_us: sealed_at.map_or(0, |sealed_at| sealed_at.as_microsecond()),
    })
}

/// A finished entry: its place and leaf hash.
type Leaf = (i64, i32, Hash);

/// The next finished entries of the sealed lineage, in key order. Every transaction below the
/// snapshot's xmin has ended, so no entry can appear between them any more.
fn next_entries(database: &mut Database<'_, '_>, tenant_id: i32, seal: &Seal) -> Result<Vec<Leaf>> {
    let rows = database.write(
        include_str!("../../../sql/statements/seal_entries.sql"),
        arguments![tenant_id, seal.lineage, seal.xid, seal.ord, ENTRIES_MAX, own_lineage()],
    )?;
    rows.collect(|row| Ok((row.get(1)?, row.get(2)?, hash_of(&row.get::<Vec<u8>>(3)?)?)))
}

fn own_lineage() -> i64 {
    // SAFETY: reads a constant of the cluster.
    #[allow(unsafe_code, reason = "pgrx does not wrap the system identifier")]
    unsafe {
        pgrx::pg_sys::GetSystemIdentifier().cast_signed()
    }
}

/// After a restore into another cluster the journal goes on under another lineage.
fn move_to_other_lineage(database: &mut Database<'_, '_>, tenant_id: i32, seal: &mut Seal) -> Result<bool> {
    let mut rows = database.write(
        include_str!("../../../sql/statements/seal_other_lineage.sql"),
        arguments![tenant_id, seal.lineage, own_lineage()],
    )?;
    if !rows.next() {
        return Ok(false);
    }
    seal.lineage = rows.get(1)?;
    seal.xid = rows.get(2)?;
    seal.ord = rows.get(3)?;
    Ok(true)
}

fn checkpoint_key(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<SigningKey> {
    let key_id = key::current(database, tenant_id, KeyPurpose::Checkpoint)?;
    match key::open(database, tenant_id, key_id)?.as_deref() {
        Some(KeyMaterial::Signing(key)) => Ok(key.0.clone()),
        _ => Err(Error::new(ErrorCode::Internal, "the checkpoint key is missing")),
    }
}

fn store_block(
    database: &mut Database<'_, '_>,
    tenant_id: i32,
    seal: &mut Seal,
    leaves: &[Leaf],
    key: &SigningKey,
) -> Result<()> {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf.2).collect();
    let (Some(first), Some(last)) = (leaves.first(), leaves.last()) else { return Ok(()) };
    let sealed_at_us = now().as_microsecond().max(seal.sealed_at_us);
    let header = BlockHeader {
        tenant_id,
        block_number: seal.block_count + 1,
        first_seq: seal.last_seq + 1,
        entry_count: i32::try_from(leaves.len()).unwrap_or(i32::MAX),
        entries_root: tree_root(&hashes),
        previous_hash: seal.block_hash,
        sealed_at_us,
    };
    let block_hash = header.leaf_hash();
    let nodes = seal.frontier.push(block_hash);
    let checkpoint = Checkpoint::new(&origin(tenant_id), seal.frontier.size(), seal.frontier.root(), header.last_seq())
        .map_err(|error| Error::new(ErrorCode::Internal, format!("no checkpoint can be made: {error}")))?
        .sign(key);
    let sealed_at = Timestamp::from_microsecond(sealed_at_us).unwrap_or(Timestamp::MAX);
    database.write(
        include_str!("../../../sql/statements/seal_block.sql"),
        arguments![
            tenant_id,
            header.block_number,
            seal.lineage,
            first.0,
            first.1,
            last.0,
            last.1,
            header.first_seq,
            header.entry_count,
            header.entries_root,
            header.previous_hash,
            sealed_at,
            checkpoint,
        ],
    )?;
    for (level, position, hash) in nodes {
        database.write(
            "INSERT INTO admit.log_node (tenant_id, level, position, hash) VALUES ($1, $2, $3, $4)",
            arguments![tenant_id, i16::from(level), position.cast_signed(), hash],
        )?;
    }
    fold(database, tenant_id, seal.lineage, first, last)?;
    seal.xid = last.0;
    seal.ord = last.1;
    seal.last_seq = header.last_seq();
    seal.block_count = header.block_number;
    seal.block_hash = block_hash;
    seal.sealed_at_us = sealed_at_us;
    let frontier = seal.frontier.nodes().concat();
    database.write(
        include_str!("../../../sql/statements/seal_advance.sql"),
        arguments![tenant_id, seal.lineage, seal.xid, seal.ord, seal.last_seq, seal.block_count, block_hash, frontier],
    )?;
    Ok(())
}

/// Adds a block's legs to the settled balances and its scans to the live figures.
fn fold(database: &mut Database<'_, '_>, tenant_id: i32, lineage: i64, first: &Leaf, last: &Leaf) -> Result<()> {
    for text in [
        include_str!("../../../sql/statements/fold_accounts.sql"),
        include_str!("../../../sql/statements/fold_figures.sql"),
        include_str!("../../../sql/statements/fold_minutes.sql"),
        include_str!("../../../sql/statements/fold_sales.sql"),
    ] {
        database.write(text, arguments![tenant_id, lineage, first.0, first.1, last.0, last.1])?;
    }
    database.write(include_str!("../../../sql/statements/fold_alerts.sql"), arguments![tenant_id, now()])?;
    Ok(())
}

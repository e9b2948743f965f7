//! Proofs that a stranger checks with the published keys.

use std::collections::HashMap;

use admit_core::journal::merkle::inclusion_path;
use admit_core::journal::{BlockHeader, ConsistencyProof, Hash, InclusionProof, stored};
use admit_core::report::{CheckpointGet, CheckpointView, ConsistencyProofGet, InclusionProofGet, ProofView};
use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;

use crate::call::Call;
use crate::database::{Database, Rows, arguments};
use crate::journal::{entry_columns, entry_of};

fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::Internal, format!("no proof can be made: {error}"))
}

fn proof_view(proof: &impl serde::Serialize) -> Result<ProofView> {
    Ok(ProofView { proof: serde_json::to_value(proof).map_err(internal)? })
}

fn not_sealed() -> Error {
    Error::new(ErrorCode::NotSealed, "the entry is not sealed yet: try again in a second, or run admit.tick()")
}

/// A stored hash.
pub fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| internal("a stored hash has the wrong length"))
}

/// The header of a row with block number, first seq, count, root, previous hash and time in the
/// columns from `ordinal` on.
pub fn header_of(rows: &Rows<'_>, tenant_id: i32, ordinal: usize) -> Result<BlockHeader> {
    Ok(BlockHeader {
        tenant_id,
        block_number: rows.get(ordinal)?,
        first_seq: rows.get(ordinal + 1)?,
        entry_count: rows.get(ordinal + 2)?,
        entries_root: hash_of(&rows.get::<Vec<u8>>(ordinal + 3)?)?,
        previous_hash: hash_of(&rows.get::<Vec<u8>>(ordinal + 4)?)?,
        sealed_at_us: rows.get::<Timestamp>(ordinal + 5)?.as_microsecond(),
    })
}

/// The newest checkpoint: number of blocks, sequence number, signed note.
fn newest(database: &mut Database<'_, '_>, call: &Call) -> Result<(i64, i64, String)> {
    let mut rows = database.read(
        "SELECT block_number, first_seq + entry_count - 1, checkpoint FROM admit.block \
         WHERE tenant_id = $1 ORDER BY block_number DESC LIMIT 1",
        arguments![call.tenant_id],
    )?;
    if rows.next() { Ok((rows.get(1)?, rows.get(2)?, rows.get(3)?)) } else { Err(not_sealed()) }
}

/// `journal.checkpoint`
pub fn checkpoint(database: &mut Database<'_, '_>, call: &Call, _: CheckpointGet) -> Result<CheckpointView> {
    let (size, seq, checkpoint) = newest(database, call)?;
    Ok(CheckpointView { size, seq, checkpoint })
}

type Nodes = HashMap<(u8, u64), Hash>;

/// Loads complete nodes of the log tree.
fn nodes(database: &mut Database<'_, '_>, call: &Call, needed: &[(u8, u64)]) -> Result<Nodes> {
    let levels: Vec<i64> = needed.iter().map(|node| i64::from(node.0)).collect();
    let positions: Vec<i64> = needed.iter().map(|node| node.1.cast_signed()).collect();
    let rows = database.read(
        "SELECT n.level, n.position, n.hash FROM unnest($2, $3) AS needed (level, position) \
         JOIN admit.log_node AS n ON n.tenant_id = $1 AND n.level = needed.level::smallint AND n.position = needed.position",
        arguments![call.tenant_id, levels, positions],
    )?;
    let loaded = rows.collect(|row| {
        let level = u8::try_from(row.get::<i16>(1)?).unwrap_or(u8::MAX);
        Ok(((level, row.get::<i64>(2)?.cast_unsigned()), hash_of(&row.get::<Vec<u8>>(3)?)?))
    })?;
    Ok(loaded.into_iter().collect())
}

/// `journal.inclusion`
pub fn inclusion(database: &mut Database<'_, '_>, call: &Call, request: InclusionProofGet) -> Result<ProofView> {
    call.require_whole_tenant("entry")?;
    let mut rows = database.read(
        concat!(
            "SELECT ",
            entry_columns!(),
            ", j.lineage, j.xid, j.ord FROM admit.journal AS j \
             WHERE j.tenant_id = $1 AND j.entry_id = $2"
        ),
        arguments![call.tenant_id, request.entry_id],
    )?;
    rows.only("entry")?;
    let entry = entry_of(&rows)?;
    let place: (i64, i64, i32) = (rows.get(14)?, rows.get(15)?, rows.get(16)?);
    let mut rows = database.read(
        include_str!("../../sql/statements/proof_block.sql"),
        arguments![call.tenant_id, place.0, place.1, place.2],
    )?;
    if !rows.next() {
        return Err(not_sealed());
    }
    let block = header_of(&rows, call.tenant_id, 1)?;
    let bounds: (i64, i32, i64, i32) = (rows.get(7)?, rows.get(8)?, rows.get(9)?, rows.get(10)?);
    let leaves = database
        .read(
            include_str!("../../sql/statements/proof_leaves.sql"),
            arguments![call.tenant_id, place.0, bounds.0, bounds.1, bounds.2, bounds.3],
        )?
        .collect(|row| Ok((row.get::<i64>(1)?, row.get::<i32>(2)?, hash_of(&row.get::<Vec<u8>>(3)?)?)))?;
    let index = leaves.iter().position(|leaf| (leaf.0, leaf.1) == (place.1, place.2)).ok_or_else(not_sealed)?;
    let hashes: Vec<Hash> = leaves.into_iter().map(|leaf| leaf.2).collect();
    let (size, _, checkpoint) = newest(database, call)?;
    let (log_size, block_index) = (size.cast_unsigned(), (block.block_number - 1).cast_unsigned());
    let needed = stored::inclusion_nodes_needed(block_index, log_size).map_err(internal)?;
    let nodes = nodes(database, call, &needed)?;
    proof_view(&InclusionProof {
        entry: String::from_utf8(entry.canonical()).map_err(internal)?,
        entry_path: inclusion_path(&hashes, index as u64).map_err(internal)?,
        index_in_block: u32::try_from(index).map_err(internal)?,
        block_path: stored::inclusion_path(block_index, log_size, &|level, position| {
            nodes.get(&(level, position)).copied()
        })
        .map_err(internal)?,
        block,
        block_index,
        log_size,
        checkpoint,
    })
}

/// `journal.consistency`
pub fn consistency(database: &mut Database<'_, '_>, call: &Call, request: ConsistencyProofGet) -> Result<ProofView> {
    call.require_whole_tenant("checkpoint")?;
    let mut rows = database.read(
        "SELECT checkpoint FROM admit.block WHERE tenant_id = $1 AND block_number = $2",
        arguments![call.tenant_id, request.old_size],
    )?;
    rows.only("checkpoint")?;
    let old_checkpoint: String = rows.get(1)?;
    let (size, _, new_checkpoint) = newest(database, call)?;
    let (old, new) = (request.old_size.cast_unsigned(), size.cast_unsigned());
    let needed = stored::consistency_nodes_needed(old, new).map_err(internal)?;
    let nodes = nodes(database, call, &needed)?;
    let path = stored::consistency_path(old, new, &|level, position| nodes.get(&(level, position)).copied())
        .map_err(internal)?;
    proof_view(&ConsistencyProof { old_checkpoint, new_checkpoint, path })
}

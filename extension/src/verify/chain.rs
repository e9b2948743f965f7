//! Does the sealed journal recompute: contents, blocks, chain, log tree, signatures?

use admit_core::Result;
use admit_core::journal::merkle::tree_root;
use admit_core::journal::{BlockHeader, Checkpoint, Frontier, Hash};
use ed25519_dalek::VerifyingKey;

use crate::database::{Database, arguments};
use crate::journal::{entry_columns, entry_of};
use crate::proof::{hash_of, header_of};

/// Entries read at a time.
const BATCH: i64 = 2000;

/// The checks' names and violations.
pub fn check(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<[(&'static str, i64); 4]> {
    let contents = contents(database, tenant_id)?;
    let keys = checkpoint_keys(database, tenant_id)?;
    let rows = database.read(include_str!("../../../sql/statements/verify_blocks.sql"), arguments![tenant_id])?;
    let blocks = rows.collect(|row| {
        let hashes: Vec<u8> = row.optional(8)?.unwrap_or_default();
        let hashes = hashes.chunks(32).map(hash_of).collect::<Result<Vec<Hash>>>()?;
        Ok((header_of(row, tenant_id, 1)?, row.get::<String>(7)?, tree_root(&hashes), hashes.len()))
    })?;
    let (mut roots, mut links, mut notes) = (0, 0, 0);
    let mut previous: Option<BlockHeader> = None;
    let mut frontier = Frontier::default();
    for (header, note, root, entries) in blocks {
        let complete = usize::try_from(header.entry_count).is_ok_and(|count| count == entries);
        roots += i64::from(root != header.entries_root || !complete);
        let follows = match &previous {
            Some(previous) => header.check_follows(previous).is_ok(),
            None => header.check().is_ok() && header.block_number == 1,
        };
        links += i64::from(!follows);
        frontier.push(header.leaf_hash());
        let checkpoint = Checkpoint::parse_and_verify(&note, &crate::tick::origin(tenant_id), &keys);
        let agrees = checkpoint.is_ok_and(|checkpoint| {
            checkpoint.size() == frontier.size()
                && checkpoint.root() == &frontier.root()
                && checkpoint.last_seq() == header.last_seq()
        });
        notes += i64::from(!agrees);
        previous = Some(header);
    }
    Ok([
        ("entry_hashes_recompute", contents),
        ("block_roots_recompute", roots),
        ("blocks_chain", links),
        ("checkpoints_verify", notes),
    ])
}

/// Entries whose stored hash is not their content's.
fn contents(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<i64> {
    let mut after = uuid::Uuid::nil();
    let mut violations = 0;
    loop {
        let rows = database.read(
            concat!(
                "SELECT ",
                entry_columns!(),
                ", j.hash FROM admit.journal AS j \
                 WHERE j.tenant_id = $1 AND j.entry_id > $2 ORDER BY j.entry_id LIMIT $3"
            ),
            arguments![tenant_id, after, BATCH],
        )?;
        let checked = rows.collect(|row| {
            let entry = entry_of(row)?;
            Ok((entry.entry_id, entry.hash()[..] == row.get::<Vec<u8>>(14)?[..]))
        })?;
        violations += checked.iter().filter(|entry| !entry.1).count() as i64;
        match checked.last() {
            Some(last) => after = last.0,
            None => return Ok(violations),
        }
    }
}

fn checkpoint_keys(database: &mut Database<'_, '_>, tenant_id: i32) -> Result<Vec<VerifyingKey>> {
    let rows = database.read(
        "SELECT public_key FROM admit.signing_key WHERE tenant_id = $1 AND purpose = 'checkpoint'",
        arguments![tenant_id],
    )?;
    let keys = rows.collect(|row| row.get::<Vec<u8>>(1))?;
    Ok(keys.iter().filter_map(|key| VerifyingKey::from_bytes(key.as_slice().try_into().ok()?).ok()).collect())
}

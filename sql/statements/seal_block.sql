INSERT INTO admit.block (
    tenant_id, block_number, lineage, from_xid, from_ord, to_xid, to_ord, first_seq, entry_count,
    entries_root, previous_hash, sealed_at, checkpoint
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

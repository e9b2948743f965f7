UPDATE admit.seal
SET lineage = $2, xid = $3, ord = $4, last_seq = $5, block_count = $6, block_hash = $7, frontier = $8
WHERE tenant_id = $1

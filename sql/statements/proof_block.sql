-- The block that holds a place of a lineage.
SELECT b.block_number, b.first_seq, b.entry_count, b.entries_root, b.previous_hash, b.sealed_at,
       b.from_xid, b.from_ord, b.to_xid, b.to_ord
FROM admit.block AS b
WHERE b.tenant_id = $1 AND b.lineage = $2 AND (b.to_xid, b.to_ord) >= ($3, $4)
ORDER BY b.to_xid, b.to_ord
LIMIT 1

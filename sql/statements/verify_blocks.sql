SELECT b.block_number, b.first_seq, b.entry_count, b.entries_root, b.previous_hash, b.sealed_at, b.checkpoint,
       (SELECT string_agg(j.hash, ''::bytea ORDER BY j.xid, j.ord) FROM admit.journal AS j
        WHERE j.tenant_id = $1 AND j.lineage = b.lineage
          AND (j.xid, j.ord) >= (b.from_xid, b.from_ord) AND (j.xid, j.ord) <= (b.to_xid, b.to_ord))
FROM admit.block AS b
WHERE b.tenant_id = $1
ORDER BY b.block_number

-- The lock of sealing: a round that finds it taken leaves the tenant to the other round.
SELECT s.lineage, s.xid, s.ord, s.last_seq, s.block_count, s.block_hash, s.frontier,
       (SELECT b.sealed_at FROM admit.block AS b WHERE b.tenant_id = $1 AND b.block_number = s.block_count)
FROM admit.seal AS s
WHERE s.tenant_id = $1
FOR UPDATE OF s SKIP LOCKED

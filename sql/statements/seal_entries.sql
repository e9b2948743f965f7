SELECT j.xid, j.ord, j.hash
FROM admit.journal AS j
WHERE j.tenant_id = $1 AND j.lineage = $2 AND (j.xid, j.ord) > ($3, $4)
  AND ($2 <> $6 OR j.xid < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint)
ORDER BY j.xid, j.ord
LIMIT $5

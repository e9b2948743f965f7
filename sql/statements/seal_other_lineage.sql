-- Another lineage with finished entries that no block holds; an older one before this cluster's.
WITH RECURSIVE known (lineage) AS (
    SELECT min(j.lineage) FROM admit.journal AS j WHERE j.tenant_id = $1
    UNION ALL
    SELECT (SELECT min(j.lineage) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.lineage > known.lineage)
    FROM known WHERE known.lineage IS NOT NULL
)
SELECT known.lineage, coalesce(sealed.to_xid, -1), coalesce(sealed.to_ord, -1)
FROM known
LEFT JOIN LATERAL (
    SELECT b.to_xid, b.to_ord FROM admit.block AS b
    WHERE b.tenant_id = $1 AND b.lineage = known.lineage
    ORDER BY b.to_xid DESC, b.to_ord DESC LIMIT 1
) AS sealed ON true
WHERE known.lineage IS NOT NULL AND known.lineage <> $2
  AND EXISTS (
      SELECT FROM admit.journal AS j
      WHERE j.tenant_id = $1 AND j.lineage = known.lineage
        AND (j.xid, j.ord) > (coalesce(sealed.to_xid, -1), coalesce(sealed.to_ord, -1))
        AND (known.lineage <> $3 OR j.xid < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint)
  )
ORDER BY known.lineage = $3
LIMIT 1

SELECT j.xid, j.ord, j.hash
FROM admit.journal AS j
WHERE j.tenant_id = $1 AND j.lineage = $2 AND (j.xid, j.ord) >= ($3, $4) AND (j.xid, j.ord) <= ($5, $6)
ORDER BY j.xid, j.ord

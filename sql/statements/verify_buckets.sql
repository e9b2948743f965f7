-- Each pool's places are all there: free, held and sold make its total.
SELECT count(*)
FROM admit.pool AS p
WHERE p.tenant_id = $1
  AND coalesce(p.total, 1::bigint << 40) IS DISTINCT FROM (
      SELECT sum(b.available + b.held + b.sold) FROM admit.bucket AS b
      WHERE b.tenant_id = $1 AND b.pool_id = p.pool_id)

-- Every bucket of some pools, locked in order. A transaction that gets here holds no bucket, or only
-- ones that it has just changed.
SELECT b.pool_id, b.bucket, b.available, b.held, b.sold, b.generation
FROM admit.bucket AS b
WHERE b.tenant_id = $1 AND b.pool_id = ANY ($2)
ORDER BY b.pool_id, b.bucket
FOR NO KEY UPDATE

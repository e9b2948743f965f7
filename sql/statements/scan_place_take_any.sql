-- The own bucket is empty: looks through all others in order, locking, so that the last place is
-- taken exactly once and "full" is said only when it is true.
WITH found AS (
    SELECT p.bucket FROM admit.place AS p
    WHERE p.tenant_id = $1 AND p.pool_id = $2 AND p.available > 0
    ORDER BY p.bucket LIMIT 1 FOR UPDATE
)
UPDATE admit.place AS p SET available = p.available - 1
FROM found
WHERE p.tenant_id = $1 AND p.pool_id = $2 AND p.bucket = found.bucket AND p.available > 0
RETURNING p.bucket

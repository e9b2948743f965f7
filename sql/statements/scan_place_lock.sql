-- Few places are left: locks all buckets in order. A transaction that gets here holds no bucket of
-- this pool, and one that holds a bucket waits for no other, so nobody waits in a circle.
SELECT p.bucket, p.available FROM admit.place AS p
WHERE p.tenant_id = $1 AND p.pool_id = $2
ORDER BY p.bucket FOR UPDATE

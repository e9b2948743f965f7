-- Takes one place from this backend's own bucket.
UPDATE admit.place SET available = available - 1
WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3 AND available > 0
RETURNING bucket

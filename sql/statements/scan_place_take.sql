-- Takes one place from this backend's own bucket, which holds plenty.
UPDATE admit.place SET available = available - 1 WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3

-- Takes places from one bucket alone, if it has them and its pools are the ones that were planned with.
UPDATE admit.bucket SET available = available - $4, held = held + $4
WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3 AND available >= $4 AND generation = $5
RETURNING 1

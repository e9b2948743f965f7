-- Takes places from one bucket alone and stores the hold, in one statement: no row when the bucket
-- has too few, or its pools are not the ones that were planned with.
WITH taken AS (
    UPDATE admit.bucket SET available = available - $13, held = held + $13
    WHERE tenant_id = $1 AND pool_id = $11 AND bucket = $12 AND available >= $13 AND generation = $14
    RETURNING 1
)
INSERT INTO admit.hold (
    tenant_id, hold_id, wallet_id, event_id, limited, expires_at, created_at, request_digest,
    line_type, line_quantity, bucket_pool, bucket_number, bucket_quantity
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ARRAY[$11::uuid], ARRAY[$12::smallint], ARRAY[$13::bigint] FROM taken

-- The whole of a hold of one pool in one statement: if the configuration is the one that was planned
-- with, the wallet exists, the id is new and this backend's bucket has plenty. No row otherwise.
-- Whether there is plenty is read without a lock, and then only as much as is asked for must be left:
-- an UPDATE whose condition fails after it waited would keep its lock, and whoever goes on to lock all
-- buckets with it could wait in a circle.
WITH planned AS (
    SELECT 1 FROM admit.tenant AS t
    JOIN admit.bucket AS own ON own.tenant_id = $1 AND own.pool_id = $11 AND own.bucket = $12
    WHERE t.tenant_id = $1 AND t.revision = $15 AND own.available >= $16 AND own.generation = $14
      AND EXISTS (SELECT FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = $3)
      AND NOT EXISTS (SELECT FROM admit.hold AS h WHERE h.tenant_id = $1 AND h.hold_id = $2)
), taken AS (
    UPDATE admit.bucket AS b SET available = b.available - $13, held = b.held + $13
    WHERE b.tenant_id = $1 AND b.pool_id = $11 AND b.bucket = $12 AND b.available >= $13 AND b.generation = $14
      AND (SELECT true FROM planned)
    RETURNING 1
)
INSERT INTO admit.hold (
    tenant_id, hold_id, wallet_id, event_id, limited, expires_at, created_at, request_digest,
    line_type, line_quantity, bucket_pool, bucket_number, bucket_quantity
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ARRAY[$11::uuid], ARRAY[$12::smallint], ARRAY[$13::bigint] FROM taken

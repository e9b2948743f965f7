-- Ends an open hold, gives the places back if they are of one bucket, and says what it held. The state
-- is an argument, so that the planner does not take the index of live holds for the one of ids.
WITH ended AS (
    UPDATE admit.hold AS h SET state = 'released'
    WHERE h.tenant_id = $1 AND h.hold_id = $2 AND h.state = $4 AND ($3::uuid IS NULL OR h.wallet_id = $3)
    RETURNING h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
              h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity, h.unit_seat
), given AS (
    UPDATE admit.bucket AS b
    SET available = b.available + ended.bucket_quantity[1], held = b.held - ended.bucket_quantity[1]
    FROM ended
    WHERE b.tenant_id = $1 AND b.pool_id = ended.bucket_pool[1] AND b.bucket = ended.bucket_number[1]
      AND cardinality(ended.bucket_pool) = 1
)
SELECT * FROM ended

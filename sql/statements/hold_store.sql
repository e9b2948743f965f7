INSERT INTO admit.hold (
    tenant_id, hold_id, wallet_id, event_id, limited, expires_at, created_at, request_digest,
    line_type, line_quantity, bucket_pool, bucket_number, bucket_quantity, order_id, state, unit_seat
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

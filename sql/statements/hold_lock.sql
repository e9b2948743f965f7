SELECT h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
       h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity, h.unit_seat
FROM admit.hold AS h
WHERE h.tenant_id = $1 AND h.hold_id = $2
FOR NO KEY UPDATE

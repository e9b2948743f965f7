-- Live holds of an event that was called off; those that somebody works on are left out.
SELECT h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
       h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity, h.unit_seat, h.hold_id
FROM admit.hold AS h
WHERE h.tenant_id = $1 AND h.event_id = $2 AND h.state IN ('open', 'ordered')
ORDER BY h.expires_at LIMIT $3
FOR NO KEY UPDATE SKIP LOCKED

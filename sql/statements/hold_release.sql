-- Ends an open hold and says what it held.
UPDATE admit.hold AS h SET state = 'released'
WHERE h.tenant_id = $1 AND h.hold_id = $2 AND h.state = 'open' AND ($3::uuid IS NULL OR h.wallet_id = $3)
RETURNING h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
          h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity

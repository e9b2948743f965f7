-- Locks a hold that an order takes over, with the configuration's revision and an earlier order with this id.
SELECT h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
       h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity, h.unit_seat,
       t.revision, o.request_digest
FROM admit.hold AS h
JOIN admit.tenant AS t ON t.tenant_id = $1
LEFT JOIN admit."order" AS o ON o.tenant_id = $1 AND o.order_id = $3
WHERE h.tenant_id = $1 AND h.hold_id = $2
FOR NO KEY UPDATE OF h

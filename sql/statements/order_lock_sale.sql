-- Locks an order, then its hold, and reads the configuration's revision: what its sale starts from.
SELECT o.order_id, o.wallet_id, o.event_id, o.hold_id, o.payment_id, o.receipt_entry_id, o.state, o.paid_with,
       o.order_number, o.currency, o.subtotal_cents, o.fees_cents, o.tax_cents, o.total_cents, o.refunded_cents,
       o.request_digest, o.expires_at, o.created_at, o.paid_at, o.items,
       h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
       h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity, h.unit_seat,
       t.revision
FROM admit."order" AS o
JOIN admit.hold AS h ON h.tenant_id = $1 AND h.hold_id = o.hold_id
JOIN admit.tenant AS t ON t.tenant_id = $1
WHERE o.tenant_id = $1 AND o.order_id = $2
FOR NO KEY UPDATE OF o, h

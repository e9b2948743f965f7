SELECT o.order_id, o.wallet_id, o.event_id, o.hold_id, o.payment_id, o.receipt_entry_id, o.state, o.paid_with,
       o.order_number, o.currency, o.subtotal_cents, o.fees_cents, o.tax_cents, o.total_cents, o.refunded_cents,
       o.request_digest, o.expires_at, o.created_at, o.paid_at, o.items
FROM admit."order" AS o
WHERE o.tenant_id = $1 AND o.order_id = $2 AND o.state IN ('created', 'pending_payment')
FOR NO KEY UPDATE SKIP LOCKED

UPDATE admit."order"
SET state = $3, paid_with = $4, payment_id = $5, receipt_entry_id = $6, refunded_cents = $7, paid_at = $8
WHERE tenant_id = $1 AND order_id = $2

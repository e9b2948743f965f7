-- A wallet's own orders, newest first, by its index.
SELECT o.order_id, o.wallet_id, o.event_id, o.hold_id, o.payment_id, o.receipt_entry_id, o.state, o.paid_with,
       o.order_number, o.currency, o.subtotal_cents, o.fees_cents, o.tax_cents, o.total_cents, o.refunded_cents,
       o.request_digest, o.expires_at, o.created_at, o.paid_at, o.items
FROM admit."order" AS o
WHERE o.tenant_id = $1 AND o.wallet_id = $2
  AND ($3::uuid IS NULL OR (o.created_at, o.order_id) < ($9::timestamptz, $3))
  AND ($4::uuid IS NULL OR o.event_id = $4)
  AND ($5::text IS NULL OR $5 = CASE WHEN o.state IN ('created', 'pending_payment') AND o.expires_at <= $8
                                     THEN 'expired' ELSE o.state END)
  AND ($6::text IS NULL OR o.order_number = $6)
ORDER BY o.created_at DESC, o.order_id DESC LIMIT $7

-- Orders, newest first: callers choose the ids, so by time. One that was not paid in time counts as expired.
SELECT o.order_id, o.wallet_id, o.event_id, o.hold_id, o.payment_id, o.receipt_entry_id, o.state, o.paid_with,
       o.order_number, o.currency, o.subtotal_cents, o.fees_cents, o.tax_cents, o.total_cents, o.refunded_cents,
       o.request_digest, o.expires_at, o.created_at, o.paid_at, o.items
FROM admit."order" AS o
JOIN admit.event AS e ON e.tenant_id = o.tenant_id AND e.event_id = o.event_id
WHERE o.tenant_id = $1 AND ($2::uuid IS NULL OR o.order_id = $2)
  AND ($3::uuid IS NULL OR (o.created_at, o.order_id) < ($12::timestamptz, $3))
  AND ($4::uuid IS NULL OR o.wallet_id = $4) AND ($5::uuid IS NULL OR o.event_id = $5)
  AND ($6::text IS NULL OR $6 = CASE WHEN o.state IN ('created', 'pending_payment') AND o.expires_at <= $11
                                     THEN 'expired' ELSE o.state END)
  AND ($7::text IS NULL OR o.order_number = $7)
  AND ($8::uuid IS NULL OR e.venue_id = $8) AND ($9::uuid IS NULL OR o.event_id = $9)
ORDER BY o.created_at DESC, o.order_id DESC LIMIT $10

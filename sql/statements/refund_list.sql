SELECT r.refund_id, r.payment_id, p.order_id, p.wallet_id, p.provider, r.provider_reference, r.amount_cents, p.currency,
       r.state, r.reason, r.provider_idempotency_key, r.retry_of, r.created_at, r.updated_at
FROM admit.refund AS r
JOIN admit.payment AS p ON p.tenant_id = r.tenant_id AND p.payment_id = r.payment_id
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.refund_id = $2) AND ($3::uuid IS NULL OR r.refund_id < $3)
  AND ($4::uuid IS NULL OR r.payment_id = $4) AND ($5::uuid IS NULL OR p.order_id = $5)
  AND ($6::uuid IS NULL OR p.wallet_id = $6) AND ($7::text IS NULL OR r.state = $7)
  AND ($8::uuid IS NULL OR w.venue_id = $8) AND ($9::uuid IS NULL OR w.event_id = $9)
ORDER BY r.refund_id DESC LIMIT $10

SELECT d.dispute_id, d.payment_id, p.order_id, p.wallet_id, p.provider, d.provider_reference, d.amount_cents, d.currency,
       d.reason, d.inquiry, d.state, d.created_at, d.updated_at
FROM admit.dispute AS d
JOIN admit.payment AS p ON p.tenant_id = d.tenant_id AND p.payment_id = d.payment_id
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.dispute_id = $2) AND ($3::uuid IS NULL OR d.dispute_id < $3)
  AND ($4::uuid IS NULL OR d.payment_id = $4) AND ($5::uuid IS NULL OR p.order_id = $5)
  AND ($6::uuid IS NULL OR p.wallet_id = $6) AND ($7::text IS NULL OR d.state = $7)
  AND ($8::uuid IS NULL OR w.venue_id = $8) AND ($9::uuid IS NULL OR w.event_id = $9)
ORDER BY d.dispute_id DESC LIMIT $10

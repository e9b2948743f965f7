-- Payment methods of the provider's present mode.
SELECT m.payment_method_id, m.wallet_id, m.provider, m.kind, m.brand, m.last4, m.expiry_month, m.expiry_year,
       m.is_default, m.created_at
FROM admit.payment_method AS m
JOIN admit.provider AS v ON v.tenant_id = m.tenant_id AND v.provider = m.provider AND v.live = m.live
JOIN admit.wallet AS w ON w.tenant_id = m.tenant_id AND w.wallet_id = m.wallet_id
WHERE m.tenant_id = $1 AND m.removed_at IS NULL AND m.wallet_id = $2
  AND ($3::uuid IS NULL OR m.payment_method_id = $3) AND ($4::uuid IS NULL OR m.payment_method_id < $4)
  AND ($5::uuid IS NULL OR w.venue_id = $5) AND ($6::uuid IS NULL OR w.event_id = $6)
ORDER BY m.payment_method_id DESC LIMIT $7

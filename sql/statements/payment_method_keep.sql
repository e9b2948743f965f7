-- Stores a method of a locked wallet as the provider tells it. What tells that it was added ($13) changes
-- nothing that is known: it is the oldest report of it.
INSERT INTO admit.payment_method AS m (
    tenant_id, payment_method_id, wallet_id, provider, live, provider_reference, kind, brand, last4, expiry_month,
    expiry_year, told_at, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14)
ON CONFLICT (tenant_id, provider, provider_reference) DO UPDATE
SET kind = excluded.kind, brand = excluded.brand, last4 = excluded.last4, expiry_month = excluded.expiry_month,
    expiry_year = excluded.expiry_year, told_at = excluded.told_at
WHERE NOT $13 AND m.removed_at IS NULL AND m.wallet_id = excluded.wallet_id AND m.told_at <= excluded.told_at
  AND (m.kind, m.brand, m.last4, m.expiry_month, m.expiry_year)
      IS DISTINCT FROM (excluded.kind, excluded.brand, excluded.last4, excluded.expiry_month, excluded.expiry_year)
RETURNING m.payment_method_id, m.payment_method_id = $2

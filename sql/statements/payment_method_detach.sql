-- Notes that a locked wallet's method is gone; one that is not known yet never comes.
INSERT INTO admit.payment_method AS m (
    tenant_id, payment_method_id, wallet_id, provider, live, provider_reference, told_at, created_at, removed_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)
ON CONFLICT (tenant_id, provider, provider_reference) DO UPDATE
SET removed_at = excluded.removed_at, is_default = false, kind = NULL, brand = NULL, last4 = NULL,
    expiry_month = NULL, expiry_year = NULL
WHERE m.removed_at IS NULL
RETURNING m.payment_method_id, m.payment_method_id = $2

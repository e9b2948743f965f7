INSERT INTO admit.payout (
    tenant_id, payout_id, account_id, amount_cents, currency, state, provider_reference, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant_id, provider_reference) WHERE provider_reference IS NOT NULL DO NOTHING

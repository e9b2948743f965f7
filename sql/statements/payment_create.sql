INSERT INTO admit.payment (
    tenant_id, payment_id, wallet_id, provider, provider_reference, amount_cents, currency, application_fee_cents,
    connected_account, state, created_at, order_id, payment_method_id, live
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (tenant_id, provider, provider_reference) WHERE provider_reference IS NOT NULL DO NOTHING

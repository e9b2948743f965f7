INSERT INTO admit.provider (
    tenant_id, provider, live, sealed_secrets, secret_count, connected_account, application_fee_percentage, updated_at,
    sealed_api_key, reconciliation_hour
) VALUES ($1, $2, $3, $4, $5, $6, $7::numeric, $8, $9, $10)
ON CONFLICT (tenant_id, provider) DO UPDATE
SET live = excluded.live, sealed_secrets = excluded.sealed_secrets, secret_count = excluded.secret_count,
    connected_account = excluded.connected_account,
    application_fee_percentage = excluded.application_fee_percentage, updated_at = excluded.updated_at,
    sealed_api_key = excluded.sealed_api_key, reconciliation_hour = excluded.reconciliation_hour

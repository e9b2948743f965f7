-- A refund that the provider is asked for.
INSERT INTO admit.refund (
    tenant_id, refund_id, payment_id, retry_of, amount_cents, state, reason, provider_idempotency_key, created_at, updated_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)

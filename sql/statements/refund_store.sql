-- A refund as the provider reports it, perhaps one that was not known before.
INSERT INTO admit.refund (
    tenant_id, refund_id, payment_id, provider_reference, amount_cents, state, created_at, updated_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (tenant_id, refund_id) DO UPDATE
SET provider_reference = excluded.provider_reference, state = excluded.state, updated_at = excluded.updated_at
WHERE refund.payment_id = excluded.payment_id

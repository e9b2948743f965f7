INSERT INTO admit.refund (
    tenant_id, refund_id, payment_id, amount_cents, reason, provider_idempotency_key, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7)

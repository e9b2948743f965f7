-- A dispute as the provider reports it last.
INSERT INTO admit.dispute (
    tenant_id, dispute_id, payment_id, provider_reference, amount_cents, currency, reason, inquiry, state, created_at, updated_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
ON CONFLICT (tenant_id, payment_id, provider_reference) DO UPDATE
SET amount_cents = excluded.amount_cents, currency = excluded.currency, reason = excluded.reason,
    inquiry = excluded.inquiry, state = excluded.state, updated_at = excluded.updated_at
RETURNING dispute_id

-- A request to a provider. What is asked about a notice is asked anew when it was refused and comes again.
INSERT INTO admit.effect AS e (
    tenant_id, effect_id, kind, provider, payment_id, refund_id, method, path, body, provider_idempotency_key, state,
    due_at, created_at, delivery_id, setup_id, payment_method_id, reconciliation_id
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16)
ON CONFLICT (tenant_id, delivery_id) WHERE delivery_id IS NOT NULL
DO UPDATE SET state = excluded.state, due_at = excluded.due_at WHERE e.state IN ('failed', 'uncertain')

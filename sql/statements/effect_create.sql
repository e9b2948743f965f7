-- A request to a provider, in the mode of what it is about. What is asked about a notice is asked anew when
-- it was refused and comes again.
INSERT INTO admit.effect AS e (
    tenant_id, effect_id, kind, provider, payment_id, refund_id, method, path, body, provider_idempotency_key, state,
    due_at, created_at, delivery_id, setup_id, payment_method_id, reconciliation_id, onboarding_id, live
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17, coalesce(
    (SELECT p.live FROM admit.payment AS p WHERE p.tenant_id = $1 AND p.payment_id = $5),
    (SELECT s.live FROM admit.payment_method_setup AS s WHERE s.tenant_id = $1 AND s.setup_id = $14),
    (SELECT m.live FROM admit.payment_method AS m WHERE m.tenant_id = $1 AND m.payment_method_id = $15),
    (SELECT r.live FROM admit.reconciliation AS r WHERE r.tenant_id = $1 AND r.reconciliation_id = $16),
    (SELECT o.live FROM admit.provider_onboarding AS o WHERE o.tenant_id = $1 AND o.onboarding_id = $17)))
ON CONFLICT (tenant_id, delivery_id) WHERE delivery_id IS NOT NULL
DO UPDATE SET state = excluded.state, due_at = excluded.due_at WHERE e.state IN ('failed', 'uncertain')

-- Locks an effect, before anything that it is about.
SELECT e.kind, e.provider, e.payment_id, e.refund_id, e.state, e.attempts, e.key_number, e.key_taken_at, e.looking,
       e.delivery_id, e.setup_id, e.payment_method_id, e.reconciliation_id, e.onboarding_id
FROM admit.effect AS e
WHERE e.tenant_id = $1 AND e.effect_id = $2
FOR UPDATE

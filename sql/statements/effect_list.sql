-- What was asked of providers, newest first, without what was sent.
SELECT e.effect_id, e.kind, e.provider, e.live, e.state, e.payment_id, e.refund_id, e.delivery_id, e.setup_id,
       e.payment_method_id, e.reconciliation_id, e.onboarding_id, e.attempts, CASE WHEN e.state IN ('due', 'taken') THEN e.due_at END,
       e.last_error, e.object_reference, e.created_at, e.done_at
FROM admit.effect AS e
WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.effect_id = $2) AND ($3::uuid IS NULL OR e.effect_id < $3)
  AND ($4::text IS NULL OR e.state = $4) AND ($5::text IS NULL OR e.provider = $5) AND ($6::text IS NULL OR e.kind = $6)
  AND ($7::uuid IS NULL OR $7 IN (e.payment_id, e.refund_id, e.delivery_id, e.setup_id, e.payment_method_id, e.reconciliation_id,
                              e.onboarding_id))
ORDER BY e.effect_id DESC LIMIT $8

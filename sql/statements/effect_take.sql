-- Takes due effects of a provider in its mode, and those whose worker has had its time, for a worker. What must not
-- be done twice ($9) is looked for first when its key is older than $7 hours: the provider may have forgotten the key.
UPDATE admit.effect AS e
SET state = 'taken', attempts = e.attempts + 1, worker_id = $4, due_at = $5, looking = next.looking,
    key_taken_at = CASE WHEN next.looking THEN e.key_taken_at ELSE coalesce(e.key_taken_at, $3) END
FROM (
    SELECT d.effect_id,
           d.looking OR d.kind = ANY ($9) AND coalesce(d.key_taken_at <= $3 - make_interval(hours => $7), false)
               AS looking
    FROM admit.effect AS d
    WHERE d.tenant_id = $1 AND d.provider = $2 AND d.live = $8 AND d.state IN ('due', 'taken') AND d.due_at <= $3
    ORDER BY d.due_at LIMIT $6
    FOR UPDATE SKIP LOCKED
) AS next
WHERE e.tenant_id = $1 AND e.effect_id = next.effect_id
RETURNING e.effect_id, e.attempts, e.kind, e.method, e.path, e.body, e.provider_idempotency_key, e.key_number, e.looking,
          (SELECT p.provider_reference FROM admit.payment AS p
           WHERE p.tenant_id = e.tenant_id AND p.payment_id = e.payment_id),
          e.payment_id, e.created_at

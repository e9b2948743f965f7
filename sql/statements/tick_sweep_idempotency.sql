-- Keys older than 24 hours, at most 1,000 a round; rows in use are left for the next round.
DELETE FROM admit.idempotency AS i
USING (
    SELECT actor_id, idempotency_key FROM admit.idempotency
    WHERE tenant_id = $1 AND created_at < $2 - interval '24 hours'
    ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE i.tenant_id = $1 AND i.actor_id = old.actor_id AND i.idempotency_key = old.idempotency_key

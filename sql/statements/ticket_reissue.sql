-- Gives a locked ticket a new code ($4 to $6), keeps the old one, and grants the request that waits for it. No rotating
-- code of the new generation was used before.
WITH asked AS (
    UPDATE admit.reissue_request SET state = $3, generation = $4, decided_at = $9, decided_by = $11
    WHERE tenant_id = $1 AND ticket_id = $2 AND state = $12
    RETURNING reissue_request_id
), kept AS (
    INSERT INTO admit.ticket_reissue (
        tenant_id, ticket_id, generation, code_hash, code_key, reason, note, reissue_request_id, actor_kind, actor_id,
        reissued_at
    )
    SELECT $1, $2, t.generation, t.code_hash, t.code_key, $7, $8, (SELECT asked.reissue_request_id FROM asked), $10, $11, $9
    FROM admit.ticket AS t WHERE t.tenant_id = $1 AND t.ticket_id = $2
)
UPDATE admit.ticket SET generation = $4, code_hash = $5, code_key = $6, last_step = NULL
WHERE tenant_id = $1 AND ticket_id = $2
RETURNING (SELECT asked.reissue_request_id FROM asked)

-- Puts due effects of a provider off that nobody can send now, those of a mode or all, and says why: those of
-- other tenants come first.
UPDATE admit.effect AS e
SET state = 'due', due_at = $4, last_error = $7
FROM (
    SELECT d.effect_id FROM admit.effect AS d
    WHERE d.tenant_id = $1 AND d.provider = $2 AND ($6::boolean IS NULL OR d.live = $6)
      AND d.state IN ('due', 'taken') AND d.due_at <= $3
    ORDER BY d.due_at LIMIT $5
    FOR UPDATE SKIP LOCKED
) AS waiting
WHERE e.tenant_id = $1 AND e.effect_id = waiting.effect_id

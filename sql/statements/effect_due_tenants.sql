-- Tenants with effects that are due, who waits longest first.
SELECT e.tenant_id
FROM admit.effect AS e
WHERE e.state IN ('due', 'taken') AND e.due_at <= $1
GROUP BY e.tenant_id ORDER BY min(e.due_at) LIMIT $2

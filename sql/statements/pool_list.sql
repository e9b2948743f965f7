SELECT p.pool_id, p.event_id, p.kind, p.name, p.total, sum(b.available)::bigint, sum(b.held)::bigint, sum(b.sold)::bigint
FROM admit.pool AS p
JOIN admit.bucket AS b ON b.tenant_id = p.tenant_id AND b.pool_id = p.pool_id
WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.pool_id = $2) AND ($3::uuid IS NULL OR p.event_id = $3)
GROUP BY p.pool_id, p.event_id, p.kind, p.name, p.total
ORDER BY p.kind, p.pool_id

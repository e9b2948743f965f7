-- What each pool says is sold are the tickets of its types that were not taken back.
SELECT count(*)
FROM (
    SELECT b.pool_id, sum(b.sold) AS sold FROM admit.bucket AS b WHERE b.tenant_id = $1 GROUP BY b.pool_id
) AS pool
WHERE pool.sold <> (
    SELECT count(*)
    FROM admit.ticket_type_pool AS l
    JOIN admit.ticket AS t ON t.tenant_id = $1 AND t.ticket_type_id = l.ticket_type_id
    WHERE l.tenant_id = $1 AND l.pool_id = pool.pool_id AND t.state IN ('active', 'used', 'expired'))

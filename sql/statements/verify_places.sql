-- Pools of events and of venues with a capacity: places left = capacity - people inside.
SELECT count(*)
FROM (
    SELECT e.event_id AS pool_id, coalesce(e.capacity::bigint, 1::bigint << 40) AS capacity,
           (SELECT count(*) FROM admit.presence AS p
            WHERE p.tenant_id = $1 AND p.event_id = e.event_id AND p.inside)
           + (SELECT count(*) FROM admit.ticket AS t
              WHERE t.tenant_id = $1 AND t.event_id = e.event_id AND t.inside) AS inside
    FROM admit.event AS e WHERE e.tenant_id = $1
    UNION ALL
    SELECT v.venue_id, v.capacity,
           (SELECT count(*) FROM admit.presence AS p
            JOIN admit.event AS e ON e.tenant_id = $1 AND e.event_id = p.event_id
            WHERE p.tenant_id = $1 AND e.venue_id = v.venue_id AND p.inside)
           + (SELECT count(*) FROM admit.ticket AS t
              JOIN admit.event AS e ON e.tenant_id = $1 AND e.event_id = t.event_id
              WHERE t.tenant_id = $1 AND e.venue_id = v.venue_id AND t.inside)
    FROM admit.venue AS v WHERE v.tenant_id = $1 AND v.capacity IS NOT NULL
) AS pool
WHERE pool.capacity - pool.inside IS DISTINCT FROM (
    SELECT sum(b.available) FROM admit.place AS b WHERE b.tenant_id = $1 AND b.pool_id = pool.pool_id)

-- An alert for each event whose places do not add up. It must never come: constraints forbid negative
-- figures, and every change moves places from one figure to another.
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5($1::text || p.pool_id::text || 'inventory_drift' || date_trunc('day', $2)::text)::uuid, p.event_id, 'inventory_drift',
       pg_catalog.format('%s: %s free, %s held (%s by holds), %s sold, of %s', p.name, b.available, b.held, h.held, b.sold,
                         coalesce(p.total::text, 'no limit')), $2
FROM admit.pool AS p
CROSS JOIN LATERAL (
    SELECT sum(each.available) AS available, sum(each.held) AS held, sum(each.sold) AS sold,
           min(least(each.available, each.held, each.sold)) AS least
    FROM admit.bucket AS each WHERE each.tenant_id = $1 AND each.pool_id = p.pool_id
) AS b
LEFT JOIN (
    SELECT part.pool_id, sum(part.quantity) AS quantity
    FROM admit.hold AS live CROSS JOIN LATERAL unnest(live.bucket_pool, live.bucket_quantity) AS part (pool_id, quantity)
    WHERE live.tenant_id = $1 AND live.state IN ('open', 'ordered')
    GROUP BY part.pool_id
) AS live ON live.pool_id = p.pool_id
CROSS JOIN LATERAL (SELECT coalesce(live.quantity, 0) AS held) AS h
WHERE p.tenant_id = $1
  AND (b.available + b.held + b.sold IS DISTINCT FROM coalesce(p.total, 1::bigint << 40)::numeric
       OR b.held IS DISTINCT FROM h.held OR b.least < 0)
ON CONFLICT (tenant_id, alert_id) DO NOTHING

-- One alert an event and threshold: 80, 95 and 100 percent of its capacity. People inside are counted by
-- the places they took: a wallet may enter again without having left.
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5($1::text || e.event_id::text || threshold.kind)::uuid, e.event_id, threshold.kind,
       pg_catalog.format('%s: %s of %s people inside', e.name, inside.people, e.capacity), $2
FROM admit.event AS e
CROSS JOIN LATERAL (
    SELECT e.capacity - sum(p.available) AS people FROM admit.place AS p
    WHERE p.tenant_id = $1 AND p.pool_id = e.event_id
) AS inside
JOIN (VALUES ('capacity_80', 0.80), ('capacity_95', 0.95), ('capacity_100', 1.0)) AS threshold (kind, share)
  ON inside.people >= e.capacity * threshold.share
WHERE e.tenant_id = $1 AND e.capacity IS NOT NULL AND e.status = 'active'
ON CONFLICT (tenant_id, alert_id) DO NOTHING

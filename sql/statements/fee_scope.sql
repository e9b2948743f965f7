-- The venue, event or gate that fees belong to: its venue, its status and, for an event, its currency.
SELECT v.venue_id, v.status, NULL::text
FROM admit.venue AS v WHERE v.tenant_id = $1 AND $2 = 'venue' AND v.venue_id = $3
UNION ALL
SELECT e.venue_id, e.status, e.currency
FROM admit.event AS e WHERE e.tenant_id = $1 AND $2 = 'event' AND e.event_id = $3
UNION ALL
SELECT g.venue_id, g.status, NULL::text
FROM admit.gate AS g WHERE g.tenant_id = $1 AND $2 = 'gate' AND g.gate_id = $3

INSERT INTO admit.event_minute AS m (tenant_id, event_id, minute, entries)
SELECT $1, j.event_id, date_trunc('minute', j.recorded_at), count(*)
FROM admit.journal AS j
WHERE j.tenant_id = $1 AND j.lineage = $2 AND (j.xid, j.ord) >= ($3, $4) AND (j.xid, j.ord) <= ($5, $6)
  AND j.action = 'scan.admitted' AND j.body ->> 'action' IN ('entry', 'reentry')
GROUP BY j.event_id, date_trunc('minute', j.recorded_at)
ON CONFLICT (tenant_id, event_id, minute) DO UPDATE SET entries = m.entries + excluded.entries

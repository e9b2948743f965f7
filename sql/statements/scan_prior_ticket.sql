-- Who admitted a ticket at a time.
SELECT j.entry_id, j.actor_kind, j.actor_id, (j.body ->> 'device_id')::uuid
FROM admit.scan AS s
JOIN admit.journal AS j
  ON j.tenant_id = s.tenant_id AND j.lineage = s.lineage AND j.xid = s.xid AND j.ord = s.ord
WHERE s.tenant_id = $1 AND s.ticket_id = $2 AND s.use_number IS NOT NULL
  AND (j.recorded_at = $3 OR (j.body ->> 'scanned_at')::timestamptz = $3)
ORDER BY s.use_number DESC
LIMIT 1

-- Who admitted a wallet at a time, at an event.
SELECT j.entry_id, j.actor_kind, j.actor_id, (j.body ->> 'device_id')::uuid
FROM admit.journal AS j
WHERE j.tenant_id = $1 AND j.wallet_id = $2 AND j.event_id = $4 AND j.action = 'scan.admitted'
  AND (j.recorded_at = $3 OR (j.body ->> 'scanned_at')::timestamptz = $3)
ORDER BY j.entry_id DESC
LIMIT 1

-- The last admission of a wallet at an event.
SELECT j.entry_id
FROM admit.journal AS j
WHERE j.tenant_id = $1 AND j.wallet_id = $2 AND j.event_id = $3 AND j.action = 'scan.admitted'
  AND j.body ->> 'action' IN ('entry', 'reentry') AND j.body ->> 'ticket_id' IS NULL
ORDER BY j.entry_id DESC
LIMIT 1

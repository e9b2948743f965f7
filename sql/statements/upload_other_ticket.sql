-- The last admission of a ticket.
SELECT j.entry_id
FROM admit.scan AS s
JOIN admit.journal AS j
  ON j.tenant_id = s.tenant_id AND j.lineage = s.lineage AND j.xid = s.xid AND j.ord = s.ord
WHERE s.tenant_id = $1 AND s.ticket_id = $2
ORDER BY s.use_number DESC
LIMIT 1

-- Conflicts of uploads, newest first, of the events that the caller reaches; without an event, of the venue's gates.
SELECT c.scan_id, c.other_scan_id, c.verdict, c.reason, c.event_id, c.gate_id, c.device_id, c.ticket_id, c.wallet_id,
       c.scanned_at, c.detected_at, c.resolved_at, c.note
FROM admit.scan_conflict AS c
LEFT JOIN admit.event AS e ON e.tenant_id = c.tenant_id AND e.event_id = c.event_id
LEFT JOIN admit.gate AS g ON g.tenant_id = c.tenant_id AND g.gate_id = c.gate_id
WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.scan_id < $2) AND ($4::uuid IS NULL OR c.event_id = $4)
  AND ($5::uuid IS NULL OR c.device_id = $5) AND ($6::boolean IS NULL OR (c.resolved_at IS NOT NULL) = $6)
  AND ($7::uuid IS NULL OR coalesce(e.venue_id, g.venue_id) = $7) AND ($8::uuid IS NULL OR c.event_id = $8)
ORDER BY c.scan_id DESC
LIMIT $3

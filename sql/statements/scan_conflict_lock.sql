-- Locks a conflict; with the venue of its event, or else of its gate.
SELECT c.scan_id, c.other_scan_id, c.verdict, c.reason, c.event_id, c.gate_id, c.device_id, c.ticket_id, c.wallet_id,
       c.scanned_at, c.detected_at, c.resolved_at, c.note,
       coalesce((SELECT e.venue_id FROM admit.event AS e WHERE e.tenant_id = c.tenant_id AND e.event_id = c.event_id),
                (SELECT g.venue_id FROM admit.gate AS g WHERE g.tenant_id = c.tenant_id AND g.gate_id = c.gate_id))
FROM admit.scan_conflict AS c
WHERE c.tenant_id = $1 AND c.scan_id = $2
FOR UPDATE OF c

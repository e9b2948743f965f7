-- Locks a ticket whose last passage is taken back.
SELECT t.entries, t.inside, t.admitted_at, t.gate_id, t.last_day, t.day_entries, t.annulled
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.ticket_id = $2
FOR NO KEY UPDATE OF t

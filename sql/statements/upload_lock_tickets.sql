-- Locks the tickets of an upload in the order of their ids.
SELECT t.ticket_id, t.wallet_id, t.event_id, t.ticket_type_id, t.state, t.inside, t.entries, t.days_used, t.last_day,
       t.admitted_at, t.gate_id, t.generation, t.last_step, t.day_entries, t.annulled, t.code_hash
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.ticket_id = ANY ($2)
ORDER BY t.ticket_id
FOR NO KEY UPDATE OF t

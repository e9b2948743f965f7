-- Locks the ticket with this code. What its type says is kept by the backend.
SELECT t.ticket_id, t.wallet_id, t.event_id, t.ticket_type_id, t.state, t.inside, t.entries, t.days_used, t.last_day,
       t.admitted_at, t.gate_id, t.generation, t.last_step, t.day_entries, t.annulled, t.code_key
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.code_hash = $2
FOR NO KEY UPDATE OF t

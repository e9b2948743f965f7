-- Locks the ticket that had this code before a reissue.
SELECT t.ticket_id, t.wallet_id, t.event_id, t.ticket_type_id, t.state, t.inside, t.entries, t.days_used, t.last_day,
       t.admitted_at, t.gate_id, t.generation, t.last_step, t.day_entries, t.annulled, r.code_key, r.generation
FROM admit.ticket_reissue AS r
JOIN admit.ticket AS t ON t.tenant_id = r.tenant_id AND t.ticket_id = r.ticket_id
WHERE r.tenant_id = $1 AND r.code_hash = $2
FOR NO KEY UPDATE OF t

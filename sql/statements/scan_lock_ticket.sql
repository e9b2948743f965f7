-- Locks the ticket with this code; today is the day in its event's time zone.
SELECT t.ticket_id, t.wallet_id, t.event_id, t.ticket_type_id, t.state, t.inside, t.entries, t.days_used, t.last_day,
       t.admitted_at, t.gate_id, y.pass_days, y.valid_from, y.valid_until,
       ($3::timestamptz AT TIME ZONE e.time_zone)::date - DATE '2000-01-01', t.generation, t.last_step
FROM admit.ticket AS t
JOIN admit.ticket_type AS y ON y.tenant_id = t.tenant_id AND y.ticket_type_id = t.ticket_type_id
JOIN admit.event AS e ON e.tenant_id = t.tenant_id AND e.event_id = t.event_id
WHERE t.tenant_id = $1 AND t.code_hash = $2
FOR NO KEY UPDATE OF t

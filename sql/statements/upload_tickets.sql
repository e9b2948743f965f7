-- The tickets of an upload as they are after it; they are locked.
UPDATE admit.ticket AS t
SET entries = u.entries, inside = u.inside, admitted_at = u.admitted_at, gate_id = u.gate_id, last_day = u.last_day,
    day_entries = u.day_entries, annulled = u.annulled, state = u.state, days_used = u.days_used,
    last_step = u.last_step
FROM unnest($2::uuid[], $3::integer[], $4::boolean[], $5::timestamptz[], $6::uuid[], $7::integer[], $8::integer[],
            $9::integer[], $10::text[], $11::integer[], $12::bigint[])
     AS u (ticket_id, entries, inside, admitted_at, gate_id, last_day, day_entries, annulled, state, days_used, last_step)
WHERE t.tenant_id = $1 AND t.ticket_id = u.ticket_id

-- What a manifest lists of some tickets ($3) of an event, as manifest_tickets does of all.
SELECT t.state, t.generation, t.ticket_type_id, string_agg(uuid_send(t.ticket_id), ''),
       string_agg(uuid_send(t.ticket_id) || int2send(t.generation) || int4send(t.entries) || int4send(t.annulled)
                  || int4send(t.days_used) || int4send(t.day_entries) || int4send(coalesce(t.last_day, -1))
                  || int8send(coalesce(t.last_step, -1)) || timestamptz_send(coalesce(t.admitted_at, '-infinity'))
                  || uuid_send(coalesce(t.gate_id, '00000000-0000-0000-0000-000000000000')) || boolsend(t.inside), '')
           FILTER (WHERE t.entries > 0 OR t.inside OR t.last_step IS NOT NULL),
       string_agg(substring(uuid_send(t.code_hash) FOR 8), '') FILTER (WHERE $4), k.revoked_at IS NOT NULL
FROM admit.ticket AS t
JOIN admit.signing_key AS k ON k.tenant_id = t.tenant_id AND k.key_id = t.code_key
WHERE t.tenant_id = $1 AND t.event_id = $2 AND t.ticket_id = ANY ($3)
GROUP BY t.state, t.generation, t.ticket_type_id, k.revoked_at IS NOT NULL

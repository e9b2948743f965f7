-- The seats of an event with the letters of their states, in the same order. Those of holds whose time
-- is over count as free.
SELECT coalesce(array_agg(s.seat), '{}'),
       string_agg(CASE WHEN s.hold_id = ANY ((SELECT coalesce(array_agg(h.hold_id), '{}') FROM admit.hold AS h
                                              WHERE h.tenant_id = $1 AND h.event_id = $2
                                                AND h.state IN ('open', 'ordered') AND h.expires_at <= $3)::uuid[])
                       THEN 'a' ELSE left(s.state, 1) END, '')
FROM admit.event_seat AS s
WHERE s.tenant_id = $1 AND s.event_id = $2

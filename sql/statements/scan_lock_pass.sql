-- Locks the wallet's ticket for an event; the wallet is locked. Whoever leaves ($5) does so with the
-- ticket that is inside, even a void one. Whoever enters is judged by the ticket in use, else by one
-- that admits now, today's first, else by one that says why not; the decision is made afterwards.
SELECT t.ticket_id, t.wallet_id, t.event_id, t.ticket_type_id, t.state, t.inside, t.entries, t.days_used, t.last_day,
       t.admitted_at, t.gate_id, t.generation, t.last_step, t.day_entries, t.annulled
FROM admit.ticket AS t
JOIN admit.ticket_type AS y ON y.tenant_id = t.tenant_id AND y.ticket_type_id = t.ticket_type_id
JOIN admit.event AS e ON e.tenant_id = t.tenant_id AND e.event_id = t.event_id
CROSS JOIN LATERAL (SELECT ($3::timestamptz AT TIME ZONE e.time_zone)::date - DATE '2000-01-01' AS today) AS day
CROSS JOIN LATERAL (
    SELECT coalesce(t.last_day = day.today, false) AS used_today,
           y.pass_days IS NOT NULL AND t.last_day IS DISTINCT FROM day.today AS new_day
) AS use
CROSS JOIN LATERAL (
    SELECT t.state IN ('active', 'used') AND $3 >= coalesce(y.valid_from, $3) AND $3 <= coalesce(y.valid_until, $3)
           AND NOT (use.new_day AND t.days_used >= y.pass_days) AS good
) AS validity
WHERE t.tenant_id = $1 AND t.wallet_id = $2 AND t.event_id = $4
  AND (t.state IN ('active', 'used', 'expired') OR $5 AND t.inside)
ORDER BY ($5::boolean AND t.inside) DESC,
         CASE
             WHEN t.inside AND (validity.good AND use.used_today
                                OR t.admitted_at > $3 - e.duplicate_window_ms * interval '1 millisecond') THEN 0
             WHEN t.state = 'active' AND validity.good AND coalesce(t.entries - t.annulled < e.entries_max, true)
                  AND (t.entries = t.annulled OR e.reentry_allowed OR use.new_day)
                  AND NOT (t.inside AND e.exit_scans AND NOT use.new_day) THEN 1
             ELSE 2
         END,
         use.used_today DESC, t.inside DESC, t.state, t.entries DESC, t.ticket_id
LIMIT 1
FOR NO KEY UPDATE OF t

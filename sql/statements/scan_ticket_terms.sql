-- When a ticket type admits, and which day it is in its event's time zone, from when until when.
SELECT y.pass_days, y.valid_from, y.valid_until, day.today - DATE '2000-01-01',
       day.today::timestamp AT TIME ZONE e.time_zone, (day.today + 1)::timestamp AT TIME ZONE e.time_zone
FROM admit.ticket_type AS y
JOIN admit.event AS e ON e.tenant_id = y.tenant_id AND e.event_id = y.event_id
CROSS JOIN LATERAL (SELECT ($3::timestamptz AT TIME ZONE e.time_zone)::date AS today) AS day
WHERE y.tenant_id = $1 AND y.ticket_type_id = $2

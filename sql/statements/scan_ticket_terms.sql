-- When a ticket type admits, and through which zones.
SELECT y.pass_days, y.valid_from, y.valid_until, y.zones
FROM admit.ticket_type AS y
WHERE y.tenant_id = $1 AND y.ticket_type_id = $2

-- The free seats of an event from one to another. Of a big house the other ones are many: they are left out.
SELECT coalesce(array_agg(s.seat), '{}')
FROM admit.event_seat AS s
WHERE s.tenant_id = $1 AND s.event_id = $2 AND s.seat BETWEEN $3 AND $4 AND s.state = 'available'

-- Sold seats have exactly one ticket, and tickets with a seat have a sold one. Types with seats sell no
-- ticket without one.
SELECT (
    SELECT count(*)
    FROM (SELECT event_id, seat, 1 AS sold FROM admit.event_seat WHERE tenant_id = $1 AND state = 'sold') AS seat
    FULL JOIN (
        SELECT event_id, seat, count(*) AS tickets FROM admit.ticket
        WHERE tenant_id = $1 AND seat IS NOT NULL AND state NOT IN ('refunded', 'cancelled')
        GROUP BY event_id, seat
    ) AS taken USING (event_id, seat)
    WHERE seat.sold IS DISTINCT FROM taken.tickets
) + (
    SELECT count(*) FROM admit.ticket AS t
    JOIN admit.ticket_type AS y ON y.tenant_id = t.tenant_id AND y.ticket_type_id = t.ticket_type_id
    WHERE t.tenant_id = $1 AND (t.seat IS NULL) <> (y.seat_areas = '{}')
)

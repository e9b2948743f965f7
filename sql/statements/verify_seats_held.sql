-- Held seats are those of live holds, each of one.
SELECT count(*)
FROM (
    SELECT s.event_id, s.seat, s.hold_id FROM admit.event_seat AS s WHERE s.tenant_id = $1 AND s.state = 'held'
) AS seat
FULL JOIN (
    SELECT h.event_id, unit.seat, h.hold_id
    FROM admit.hold AS h CROSS JOIN LATERAL unnest(h.unit_seat) AS unit (seat)
    WHERE h.tenant_id = $1 AND h.state IN ('open', 'ordered') AND unit.seat IS NOT NULL
) AS held USING (event_id, seat, hold_id)
WHERE seat.hold_id IS NULL OR held.hold_id IS NULL

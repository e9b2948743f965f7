-- Seats that a buyer picked: all, or none when one of them is not free. Whoever works on one of them
-- is waited for; everybody locks seats in their order.
WITH wanted AS (
    SELECT s.seat FROM admit.event_seat AS s
    WHERE s.tenant_id = $1 AND s.event_id = $2 AND s.seat = ANY ($3) AND s.state = 'available'
    ORDER BY s.seat FOR NO KEY UPDATE
)
UPDATE admit.event_seat AS s SET state = 'held', hold_id = $4
FROM wanted
WHERE s.tenant_id = $1 AND s.event_id = $2 AND s.seat = wanted.seat
  AND (SELECT count(*) FROM wanted) = cardinality($3)
RETURNING s.seat

-- Seats from one state to another, locked in their order; held ones only those of the holds.
WITH wanted AS (
    SELECT s.seat FROM admit.event_seat AS s
    WHERE s.tenant_id = $1 AND s.event_id = $2 AND s.seat = ANY ($3) AND s.state = $4
      AND ($6::uuid[] IS NULL OR s.hold_id = ANY ($6))
    ORDER BY s.seat FOR NO KEY UPDATE
)
UPDATE admit.event_seat AS s SET state = $5, hold_id = NULL
FROM wanted
WHERE s.tenant_id = $1 AND s.event_id = $2 AND s.seat = wanted.seat
RETURNING s.seat

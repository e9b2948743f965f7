-- Tickets that nobody used up, a day after their event's end, at most 1,000 of an event a round;
-- those that somebody works on are left for the next round.
WITH due AS (
    SELECT e.event_id FROM admit.event AS e
    WHERE e.tenant_id = $1 AND e.tickets_expired_at IS NULL AND e.ends_at < $2 - interval '24 hours'
    ORDER BY e.ends_at LIMIT 1
), old AS (
    SELECT t.ticket_id
    FROM due
    JOIN admit."order" AS o ON o.tenant_id = $1 AND o.event_id = due.event_id
    JOIN admit.ticket AS t ON t.tenant_id = $1 AND t.order_id = o.order_id
    WHERE t.state = 'active'
    LIMIT 1000 FOR NO KEY UPDATE OF t SKIP LOCKED
), expired AS (
    UPDATE admit.ticket AS t SET state = 'expired' FROM old WHERE t.tenant_id = $1 AND t.ticket_id = old.ticket_id
    RETURNING t.ticket_id
)
SELECT due.event_id, (SELECT count(*) FROM expired) FROM due

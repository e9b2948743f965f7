-- The next orders of a cancelled event that are to be paid back; one that failed waits for its time.
SELECT o.order_id
FROM admit."order" AS o
WHERE o.tenant_id = $1 AND o.event_id = $2 AND o.order_id > $3 AND o.state = ANY ($4)
  AND NOT EXISTS (SELECT FROM admit.cancellation_refund AS r
                  WHERE r.tenant_id = $1 AND r.event_id = $2 AND r.order_id = o.order_id AND r.retry_at > $5)
ORDER BY o.order_id LIMIT $6

-- Marks an ended event of which no ticket is left to expire. One that is being changed, or of which a
-- ticket is still worked on, is left for the next round: this waits for nobody.
UPDATE admit.event AS e SET tickets_expired_at = $3
WHERE e.tenant_id = $1
  AND e.event_id = (
      SELECT due.event_id FROM admit.event AS due
      WHERE due.tenant_id = $1 AND due.event_id = $2 AND due.ends_at < $3 - interval '24 hours'
      FOR NO KEY UPDATE SKIP LOCKED)
  AND NOT EXISTS (
      SELECT FROM admit."order" AS o
      JOIN admit.ticket AS t ON t.tenant_id = $1 AND t.order_id = o.order_id
      WHERE o.tenant_id = $1 AND o.event_id = $2 AND t.state = 'active')

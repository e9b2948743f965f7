-- Lets the next ones in.
UPDATE admit.queue_place SET admitted_at = $5
WHERE tenant_id = $1 AND event_id = $2 AND place > $3 AND place <= $4 AND admitted_at IS NULL

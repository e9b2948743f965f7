-- A later delivery of an event: locks its row and counts.
UPDATE admit.webhook_delivery SET deliveries = deliveries + 1
WHERE tenant_id = $1 AND provider = $2 AND event_reference = $3
RETURNING delivery_id, state, body = $4

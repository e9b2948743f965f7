SELECT d.delivery_id, d.provider, d.event_reference, d.event_type, d.state, d.detail, d.deliveries, d.received_at
FROM admit.webhook_delivery AS d
WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.delivery_id < $2) AND ($3::text IS NULL OR d.state = $3)
ORDER BY d.delivery_id DESC LIMIT $4

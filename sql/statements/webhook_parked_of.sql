-- The deliveries that wait for a provider's object, locked.
SELECT d.delivery_id, d.provider, d.body
FROM admit.webhook_delivery AS d
WHERE d.tenant_id = $1 AND d.state = 'parked' AND d.object_reference = $2
ORDER BY d.received_at, d.delivery_id LIMIT $3
FOR UPDATE

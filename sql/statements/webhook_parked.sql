-- Deliveries that wait, not locked: most of them go on waiting.
SELECT d.delivery_id, d.provider, d.body, d.received_at
FROM admit.webhook_delivery AS d
WHERE d.tenant_id = $1 AND d.state = 'parked' AND d.received_at > $2
ORDER BY d.received_at LIMIT $3

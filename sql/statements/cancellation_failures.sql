SELECT r.order_id, o.order_number, r.attempts, r.error, r.detail, r.tried_at, r.retry_at
FROM admit.cancellation_refund AS r
JOIN admit."order" AS o ON o.tenant_id = r.tenant_id AND o.order_id = r.order_id
WHERE r.tenant_id = $1 AND r.event_id = $2 AND r.state = 'failed' AND o.state IN ('paid', 'partially_refunded')
ORDER BY r.tried_at, r.order_id LIMIT $3

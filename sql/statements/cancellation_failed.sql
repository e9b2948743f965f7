INSERT INTO admit.cancellation_refund AS r (tenant_id, event_id, order_id, state, attempts, error, detail, tried_at, retry_at)
VALUES ($1, $2, $3, 'failed', $4, $5, $6, $7, $8)
ON CONFLICT (tenant_id, event_id, order_id) DO UPDATE
SET state = excluded.state, attempts = excluded.attempts, error = excluded.error, detail = excluded.detail,
    tried_at = excluded.tried_at, retry_at = excluded.retry_at

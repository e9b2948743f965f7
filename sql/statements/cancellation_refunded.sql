INSERT INTO admit.cancellation_refund AS r (tenant_id, event_id, order_id, state, attempts, refund_id, amount_cents, tried_at)
VALUES ($1, $2, $3, 'refunded', 1, $4, $5, $6)
ON CONFLICT (tenant_id, event_id, order_id) DO UPDATE
SET state = excluded.state, attempts = r.attempts + 1, refund_id = excluded.refund_id, amount_cents = excluded.amount_cents,
    error = NULL, detail = NULL, tried_at = excluded.tried_at, retry_at = NULL
WHERE r.state = 'failed'
RETURNING 1

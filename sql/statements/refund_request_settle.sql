-- A refund grants the request that waits for an order when it pays back all that was asked for.
UPDATE admit.refund_request
SET state = $4, refund_id = $5, decided_at = $6, decided_by = $7
WHERE tenant_id = $1 AND order_id = $2 AND state = $3 AND ($8 OR ticket_ids <@ $9)

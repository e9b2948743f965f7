INSERT INTO admit.refund_request (
    tenant_id, refund_request_id, order_id, event_id, wallet_id, ticket_ids, reason, state, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

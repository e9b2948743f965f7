INSERT INTO admit.reissue_request (
    tenant_id, reissue_request_id, ticket_id, event_id, wallet_id, reason, note, state, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

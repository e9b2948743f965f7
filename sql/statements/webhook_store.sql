-- The first delivery of an event; a second one, even at the same moment, finds the row.
INSERT INTO admit.webhook_delivery (
    tenant_id, delivery_id, provider, event_reference, event_type, object_reference, body, state, detail, received_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (tenant_id, provider, event_reference) DO NOTHING

INSERT INTO admit.venue_code (
    tenant_id, venue_code_id, venue_id, event_id, gate_id, kind, label, code, expires_at, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

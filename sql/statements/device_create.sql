INSERT INTO admit.device (
    tenant_id, device_id, name, gate_id, event_ids, profile, zones, secret_hash, token_expires_at, pairing_code_hash,
    code_expires_at, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

INSERT INTO admit.venue (
    tenant_id, venue_id, name, address, venue_type, capacity, nfc_tag_id, time_zone, account_id, created_at, updated_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)

UPDATE admit.venue
SET name = coalesce($3, name), address = coalesce($4, address), venue_type = coalesce($5, venue_type),
    capacity = coalesce($6, capacity), nfc_tag_id = coalesce($7, nfc_tag_id), time_zone = coalesce($8, time_zone),
    status = coalesce($9, status), updated_at = $10
WHERE tenant_id = $1 AND venue_id = $2

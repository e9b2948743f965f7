-- A credential of one event sees the devices of that event alone.
SELECT d.device_id, d.name, d.gate_id, d.event_ids, d.profile, d.zones, d.brand, d.model, d.software_version, d.paired_at,
       d.code_expires_at, d.last_seen_at, d.token_expires_at, d.revoked_at, d.created_at
FROM admit.device AS d
JOIN admit.gate AS g ON g.tenant_id = d.tenant_id AND g.gate_id = d.gate_id
WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.device_id = $2) AND ($3::uuid IS NULL OR g.venue_id = $3)
  AND ($4::uuid IS NULL OR g.venue_id = $4) AND ($5::uuid IS NULL OR d.event_ids = ARRAY[$5])
  AND ($6::uuid IS NULL OR d.device_id < $6)
ORDER BY d.device_id DESC LIMIT $7

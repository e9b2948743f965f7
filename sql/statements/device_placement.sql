-- Where a device stands and what its profile allows.
SELECT d.gate_id, g.venue_id, d.event_ids, d.zones, d.profile, p.scan_kinds, p.offline_allowed, d.revoked_at IS NOT NULL
FROM admit.device AS d
JOIN admit.gate AS g ON g.tenant_id = d.tenant_id AND g.gate_id = d.gate_id
JOIN admit.device_profile AS p ON p.tenant_id = d.tenant_id AND p.profile = d.profile
WHERE d.tenant_id = $1 AND d.device_id = $2

SELECT d.secret_hash, d.revoked_at IS NULL AND d.token_expires_at > $4,
       (SELECT g.venue_id FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.gate_id = d.gate_id), d.event_id,
       EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = 'device' AND r.command = $3),
       d.replaced_secret_hash
FROM admit.device AS d
WHERE d.tenant_id = $1 AND d.device_id = $2

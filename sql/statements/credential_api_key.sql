SELECT k.secret_hash,
       k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $4),
       k.venue_id, k.event_id,
       EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = k.role AND r.command = $3)
FROM admit.api_key AS k
WHERE k.tenant_id = $1 AND k.api_key_id = $2

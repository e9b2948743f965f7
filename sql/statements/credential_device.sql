-- A device that is not paired yet has no secret: nothing matches the empty one.
SELECT coalesce(d.secret_hash, ''), coalesce(d.revoked_at IS NULL AND d.token_expires_at > $4, false),
       (SELECT g.venue_id FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.gate_id = d.gate_id), d.event_ids,
       EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = 'device' AND r.command = $3)
       AND (SELECT p.commands IS NULL OR $3 = ANY (p.commands) FROM admit.device_profile AS p
            WHERE p.tenant_id = $1 AND p.profile = d.profile),
       d.replaced_secret_hash
FROM admit.device AS d
WHERE d.tenant_id = $1 AND d.device_id = $2

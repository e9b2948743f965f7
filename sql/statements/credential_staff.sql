-- A person on a device may do what the role allows and what the device may do, but not renew its token. A session
-- lives no longer than that token, and without a second factor no longer than the role needs none.
SELECT s.secret_hash,
       s.ended_at IS NULL AND s.expires_at > $4 AND p.deactivated_at IS NULL AND d.revoked_at IS NULL
       AND coalesce(d.token_expires_at > $4, false)
       AND (s.second_factor OR NOT EXISTS (
           SELECT FROM admit.staff_totp_role AS t WHERE t.tenant_id = $1 AND t.role = p.role)),
       s.venue_id, s.event_id,
       EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = p.role AND r.command = $3)
       OR $3 <> 'device.renew'
          AND EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = 'device' AND r.command = $3)
          AND (SELECT f.commands IS NULL OR $3 = ANY (f.commands) FROM admit.device_profile AS f
               WHERE f.tenant_id = $1 AND f.profile = d.profile),
       s.staff_id, s.device_id
FROM admit.staff_session AS s
JOIN admit.staff AS p ON p.tenant_id = s.tenant_id AND p.staff_id = s.staff_id
JOIN admit.device AS d ON d.tenant_id = s.tenant_id AND d.device_id = s.device_id
WHERE s.tenant_id = $1 AND s.session_id = $2

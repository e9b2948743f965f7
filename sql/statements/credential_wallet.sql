SELECT s.ended_at IS NULL AND s.expires_at > $5,
       EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = 'wallet' AND r.command = $4)
FROM admit.wallet_session AS s
WHERE s.tenant_id = $1 AND s.session_id = $2 AND s.wallet_id = $3

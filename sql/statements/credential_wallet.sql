-- Whether a wallet session lives, wallets may carry the command out, and the token's key ($6) is revoked.
SELECT coalesce(s.ended_at IS NULL AND s.expires_at > $5, false),
       EXISTS (SELECT FROM admit.role_command AS r WHERE r.tenant_id = $1 AND r.role = 'wallet' AND r.command = $4),
       EXISTS (SELECT FROM admit.signing_key AS k WHERE k.tenant_id = $1 AND k.key_id = $6 AND k.revoked_at IS NOT NULL)
FROM (SELECT) AS asked
LEFT JOIN admit.wallet_session AS s ON s.tenant_id = $1 AND s.session_id = $2 AND s.wallet_id = $3

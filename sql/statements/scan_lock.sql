-- Locks the wallet behind a session token. Everything else is read by a later statement.
SELECT w.balance_cents, w.currency, w.frozen, s.ended_at IS NOT NULL
FROM admit.wallet AS w
JOIN admit.wallet_session AS s
  ON s.tenant_id = w.tenant_id AND s.session_id = $3 AND s.wallet_id = w.wallet_id
WHERE w.tenant_id = $1 AND w.wallet_id = $2
FOR NO KEY UPDATE OF w

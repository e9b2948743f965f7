-- Locks the wallets of an upload in the order of their ids.
SELECT w.wallet_id, w.balance_cents, w.currency, w.frozen
FROM admit.wallet AS w
WHERE w.tenant_id = $1 AND w.wallet_id = ANY ($2)
ORDER BY w.wallet_id
FOR NO KEY UPDATE OF w

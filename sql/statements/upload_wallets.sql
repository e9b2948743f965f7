-- The balances of an upload's wallets as they are after it; they are locked.
UPDATE admit.wallet AS w SET balance_cents = u.balance_cents
FROM unnest($2::uuid[], $3::bigint[]) AS u (wallet_id, balance_cents)
WHERE w.tenant_id = $1 AND w.wallet_id = u.wallet_id

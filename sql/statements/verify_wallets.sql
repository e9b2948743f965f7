SELECT count(*)
FROM admit.wallet AS w
LEFT JOIN (
    SELECT leg.account_id, sum(leg.amount_cents) AS amount
    FROM admit.journal AS j CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1 GROUP BY leg.account_id
) AS moved ON moved.account_id = w.wallet_id
WHERE w.tenant_id = $1 AND w.balance_cents <> coalesce(moved.amount, 0)

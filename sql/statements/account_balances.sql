-- Exact balances: what is settled plus the legs of entries that are not sealed yet. One
-- statement, so both sides come from one snapshot.
SELECT a.account_id, a.kind, a.name, a.currency,
       a.settled_cents + coalesce(unsealed.amount, 0)::bigint
FROM admit.account AS a
LEFT JOIN (
    SELECT leg.account_id, sum(leg.amount_cents) AS amount
    FROM admit.unsealed_entry AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1
    GROUP BY leg.account_id
) AS unsealed ON unsealed.account_id = a.account_id
WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.account_id = $2)
ORDER BY a.kind, a.name, a.currency

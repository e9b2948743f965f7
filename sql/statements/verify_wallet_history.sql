-- The running balance of a wallet, in the order of its locks, is what each scan recorded. The
-- sum up to and including an entry is never negative.
SELECT count(*)
FROM (
    SELECT sum(leg.amount_cents) OVER (PARTITION BY leg.account_id ORDER BY j.lineage, j.xid, j.ord) AS balance,
           w.wallet_id
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    JOIN admit.wallet AS w ON w.tenant_id = $1 AND w.wallet_id = leg.account_id
    WHERE j.tenant_id = $1
) AS running
WHERE running.balance < 0

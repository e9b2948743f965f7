UPDATE admit.account AS a
SET settled_cents = a.settled_cents + moved.amount
FROM (
    SELECT leg.account_id, sum(leg.amount_cents)::bigint AS amount
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1 AND j.lineage = $2 AND (j.xid, j.ord) >= ($3, $4) AND (j.xid, j.ord) <= ($5, $6)
      AND j.leg_account IS NOT NULL
    GROUP BY leg.account_id
) AS moved
WHERE a.tenant_id = $1 AND a.account_id = moved.account_id

SELECT count(*)
FROM admit.account AS a
LEFT JOIN (
    SELECT leg.account_id, sum(leg.amount_cents) AS amount
    FROM admit.block AS b
    JOIN admit.journal AS j
      ON j.tenant_id = b.tenant_id AND j.lineage = b.lineage
     AND (j.xid, j.ord) >= (b.from_xid, b.from_ord) AND (j.xid, j.ord) <= (b.to_xid, b.to_ord)
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE b.tenant_id = $1 GROUP BY leg.account_id
) AS sealed ON sealed.account_id = a.account_id
WHERE a.tenant_id = $1 AND a.settled_cents <> coalesce(sealed.amount, 0)

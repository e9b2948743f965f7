-- Every leg names an account or wallet of the tenant, in the entry's currency.
SELECT count(*)
FROM (SELECT DISTINCT leg.account_id, j.currency
      FROM admit.journal AS j CROSS JOIN LATERAL unnest(j.leg_account) AS leg (account_id)
      WHERE j.tenant_id = $1) AS used
WHERE NOT EXISTS (SELECT FROM admit.account AS a
                  WHERE a.tenant_id = $1 AND a.account_id = used.account_id AND a.currency = used.currency)
  AND NOT EXISTS (SELECT FROM admit.wallet AS w
                  WHERE w.tenant_id = $1 AND w.wallet_id = used.account_id AND w.currency = used.currency)

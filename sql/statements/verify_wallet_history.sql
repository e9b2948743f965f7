-- No scan left a negative balance behind, and no wallet has one.
SELECT (SELECT count(*) FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.balance_cents < 0)
     + (SELECT count(*) FROM admit.journal AS j
        WHERE j.tenant_id = $1 AND (j.body ->> 'balance_cents')::bigint < 0)

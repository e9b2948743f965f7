SELECT count(*)
FROM admit.payout AS p
LEFT JOIN (
    SELECT j.body ->> 'payout_id' AS payout_id, leg.account_id, sum(-leg.amount_cents) AS amount
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1 AND j.action = 'payout.created'
    GROUP BY j.body ->> 'payout_id', leg.account_id
) AS booked ON booked.payout_id = p.payout_id::text AND booked.account_id = p.account_id
WHERE p.tenant_id = $1 AND coalesce(booked.amount, 0) <> p.amount_cents

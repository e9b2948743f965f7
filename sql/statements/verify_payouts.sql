-- Each payout debited its account once, and credited it once if it failed.
SELECT count(*)
FROM admit.payout AS p
LEFT JOIN (
    SELECT j.body ->> 'payout_id' AS payout_id, leg.account_id,
           sum(-leg.amount_cents) FILTER (WHERE j.action = 'payout.created') AS debited,
           sum(leg.amount_cents) FILTER (WHERE j.action = 'payout.failed') AS credited
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1 AND j.action IN ('payout.created', 'payout.failed')
    GROUP BY j.body ->> 'payout_id', leg.account_id
) AS booked ON booked.payout_id = p.payout_id::text AND booked.account_id = p.account_id
WHERE p.tenant_id = $1
  AND (coalesce(booked.debited, 0) <> p.amount_cents
       OR coalesce(booked.credited, 0) <> CASE WHEN p.state = 'failed' THEN p.amount_cents ELSE 0 END)

-- Each succeeded funding was credited once, with its amount, and its refunds are what was debited; each
-- succeeded payment of an order was booked once; refunds add up.
SELECT count(*)
FROM admit.payment AS p
LEFT JOIN (
    SELECT j.body ->> 'payment_id' AS payment_id,
           count(*) FILTER (WHERE j.action = 'payment.funded') AS fundings,
           sum(leg.amount_cents) FILTER (WHERE j.action = 'payment.funded') AS funded,
           sum(-leg.amount_cents) FILTER (WHERE j.action = 'payment.refunded') AS refunded
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1 AND j.action IN ('payment.funded', 'payment.refunded') AND leg.account_id = j.wallet_id
    GROUP BY j.body ->> 'payment_id'
) AS booked ON booked.payment_id = p.payment_id::text
LEFT JOIN (
    SELECT j.body ->> 'payment_id' AS payment_id, count(*) AS payments
    FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.action = 'payment.succeeded'
    GROUP BY j.body ->> 'payment_id'
) AS received ON received.payment_id = p.payment_id::text
WHERE p.tenant_id = $1
  AND (coalesce(booked.fundings, 0) <> (p.state = 'succeeded' AND p.order_id IS NULL)::integer
       OR coalesce(received.payments, 0) <> (p.state = 'succeeded' AND p.order_id IS NOT NULL)::integer
       OR p.order_id IS NULL
          AND (coalesce(booked.funded, 0) <> CASE WHEN p.state = 'succeeded' THEN p.amount_cents ELSE 0 END
               OR coalesce(booked.refunded, 0) <> p.refunded_cents)
       OR p.refunded_cents <> (SELECT coalesce(sum(r.amount_cents), 0) FROM admit.refund AS r
                               WHERE r.tenant_id = $1 AND r.payment_id = p.payment_id))

-- Each succeeded funding was credited once, with its amount, and what was taken back of it is what its
-- wallet was debited; each succeeded payment of an order was booked once; refunds add up.
SELECT count(*)
FROM admit.payment AS p
LEFT JOIN (
    SELECT j.body ->> 'payment_id' AS payment_id,
           count(*) FILTER (WHERE j.action = 'payment.funded') AS fundings,
           sum(leg.amount_cents) FILTER (WHERE j.action = 'payment.funded') AS funded,
           sum(-leg.amount_cents) FILTER (WHERE j.action <> 'payment.funded') AS taken_back
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    WHERE j.tenant_id = $1 AND j.action IN ('payment.funded', 'payment.refunded', 'refund.reported')
      AND leg.account_id = j.wallet_id
    GROUP BY j.body ->> 'payment_id'
) AS booked ON booked.payment_id = p.payment_id::text
LEFT JOIN (
    SELECT j.body ->> 'payment_id' AS payment_id, count(*) AS payments
    FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.action = 'payment.succeeded'
    GROUP BY j.body ->> 'payment_id'
) AS received ON received.payment_id = p.payment_id::text
LEFT JOIN (
    SELECT r.payment_id, sum(r.amount_cents) AS known, sum(r.amount_cents) FILTER (WHERE r.state = 'failed') AS failed
    FROM admit.refund AS r
    -- What the provider refused to make never went back.
    WHERE r.tenant_id = $1 AND NOT (r.state = 'failed' AND r.provider_reference IS NULL)
    GROUP BY r.payment_id
) AS refund ON refund.payment_id = p.payment_id
WHERE p.tenant_id = $1
  AND (coalesce(booked.fundings, 0) <> (p.state = 'succeeded' AND p.order_id IS NULL)::integer
       OR coalesce(received.payments, 0) <> (p.state = 'succeeded' AND p.order_id IS NOT NULL)::integer
       OR p.order_id IS NULL
          AND (coalesce(booked.funded, 0) <> CASE WHEN p.state = 'succeeded' THEN p.amount_cents ELSE 0 END
               OR coalesce(booked.taken_back, 0) <> p.taken_back_cents)
       OR p.refunded_cents
          <> greatest(0, greatest(coalesce(refund.known, 0), p.refunded_in_all_cents) - coalesce(refund.failed, 0))
       OR p.refunded_cents > p.amount_cents)

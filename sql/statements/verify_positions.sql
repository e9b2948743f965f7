-- Where each payment's money is booked to be: what the provider has, what is owed to the payer, what
-- somebody owes, and what is disputed follow from the payment's figures.
SELECT count(*)
FROM admit.payment AS p
LEFT JOIN (
    SELECT j.body ->> 'payment_id' AS payment_id,
           sum(leg.amount_cents) FILTER (WHERE a.kind = 'provider') AS provider,
           sum(leg.amount_cents) FILTER (WHERE a.kind = 'receivable') AS receivable,
           sum(leg.amount_cents) FILTER (WHERE a.kind = 'refund_due') AS refund_due,
           sum(leg.amount_cents) FILTER (WHERE a.kind = 'disputed') AS disputed
    FROM admit.journal AS j
    CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    JOIN admit.account AS a ON a.tenant_id = $1 AND a.account_id = leg.account_id
    WHERE j.tenant_id = $1 AND j.body ->> 'payment_id' IS NOT NULL
      AND a.kind IN ('provider', 'receivable', 'refund_due', 'disputed')
    GROUP BY j.body ->> 'payment_id'
) AS booked ON booked.payment_id = p.payment_id::text
-- Money that came too late was never booked: it goes back as it came.
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.state = 'succeeded' THEN p.refunded_cents + p.disputed_cents - p.amount_cents ELSE 0 END AS cents
) AS provider
WHERE p.tenant_id = $1
  AND (coalesce(booked.provider, 0) <> provider.cents
       OR coalesce(booked.receivable, 0) <> -greatest(p.refunded_cents - p.taken_back_cents, 0)
       OR coalesce(booked.refund_due, 0) <> greatest(p.taken_back_cents - p.refunded_cents, 0)
       OR coalesce(booked.disputed, 0) <> -p.disputed_cents)

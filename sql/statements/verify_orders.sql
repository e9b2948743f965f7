-- Each order costs what its items cost; each paid one was booked once with that amount; what was taken
-- back for its tickets is what its refunds say and what the journal moved.
SELECT count(*)
FROM admit."order" AS o
CROSS JOIN LATERAL (
    SELECT coalesce(sum((item ->> 'quantity')::bigint * (charge ->> 1)::bigint), 0) AS cents
    FROM jsonb_array_elements(o.items) AS item
    CROSS JOIN LATERAL jsonb_array_elements(item -> 'charges') AS charge
) AS cost
LEFT JOIN (
    SELECT j.body ->> 'order_id' AS order_id,
           count(*) FILTER (WHERE j.action = 'order.paid') AS sales,
           sum((SELECT sum(leg.cents) FROM unnest(j.leg_amount) AS leg (cents) WHERE leg.cents > 0))
               FILTER (WHERE j.action = 'order.paid') AS sold,
           sum((SELECT sum(leg.cents) FROM unnest(j.leg_amount) AS leg (cents) WHERE leg.cents > 0))
               FILTER (WHERE j.action = 'order.refunded') AS returned
    FROM admit.journal AS j
    WHERE j.tenant_id = $1 AND j.action IN ('order.paid', 'order.refunded')
    GROUP BY j.body ->> 'order_id'
) AS booked ON booked.order_id = o.order_id::text
CROSS JOIN LATERAL (
    SELECT o.state IN ('paid', 'partially_refunded', 'refunded') AS paid
) AS known
WHERE o.tenant_id = $1
  AND (o.total_cents <> cost.cents
       OR coalesce(booked.sales, 0) <> known.paid::integer
       OR coalesce(booked.sold, 0) <> CASE WHEN known.paid THEN o.total_cents ELSE 0 END
       OR coalesce(booked.returned, 0) <> (SELECT coalesce(sum(r.amount_cents), 0) FROM admit.order_refund AS r
                                           WHERE r.tenant_id = $1 AND r.order_id = o.order_id))

-- Each order that a provider's payment has paid cost what the payment brought, and what was paid back
-- of one is what went back of the other; a succeeded payment that paid no order went back.
SELECT (SELECT count(*)
        FROM admit."order" AS o
        LEFT JOIN admit.payment AS p ON p.tenant_id = $1 AND p.payment_id = o.payment_id AND p.order_id = o.order_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(r.amount_cents), 0) AS cents FROM admit.order_refund AS r
            WHERE r.tenant_id = $1 AND r.order_id = o.order_id
        ) AS returned
        WHERE o.tenant_id = $1 AND o.paid_at IS NOT NULL
          AND CASE WHEN o.paid_with IN ('wallet', 'nothing') THEN o.refunded_cents <> returned.cents
                   ELSE p.payment_id IS NULL OR p.state <> 'succeeded' OR p.provider <> o.paid_with
                        OR p.amount_cents <> o.total_cents OR p.currency <> o.currency
                        OR p.taken_back_cents <> returned.cents
                        OR o.refunded_cents <> greatest(p.refunded_cents, p.taken_back_cents) END)
     + (SELECT count(*)
        FROM admit.payment AS p
        JOIN admit."order" AS o ON o.tenant_id = $1 AND o.order_id = p.order_id
        WHERE p.tenant_id = $1 AND p.state = 'succeeded' AND p.taken_back_cents <> p.amount_cents
          AND (o.payment_id IS DISTINCT FROM p.payment_id OR o.paid_with IS DISTINCT FROM p.provider))

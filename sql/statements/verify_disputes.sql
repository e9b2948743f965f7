-- What is disputed of each payment is what its open and lost disputes claim, and no more than what was
-- not refunded; only what succeeded can be refunded or disputed, and again only what was to be refunded of it.
SELECT (SELECT count(*)
        FROM admit.payment AS p
        LEFT JOIN (
            SELECT d.payment_id, d.currency, sum(greatest(d.amount_cents, 0)) AS cents
            FROM admit.dispute AS d
            WHERE d.tenant_id = $1 AND d.state IN ('opened', 'lost') AND NOT d.inquiry
            GROUP BY d.payment_id, d.currency
        ) AS claimed ON claimed.payment_id = p.payment_id AND claimed.currency = p.currency
        WHERE p.tenant_id = $1
          AND p.disputed_cents <> least(coalesce(claimed.cents, 0), p.amount_cents - p.refunded_cents))
     + (SELECT count(*) FROM admit.dispute AS d
        JOIN admit.payment AS p ON p.tenant_id = $1 AND p.payment_id = d.payment_id
        WHERE d.tenant_id = $1 AND p.state <> 'succeeded')
     + (SELECT count(*) FROM admit.refund AS r
        JOIN admit.payment AS p ON p.tenant_id = $1 AND p.payment_id = r.payment_id
        WHERE r.tenant_id = $1 AND p.state <> 'succeeded')
     + (SELECT count(*) FROM admit.refund AS r
        WHERE r.tenant_id = $1 AND r.retry_of IS NOT NULL AND NOT EXISTS (
            SELECT FROM admit.refund AS f
            WHERE f.tenant_id = $1 AND f.refund_id = r.retry_of AND f.payment_id = r.payment_id))

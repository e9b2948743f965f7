-- A cancellation with what is done and what is left of it, in one snapshot.
SELECT c.reason, c.keep_fees, c.cancelled_at, c.finished_at, e.currency, live.holds, done.orders, done.cents,
       due.orders - due.failed, due.failed, due.cents
FROM admit.cancellation AS c
JOIN admit.event AS e ON e.tenant_id = c.tenant_id AND e.event_id = c.event_id
CROSS JOIN LATERAL (
    SELECT count(*) AS holds FROM admit.hold AS h
    WHERE h.tenant_id = $1 AND h.event_id = $2 AND h.state IN ('open', 'ordered')
) AS live
CROSS JOIN LATERAL (
    SELECT count(*) AS orders, coalesce(sum(r.amount_cents), 0)::bigint AS cents FROM admit.cancellation_refund AS r
    WHERE r.tenant_id = $1 AND r.event_id = $2 AND r.state = 'refunded'
) AS done
CROSS JOIN LATERAL (
    SELECT count(*) AS orders, count(r.order_id) AS failed,
           coalesce(sum(o.total_cents - o.refunded_cents), 0)::bigint AS cents
    FROM admit."order" AS o
    LEFT JOIN admit.cancellation_refund AS r
      ON r.tenant_id = $1 AND r.event_id = $2 AND r.order_id = o.order_id AND r.state = 'failed'
    WHERE o.tenant_id = $1 AND o.event_id = $2 AND o.state IN ('paid', 'partially_refunded')
) AS due
WHERE c.tenant_id = $1 AND c.event_id = $2

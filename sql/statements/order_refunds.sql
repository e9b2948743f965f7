-- The refunds of an order's tickets, oldest first: tickets by item, and the event's clock when it was.
SELECT r.refund_id, r.amount_cents, r.reason, r.ticket_ids, r.fees_kept, r.created_at,
       extract(epoch FROM (r.created_at AT TIME ZONE e.time_zone) - (r.created_at AT TIME ZONE 'UTC'))::integer,
       returned.items, returned.counts
FROM admit.order_refund AS r
JOIN admit."order" AS o ON o.tenant_id = r.tenant_id AND o.order_id = r.order_id
JOIN admit.event AS e ON e.tenant_id = o.tenant_id AND e.event_id = o.event_id
CROSS JOIN LATERAL (
    SELECT array_agg(part.item ORDER BY part.item) AS items, array_agg(part.tickets ORDER BY part.item) AS counts
    FROM (SELECT k.item, count(*)::integer AS tickets FROM admit.ticket AS k
          WHERE k.tenant_id = $1 AND k.ticket_id = ANY (r.ticket_ids) GROUP BY k.item) AS part
) AS returned
WHERE r.tenant_id = $1 AND r.order_id = $2
ORDER BY r.created_at, r.refund_id

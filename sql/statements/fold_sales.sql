INSERT INTO admit.sale_figure AS f (tenant_id, event_id, ticket_type_id, sold, refunded, revenue_cents)
SELECT $1, s.event_id, s.ticket_type_id,
       coalesce(sum(s.quantity) FILTER (WHERE s.paid), 0), coalesce(sum(s.quantity) FILTER (WHERE NOT s.paid), 0),
       sum(CASE WHEN s.paid THEN s.quantity * s.unit_cents ELSE -s.quantity * s.unit_cents END)
FROM (
    SELECT j.event_id, j.action = 'order.paid' AS paid, (item ->> 0)::uuid AS ticket_type_id, (item ->> 1)::bigint AS quantity,
           (SELECT coalesce(sum((charge ->> 1)::bigint), 0) FROM json_array_elements(item -> 2) AS charge) AS unit_cents
    FROM admit.journal AS j
    CROSS JOIN LATERAL json_array_elements(j.body -> 'items') AS item
    WHERE j.tenant_id = $1 AND j.lineage = $2 AND (j.xid, j.ord) >= ($3, $4) AND (j.xid, j.ord) <= ($5, $6)
      AND j.action IN ('order.paid', 'order.refunded')
) AS s
GROUP BY s.event_id, s.ticket_type_id
ORDER BY s.event_id, s.ticket_type_id
ON CONFLICT (tenant_id, event_id, ticket_type_id) DO UPDATE
SET sold = f.sold + excluded.sold, refunded = f.refunded + excluded.refunded,
    revenue_cents = f.revenue_cents + excluded.revenue_cents

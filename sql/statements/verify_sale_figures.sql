-- Live figures of sales are what sealed entries say.
SELECT count(*)
FROM (
    SELECT j.event_id, (item ->> 0)::uuid AS ticket_type_id,
           sum(CASE WHEN j.action = 'order.paid' THEN 1 ELSE -1 END * (item ->> 1)::bigint) AS quantity,
           sum(CASE WHEN j.action = 'order.paid' THEN 1 ELSE -1 END * (item ->> 1)::bigint * (
               SELECT coalesce(sum((charge ->> 1)::bigint), 0) FROM json_array_elements(item -> 2) AS charge)) AS cents
    FROM admit.block AS b
    JOIN admit.journal AS j
      ON j.tenant_id = b.tenant_id AND j.lineage = b.lineage
     AND (j.xid, j.ord) >= (b.from_xid, b.from_ord) AND (j.xid, j.ord) <= (b.to_xid, b.to_ord)
    CROSS JOIN LATERAL json_array_elements(j.body -> 'items') AS item
    WHERE b.tenant_id = $1 AND j.action IN ('order.paid', 'order.refunded')
    GROUP BY j.event_id, (item ->> 0)::uuid
) AS counted
FULL JOIN (SELECT f.* FROM admit.sale_figure AS f WHERE f.tenant_id = $1) AS f
  ON f.event_id = counted.event_id AND f.ticket_type_id = counted.ticket_type_id
WHERE (counted.quantity, counted.cents) IS DISTINCT FROM ((f.sold - f.refunded)::numeric, f.revenue_cents::numeric)

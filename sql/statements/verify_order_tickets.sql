-- Each paid unit has one ticket, and what is not paid has none.
SELECT count(*)
FROM admit."order" AS o
CROSS JOIN LATERAL (
    SELECT coalesce(sum((item ->> 'quantity')::bigint), 0) AS units
    FROM jsonb_array_elements(o.items) AS item
    WHERE o.state IN ('paid', 'partially_refunded', 'refunded')
) AS paid
LEFT JOIN (
    SELECT t.order_id, count(*) AS tickets, max(t.unit) AS last_unit FROM admit.ticket AS t
    WHERE t.tenant_id = $1 GROUP BY t.order_id
) AS issued ON issued.order_id = o.order_id
WHERE o.tenant_id = $1
  AND (coalesce(issued.tickets, 0) <> paid.units OR coalesce(issued.last_unit, 0) <> paid.units)

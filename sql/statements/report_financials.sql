-- Tickets of an event that were paid and paid back, by day of the event's time zone and ticket type.
WITH item AS (
    SELECT o.order_id, o.paid_at, e.time_zone, part.place - 1 AS item, (part.item ->> 'ticket_type_id')::uuid AS ticket_type_id,
           (part.item ->> 'quantity')::bigint AS quantity, unit.price, unit.fees, unit.tax,
           -- The tax that the fees bear is kept with them.
           greatest((SELECT coalesce(sum((share.value ->> 1)::bigint), 0) FROM jsonb_array_elements(part.item -> 'fee_shares') AS share) - unit.fees, 0) AS tax_of_fees
    FROM admit."order" AS o
    JOIN admit.event AS e ON e.tenant_id = o.tenant_id AND e.event_id = o.event_id
    CROSS JOIN LATERAL jsonb_array_elements(o.items) WITH ORDINALITY AS part (item, place)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(charge.cents) FILTER (WHERE charge.component = 'sale'), 0) AS price,
               coalesce(sum(charge.cents) FILTER (WHERE charge.component IN ('venue_fee', 'platform_fee')), 0) AS fees,
               coalesce(sum(charge.cents) FILTER (WHERE charge.component = 'tax'), 0) AS tax
        FROM jsonb_array_elements(part.item -> 'charges') AS each
        CROSS JOIN LATERAL (SELECT each.value ->> 0 AS component, (each.value ->> 1)::bigint AS cents) AS charge
    ) AS unit
    WHERE o.tenant_id = $1 AND o.event_id = $2 AND o.paid_at IS NOT NULL
), moved AS (
    SELECT (i.paid_at AT TIME ZONE i.time_zone)::date AS day, i.ticket_type_id, false AS refund, i.quantity AS tickets,
           i.price, i.fees, i.tax
    FROM item AS i
    UNION ALL
    SELECT (r.created_at AT TIME ZONE i.time_zone)::date, i.ticket_type_id, true, 1,
           i.price, CASE WHEN r.fees_kept THEN 0 ELSE i.fees END,
           CASE WHEN r.fees_kept THEN i.tax - i.tax_of_fees ELSE i.tax END
    FROM item AS i
    JOIN admit.order_refund AS r ON r.tenant_id = $1 AND r.order_id = i.order_id
    CROSS JOIN LATERAL unnest(r.ticket_ids) AS returned (ticket_id)
    JOIN admit.ticket AS k ON k.tenant_id = $1 AND k.ticket_id = returned.ticket_id AND k.item = i.item
)
SELECT to_char(m.day, 'YYYY-MM-DD'), m.ticket_type_id, t.name, m.refund, sum(m.tickets)::bigint, sum(m.tickets * m.price)::bigint,
       sum(m.tickets * m.fees)::bigint, sum(m.tickets * m.tax)::bigint
FROM moved AS m
JOIN admit.ticket_type AS t ON t.tenant_id = $1 AND t.ticket_type_id = m.ticket_type_id
GROUP BY m.day, m.ticket_type_id, t.name, m.refund
ORDER BY m.day, m.ticket_type_id, m.refund

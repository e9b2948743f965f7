-- A wallet's own tickets, newest first, by its index.
SELECT t.ticket_id, t.order_id, o.order_number, t.unit, t.event_id, e.name, e.starts_at, e.ends_at, e.time_zone,
       t.ticket_type_id, y.name, y.zones, t.wallet_id, t.state, t.code_key, t.generation,
       (SELECT coalesce(sum((charge ->> 1)::bigint), 0)::bigint
        FROM jsonb_array_elements(o.items -> t.item::integer -> 'charges') AS charge),
       o.currency, y.valid_from, y.valid_until, y.pass_days, t.days_used, t.entries, t.inside, t.admitted_at, t.created_at, t.seat
FROM admit.ticket AS t
JOIN admit."order" AS o ON o.tenant_id = t.tenant_id AND o.order_id = t.order_id
JOIN admit.event AS e ON e.tenant_id = t.tenant_id AND e.event_id = t.event_id
JOIN admit.ticket_type AS y ON y.tenant_id = t.tenant_id AND y.ticket_type_id = t.ticket_type_id
WHERE t.tenant_id = $1 AND ($2::uuid IS NULL OR t.ticket_id = $2) AND ($3::uuid IS NULL OR t.ticket_id < $3)
  AND t.wallet_id = $4 AND ($5::uuid IS NULL OR t.event_id = $5)
  AND ($6::uuid IS NULL OR t.order_id = $6) AND ($7::text IS NULL OR t.state = $7)
  AND ($8::boolean IS NULL OR (e.ends_at <= $9) = $8)
  AND ($10::uuid IS NULL OR e.venue_id = $10) AND ($11::uuid IS NULL OR t.event_id = $11)
ORDER BY t.ticket_id DESC LIMIT $12

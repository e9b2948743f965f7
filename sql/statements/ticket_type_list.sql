-- Ticket types with what is held and sold, and what is left over all their pools: a pool without a
-- limit does not count.
SELECT t.ticket_type_id, t.event_id, t.name, t.description, t.price_cents, e.currency, own.total, own.held, own.sold,
       least(drawn.least_available, seats.available), drawn.shared, t.order_max, t.wallet_max, t.sale_starts_at, coalesce(t.sale_ends_at, e.ends_at),
       t.status = 'active' AND e.status = 'active' AND t.offer <> 'staff' AND e.visibility <> 'private'
         AND coalesce(t.sale_starts_at <= $4, true) AND $4 < least(t.sale_ends_at, e.ends_at),
       t.offer, t.zones, t.valid_from, t.valid_until, t.pass_days, t.seat_areas, t.status, t.created_at, t.updated_at,
       e.visibility = 'private'
FROM admit.ticket_type AS t
JOIN admit.event AS e ON e.tenant_id = t.tenant_id AND e.event_id = t.event_id
CROSS JOIN LATERAL (
    SELECT p.total, sum(b.held)::bigint AS held, sum(b.sold)::bigint AS sold
    FROM admit.pool AS p JOIN admit.bucket AS b ON b.tenant_id = $1 AND b.pool_id = p.pool_id
    WHERE p.tenant_id = $1 AND p.pool_id = t.ticket_type_id
    GROUP BY p.total
) AS own
CROSS JOIN LATERAL (
    SELECT min(pool.available) FILTER (WHERE pool.total IS NOT NULL)::bigint AS least_available,
           coalesce(array_agg(pool.pool_id ORDER BY pool.pool_id) FILTER (WHERE pool.kind = 'shared'), '{}') AS shared
    FROM (
        SELECT p.pool_id, p.kind, p.total, sum(b.available) AS available
        FROM admit.ticket_type_pool AS l
        JOIN admit.pool AS p ON p.tenant_id = $1 AND p.pool_id = l.pool_id
        JOIN admit.bucket AS b ON b.tenant_id = $1 AND b.pool_id = p.pool_id
        WHERE l.tenant_id = $1 AND l.ticket_type_id = t.ticket_type_id
        GROUP BY p.pool_id, p.kind, p.total
    ) AS pool
) AS drawn
CROSS JOIN LATERAL (
    -- None without seats: then it is no bound.
    SELECT count(*) FILTER (WHERE s.state = 'available') AS available
    FROM admit.event_seat AS s
    WHERE s.tenant_id = $1 AND s.event_id = t.event_id AND s.area = ANY (t.seat_areas)
    HAVING t.seat_areas <> '{}'
    UNION ALL SELECT NULL WHERE t.seat_areas = '{}'
) AS seats
WHERE t.tenant_id = $1 AND ($2::uuid IS NULL OR t.ticket_type_id = $2) AND ($3::uuid IS NULL OR t.event_id = $3)
ORDER BY t.ticket_type_id

INSERT INTO admit.ticket_type (
    tenant_id, ticket_type_id, event_id, name, description, price_cents, order_max, wallet_max, sale_starts_at,
    sale_ends_at, offer, zones, valid_from, valid_until, pass_days, seat_areas, created_at, updated_at, class
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17,
       (SELECT coalesce(max(y.class), 0) + 1 FROM admit.ticket_type AS y WHERE y.tenant_id = $1 AND y.event_id = $3)

-- What is sold: one hot ticket type of ten million places, and 1,000 types of the same size.
CREATE TABLE bench.ticket_type (i integer PRIMARY KEY, ticket_type_id uuid, event_id uuid);
INSERT INTO bench.ticket_type
SELECT number, t.ticket_type_id, e.event_id
FROM generate_series(0, 1000) AS number
JOIN bench.event AS e ON e.i = 1 + number / 100
CROSS JOIN LATERAL admit.ticket_type_create(1, event_id => e.event_id, name => 'Type ' || number, price_cents => 2000,
    total => 10000000) AS t;
VACUUM ANALYZE;

-- A house of 20,000 seats, half of them sold all over it: 20 sections of 25 rows of 40.
CREATE TABLE bench.house AS
WITH layout AS (
    SELECT l.layout_id, e.event_id
    FROM bench.event AS b
    JOIN admit.event AS e ON e.event_id = b.event_id
    CROSS JOIN LATERAL admit.seat_layout_create(1, venue_id => e.venue_id, name => 'House', layout => (
        SELECT jsonb_build_object('sections', jsonb_agg(jsonb_build_object('name', 'Section ' || section, 'area', 'all', 'rows', (
            SELECT jsonb_agg(jsonb_build_object('name', number::text, 'numbered', '{"count": 40}'::jsonb) ORDER BY number)
            FROM generate_series(1, 25) AS number)) ORDER BY section))
        FROM generate_series(1, 20) AS section)) AS l
    WHERE b.i = 999
), seated AS MATERIALIZED (
    SELECT l.event_id, s.seat_count FROM layout AS l CROSS JOIN LATERAL admit.seating_set(1, event_id => l.event_id, layout_id => l.layout_id) AS s
)
SELECT s.event_id, s.seat_count FROM seated AS s;
ALTER TABLE bench.house ADD ticket_type_id uuid;
UPDATE bench.house AS h SET ticket_type_id = (SELECT t.ticket_type_id FROM admit.ticket_type_create(1, event_id => h.event_id,
    name => 'Seat', price_cents => 0, order_max => 40, seat_areas => '["all"]') AS t);
SELECT count(o.order_number)
FROM (SELECT number / 40 AS bunch, jsonb_agg(jsonb_build_object('section', 'Section ' || 1 + seat / 1000,
             'row', (1 + seat % 1000 / 40)::text, 'label', (1 + seat % 40)::text)) AS seats
      FROM (SELECT seat, row_number() OVER (ORDER BY sha256(int4send(seat))) - 1 AS number FROM generate_series(0, 19999) AS seat) AS shuffled
      WHERE number < 10000 GROUP BY 1) AS bunches
CROSS JOIN bench.house AS h
JOIN bench.wallet AS w ON w.i = 1 + bunches.bunch
CROSS JOIN LATERAL admit.order_create(1, order_id => admit.uuid7(), wallet_id => w.wallet_id, pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', h.ticket_type_id, 'quantity', 40, 'seats', bunches.seats))) AS o;
VACUUM ANALYZE admit.event_seat, admit.hold;
SELECT count(*) FILTER (WHERE state = 'sold') || ' of ' || count(*) || ' seats sold'
FROM admit.event_seat AS s JOIN bench.house AS h USING (event_id);

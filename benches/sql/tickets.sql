-- A free ticket for the first event in each of 5,000 wallets, and its code.
SELECT ticket_type_id AS door_type FROM admit.ticket_type_create(1, event_id => (SELECT event_id FROM bench.event WHERE i = 1),
    name => 'Door', price_cents => 0, total => 1000000) \gset
CREATE TABLE bench.ticket AS
SELECT w.i, w.token, o.order_id
FROM (SELECT * FROM bench.wallet WHERE i <= 5000 OFFSET 0) AS w
CROSS JOIN LATERAL admit.order_create(1, order_id => admit.uuid7(), session_token => w.token, pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'door_type', 'quantity', 1))) AS o;
ALTER TABLE bench.ticket ADD COLUMN code text;
UPDATE bench.ticket AS t SET code = (SELECT l.items -> 0 ->> 'code' FROM admit.ticket_list(1, session_token => t.token) AS l);
ALTER TABLE bench.ticket ADD PRIMARY KEY (i);
SELECT count(DISTINCT code) = 5000 AS "each with a code" FROM bench.ticket;
VACUUM ANALYZE;

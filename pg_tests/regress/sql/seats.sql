-- Reserved seating: layouts, maps, picked and best seats, expiry, sale, refund, blocks, other layouts.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(250, 'Seats');
SELECT venue_id FROM admit.venue_create(250, name => 'Opera') \gset
SELECT venue_id AS elsewhere FROM admit.venue_create(250, name => 'Barn') \gset
SELECT event_id AS night FROM admit.event_create(250, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day',
    hold_seconds => 60, hold_seconds_max => 100) \gset
SELECT wallet_id AS ann, session_token AS ann_token FROM admit.wallet_open(250, event_id => :'night', venue_id => :'venue_id') \gset
SELECT wallet_id AS bob, session_token AS bob_token FROM admit.wallet_open(250, event_id => :'night', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.seat(row_name text, label text, section text DEFAULT 'Stalls') RETURNS jsonb LANGUAGE sql
    AS $$ SELECT jsonb_build_object('section', section, 'row', row_name, 'label', label) $$;
CREATE FUNCTION pg_temp.picked(type uuid, VARIADIC seats jsonb[]) RETURNS jsonb LANGUAGE sql
    AS $$ SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', type, 'quantity', cardinality(seats), 'seats', to_jsonb(seats))) $$;
CREATE FUNCTION pg_temp.best(type uuid, quantity integer, wish jsonb DEFAULT NULL) RETURNS jsonb LANGUAGE sql
    AS $$ SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', type, 'quantity', quantity, 'seat_wish', wish)) $$;
CREATE FUNCTION pg_temp.named(lines jsonb) RETURNS text LANGUAGE sql
    AS $$ SELECT string_agg(seat ->> 'section' || ' ' || (seat ->> 'row') || (seat ->> 'label'), ', ' ORDER BY line.place, seats.place)
          FROM jsonb_array_elements(lines) WITH ORDINALITY AS line (item, place),
               jsonb_array_elements(line.item -> 'seats') WITH ORDINALITY AS seats (seat, place) $$;
CREATE VIEW pg_temp.map AS SELECT s.section, r.row, array_to_string(ARRAY(SELECT jsonb_array_elements_text(r.labels)), ' ') AS labels, r.states
    FROM admit.event AS e, LATERAL admit.seat_map(250, event_id => e.event_id) AS m,
         jsonb_to_recordset(m.sections) AS s (section text, rows jsonb), jsonb_to_recordset(s.rows) AS r ("row" text, labels jsonb, states text)
    WHERE e.tenant_id = 250 AND e.name = 'Night';
-- Layouts that make no sense, and one that does: ten seats in the stalls, four in the balcony.
SELECT admit.seat_layout_create(250, venue_id => :'venue_id', name => 'None', layout => '{"sections": []}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seat_layout_create(250, venue_id => :'venue_id', name => 'Twice', layout => '{"sections": [{"name": "A", "area": "a", "rows": [
    {"name": "1", "labels": ["1", "1"]}]}]}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seat_layout_create(250, venue_id => :'venue_id', name => 'Word', layout => '{"sections": [{"name": "A", "area": "a", "rowz": []}]}');
\echo :LAST_ERROR_SQLSTATE
SELECT layout_id, seat_count, areas FROM admit.seat_layout_create(250, venue_id => :'venue_id', name => 'Small', layout => '{"sections": [
    {"name": "Stalls", "area": "stalls", "rows": [{"name": "A", "numbered": {"count": 5}}, {"name": "B", "numbered": {"count": 5}, "accessible": ["1"]}]},
    {"name": "Balcony", "area": "balcony", "rows": [{"name": "A", "labels": ["L1", "L2", "R1", "R2"], "aisle_right_of": ["L2"]}]}]}') \gset
SELECT :'seat_count' AS seat_count, :'areas' AS areas;
SELECT layout_id AS barn FROM admit.seat_layout_create(250, venue_id => :'elsewhere', name => 'Barn', layout => '{"sections": [{"name": "A", "area": "a", "rows": [{"name": "1", "numbered": {"count": 2}}]}]}') \gset
SELECT layout_id AS other FROM admit.seat_layout_create(250, venue_id => :'venue_id', name => 'Other', layout => '{"sections": [{"name": "Stalls", "area": "stalls", "rows": [{"name": "A", "numbered": {"count": 2}}]}]}') \gset
SELECT i.name, i.seat_count, i.layout IS NULL AS brief FROM admit.seat_layout_list(250, venue_id => :'venue_id') AS l, jsonb_to_recordset(l.items) AS i (name text, seat_count integer, layout jsonb);
SELECT name, jsonb_array_length(layout -> 'sections') AS sections FROM admit.seat_layout_get(250, layout_id => :'layout_id');
-- Seats first, then types that sell them.
SELECT admit.ticket_type_create(250, event_id => :'night', name => 'Early', price_cents => 1, seat_areas => '["stalls"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seat_map(250, event_id => :'night');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seating_set(250, event_id => :'night', layout_id => :'barn');
\echo :LAST_ERROR_SQLSTATE
SELECT seat_count, single_seats FROM admit.seating_set(250, event_id => :'night', layout_id => :'layout_id');
SELECT admit.ticket_type_create(250, event_id => :'night', name => 'Early', price_cents => 1, seat_areas => '["Stalls"]');
\echo :LAST_ERROR_SQLSTATE
SELECT ticket_type_id AS stalls, seat_areas, available FROM admit.ticket_type_create(250, event_id => :'night', name => 'Stalls', price_cents => 0, seat_areas => '["stalls", "stalls"]') \gset
SELECT ticket_type_id AS balcony, available FROM admit.ticket_type_create(250, event_id => :'night', name => 'Balcony', price_cents => 0, total => 3, seat_areas => '["balcony"]') \gset
SELECT ticket_type_id AS standing FROM admit.ticket_type_create(250, event_id => :'night', name => 'Standing', price_cents => 0) \gset
SELECT i.name, i.seat_areas, i.available FROM admit.ticket_type_list(250, event_id => :'night') AS l, jsonb_to_recordset(l.items) AS i (name text, seat_areas jsonb, available bigint);
-- What makes no sense to hold.
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '9')));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '1'), pg_temp.seat('A', '1')));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', 'L1', 'Balcony')));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'standing', pg_temp.seat('A', '1')));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_set(pg_temp.picked(:'stalls', pg_temp.seat('A', '1')), '{0,quantity}', '2'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_set(pg_temp.picked(:'stalls', pg_temp.seat('A', '1')), '{0,seat_wish}', '{}'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.best(:'stalls', 2, '{"section": "Balcony"}'));
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM pg_temp.map;
-- Ann picks, Bob cannot have one of them, and gets the best of what is left; the order of picking is that of the units.
SELECT admit.uuid7() AS first, admit.uuid7() AS second \gset
SELECT state, pg_temp.named(lines) FROM admit.hold_create(250, hold_id => :'first', wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '4'), pg_temp.seat('A', '3')));
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'bob', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '2'), pg_temp.seat('A', '3')));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.named(lines) FROM admit.hold_create(250, hold_id => :'second', wallet_id => :'bob', lines => pg_temp.best(:'stalls', 5, '{"together": true}'));
SELECT * FROM pg_temp.map;
-- The same hold_id is the same hold; with other seats it is another request.
SELECT pg_temp.named(lines) FROM admit.hold_create(250, hold_id => :'first', wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '4'), pg_temp.seat('A', '3')));
SELECT admit.hold_create(250, hold_id => :'first', wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '4'), pg_temp.seat('A', '2')));
\echo :LAST_ERROR_SQLSTATE
-- No five are left side by side, nor are four at all; partial takes what there is.
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'bob', lines => pg_temp.best(:'stalls', 3, '{"together": true}'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'bob', lines => pg_temp.best(:'stalls', 4));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.uuid7() AS third \gset
SELECT pg_temp.named(lines), lines #> '{0,quantity}' AS quantity FROM admit.hold_create(250, hold_id => :'third', wallet_id => :'bob', partial => true, lines => pg_temp.best(:'stalls', 4));
SELECT admit.reserve(250, :'bob', :'stalls', 1, admit.uuid7(), partial => true);
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.hold_release(250, hold_id => :'third', session_token => :'bob_token');
SELECT quantity, state FROM admit.reserve(250, :'bob', :'stalls', 1, :'standing', partial => false);
SELECT state FROM admit.release(250, :'standing');
-- Seats of a type with a total: three of four.
SELECT quantity FROM admit.reserve(250, :'bob', :'balcony', 3, :'balcony', partial => false);
SELECT admit.reserve(250, :'bob', :'balcony', 1, admit.uuid7(), partial => false);
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.release(250, :'balcony');
-- Ann's time is over: Bob picks her seats though no background work has run.
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 250 AND hold_id = :'first';
SELECT * FROM pg_temp.map;
SELECT admit.uuid7() AS fourth, admit.uuid7() AS fifth \gset
SELECT pg_temp.named(lines) FROM admit.hold_create(250, hold_id => :'fourth', wallet_id => :'bob', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '3')));
SELECT state, lines #> '{0,seats}' AS seats FROM admit.hold_get(250, hold_id => :'first');
-- Sold: the tickets name their seats, and scanning one goes on as without.
SELECT state FROM admit.order_create(250, order_id => :'fifth', hold_id => :'fourth', wallet_id => :'bob', pay_with => 'nothing');
SELECT pg_temp.named(lines) FROM admit.hold_get(250, hold_id => :'fourth');
SELECT i.unit, i.seat FROM admit.ticket_list(250, order_id => :'fifth') AS l, jsonb_to_recordset(l.items) AS i (unit integer, seat jsonb);
SELECT * FROM pg_temp.map;
-- A mixed order in one call: two seats that were picked, one place without.
SELECT admit.uuid7() AS mixed \gset
SELECT state FROM admit.order_create(250, order_id => :'mixed', wallet_id => :'ann', pay_with => 'nothing', lines => pg_temp.picked(:'balcony', pg_temp.seat('A', 'R2', 'Balcony'), pg_temp.seat('A', 'L1', 'Balcony'))
    || jsonb_build_array(jsonb_build_object('ticket_type_id', :'standing', 'quantity', 1)));
SELECT i.ticket_type_name, i.seat ->> 'label' AS label FROM admit.ticket_list(250, order_id => :'mixed') AS l, jsonb_to_recordset(l.items) AS i (unit integer, ticket_type_name text, seat jsonb) ORDER BY 1, 2;
-- Blocks: free seats alone, all or none, twice is once.
SELECT admit.seat_block(250, event_id => :'night');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seat_block(250, event_id => :'night', section => 'Nowhere');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seat_block(250, event_id => :'night', section => 'Stalls', rows => '["A"]');
\echo :LAST_ERROR_SQLSTATE
SELECT changed FROM admit.seat_block(250, event_id => :'night', seats => jsonb_build_array(pg_temp.seat('A', '4'), pg_temp.seat('A', '5')));
SELECT changed FROM admit.seat_block(250, event_id => :'night', seats => jsonb_build_array(pg_temp.seat('A', '4'), pg_temp.seat('A', '5')));
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '4')));
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM pg_temp.map;
SELECT changed FROM admit.seat_unblock(250, event_id => :'night', section => 'Stalls');
-- Paid back and cancelled: the seats are free and can be sold once more.
SELECT ticket_id AS ticket FROM admit.ticket WHERE tenant_id = 250 AND order_id = :'fifth' \gset
SELECT state FROM admit.order_refund(250, order_id => :'fifth', reason => 'ill');
SELECT state FROM admit.ticket_cancel(250, reason => 'forged', ticket_id => (SELECT ticket_id FROM admit.ticket WHERE tenant_id = 250 AND order_id = :'mixed' AND seat IS NOT NULL ORDER BY unit LIMIT 1));
SELECT * FROM pg_temp.map;
SELECT admit.uuid7() AS again \gset
SELECT state FROM admit.order_create(250, order_id => :'again', wallet_id => :'ann', pay_with => 'nothing', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '3')));
SELECT state, seat ->> 'label' AS label FROM admit.ticket_get(250, ticket_id => :'ticket');
-- Where the event says so, nobody leaves a single seat that need not be.
SELECT state FROM admit.hold_release(250, hold_id => :'second');
SELECT single_seats FROM admit.seating_set(250, event_id => :'night', layout_id => :'layout_id', single_seats => false);
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('B', '2'), pg_temp.seat('B', '3')));
\echo :LAST_ERROR_SQLSTATE
-- Another layout comes too late, and under the same one nothing changes.
SELECT admit.seating_set(250, event_id => :'night', layout_id => :'other');
\echo :LAST_ERROR_SQLSTATE
-- The best seats go by section, access and what is beside them.
SELECT admit.uuid7() AS sixth \gset
SELECT pg_temp.named(lines) FROM admit.hold_create(250, hold_id => :'sixth', wallet_id => :'ann', lines => pg_temp.best(:'stalls', 1, '{"accessible": true}'));
SELECT admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.best(:'stalls', 1, '{"accessible": true}'));
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.hold_release(250, hold_id => :'sixth');
-- Guests see the map, change nothing, and other tenants know nothing of it.
SELECT jsonb_array_length(sections) AS sections FROM admit.seat_map(250, event_id => :'night', session_token => :'ann_token');
SELECT admit.dispatch(250, 'seat.block', :'ann_token', json_build_object('event_id', :'night', 'section', 'Stalls')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(251, 'Others');
SELECT admit.seat_map(251, event_id => :'night');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seat_layout_get(251, layout_id => :'layout_id');
\echo :LAST_ERROR_SQLSTATE
-- A late payment gets its seats again if they are free, and its money back if not.
SELECT ticket_type_id AS paid FROM admit.ticket_type_create(250, event_id => :'night', name => 'Paid', price_cents => 500, seat_areas => '["stalls"]') \gset
SELECT admit.provider_configure(250, provider => 'stripe', live => false, webhook_secrets => '["whsec_regress"]') IS NOT NULL AS configured;
SELECT admit.uuid7() AS late, admit.uuid7() AS too_late \gset
SELECT payment_id AS late_payment, total_cents FROM admit.order_create(250, order_id => :'late', wallet_id => :'ann', pay_with => 'stripe', lines => pg_temp.picked(:'paid', pg_temp.seat('B', '5'), pg_temp.seat('B', '4'))) \gset
SELECT payment_id AS too_late_payment FROM admit.order_create(250, order_id => :'too_late', wallet_id => :'bob', pay_with => 'stripe', lines => pg_temp.picked(:'paid', pg_temp.seat('A', '5'))) \gset
UPDATE admit."order" SET expires_at = now() - interval '1 second' WHERE tenant_id = 250 AND order_id IN (:'late', :'too_late');
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 250 AND order_id IN (:'late', :'too_late');
SELECT admit.tick(250) IS NOT NULL AS ticked;
SELECT pg_temp.named(lines) FROM admit.hold_create(250, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.picked(:'stalls', pg_temp.seat('A', '5')));
SELECT pg_temp.deliver(250, pg_temp.event('evt_late', 'payment_intent.succeeded', pg_temp.payment_intent('pi_late', 1000, :'late_payment')));
SELECT pg_temp.deliver(250, pg_temp.event('evt_too_late', 'payment_intent.succeeded', pg_temp.payment_intent('pi_too_late', 500, :'too_late_payment')));
SELECT order_id = :'late' AS late, state, refunded_cents FROM admit."order" WHERE tenant_id = 250 AND order_id IN (:'late', :'too_late') ORDER BY 1;
SELECT * FROM pg_temp.map;
-- All is as the invariants say, and they say when it is not.
SELECT admit.tick(250) IS NOT NULL AS ticked;
SELECT invariant, violations FROM admit.verify(250) WHERE violations > 0 OR invariant LIKE '%seat%';
BEGIN;
UPDATE admit.event_seat SET state = 'available' WHERE tenant_id = 250 AND seat = 2;
UPDATE admit.event_seat SET state = 'available', hold_id = NULL WHERE tenant_id = 250 AND seat = 4;
SELECT invariant, violations FROM admit.verify(250) WHERE violations > 0;
ROLLBACK;
-- One seat, one row, one ticket: the constraints have the last word.
INSERT INTO admit.event_seat SELECT * FROM admit.event_seat WHERE tenant_id = 250 AND seat = 2;
UPDATE admit.event_seat SET state = 'held' WHERE tenant_id = 250 AND seat = 2;
UPDATE admit.ticket SET seat = 2 WHERE tenant_id = 250 AND seat = 9;

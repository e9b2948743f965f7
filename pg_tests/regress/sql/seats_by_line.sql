-- Seats named in several lines: taken as one, all or none, also where fewer places would do.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(321, 'Lines');
SELECT venue_id FROM admit.venue_create(321, name => 'Opera') \gset
SELECT event_id AS night FROM admit.event_create(321, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT wallet_id AS ann FROM admit.wallet_open(321, event_id => :'night', venue_id => :'venue_id') \gset
SELECT layout_id FROM admit.seat_layout_create(321, venue_id => :'venue_id', name => 'Small', layout => '{"sections": [
    {"name": "Stalls", "area": "stalls", "rows": [{"name": "A", "numbered": {"count": 6}}]}]}') \gset
SELECT seat_count FROM admit.seating_set(321, event_id => :'night', layout_id => :'layout_id', single_seats => false);
SELECT ticket_type_id AS full FROM admit.ticket_type_create(321, event_id => :'night', name => 'Full price', price_cents => 0, seat_areas => '["stalls"]') \gset
SELECT ticket_type_id AS few FROM admit.ticket_type_create(321, event_id => :'night', name => 'Reduced', price_cents => 0, total => 1, seat_areas => '["stalls"]') \gset
CREATE FUNCTION pg_temp.line(type uuid, VARIADIC labels text[]) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('ticket_type_id', type, 'quantity', cardinality(labels), 'seats',
    (SELECT jsonb_agg(jsonb_build_object('section', 'Stalls', 'row', 'A', 'label', label)) FROM unnest(labels) AS label)) $$;
CREATE FUNCTION pg_temp.lines(VARIADIC lines jsonb[]) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb(lines) $$;
CREATE FUNCTION pg_temp.states() RETURNS text LANGUAGE sql AS $$
SELECT string_agg(left(state, 1), '' ORDER BY seat) FROM admit.event_seat WHERE tenant_id = 321 $$;
-- The same seat in both lines.
SELECT admit.hold_create(321, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.lines(pg_temp.line(:'full', '1'), pg_temp.line(:'few', '1')));
-- Seat 2 alone would leave seat 1 single: the other line takes that.
SELECT admit.hold_create(321, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.lines(pg_temp.line(:'full', '2')));
SELECT admit.uuid7() AS pair \gset
SELECT line ->> 'quantity' AS quantity, line #>> '{seats,0,label}' AS label
FROM admit.hold_create(321, hold_id => :'pair', wallet_id => :'ann', lines => pg_temp.lines(pg_temp.line(:'full', '2'), pg_temp.line(:'few', '1'))), jsonb_array_elements(lines) AS line;
SELECT pg_temp.states();
-- A taken seat in the second line leaves that of the first free.
SELECT admit.hold_create(321, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.lines(pg_temp.line(:'full', '3', '4', '1')));
SELECT pg_temp.states();
SELECT state FROM admit.hold_release(321, hold_id => :'pair');
-- One place for two named seats is none, partial or not; nothing of it stays.
SELECT admit.hold_create(321, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.lines(pg_temp.line(:'few', '1', '2')), partial => true);
SELECT admit.hold_create(321, hold_id => admit.uuid7(), wallet_id => :'ann', lines => pg_temp.lines(pg_temp.line(:'few', '1', '2')));
-- A line that names its seats beside one that takes the best.
SELECT admit.uuid7() AS mixed \gset
SELECT line ->> 'quantity' AS quantity, jsonb_array_length(line -> 'seats') AS seats
FROM admit.hold_create(321, hold_id => :'mixed', wallet_id => :'ann', partial => true,
    lines => pg_temp.lines(pg_temp.line(:'few', '1'), jsonb_build_object('ticket_type_id', :'full', 'quantity', 2))), jsonb_array_elements(lines) AS line;
SELECT state FROM admit.hold_release(321, hold_id => :'mixed');
-- Receipt and invoice name the seats of each line, a credit note those that were paid back.
SELECT name FROM admit.seller_configure(321, name => 'Opera Ltd', address => 'Main Street 1');
SELECT ticket_type_id AS standing FROM admit.ticket_type_create(321, event_id => :'night', name => 'Standing', price_cents => 0, total => 9) \gset
SELECT order_id, tickets FROM admit.order_create(321, order_id => admit.uuid7(), wallet_id => :'ann', pay_with => 'nothing',
    lines => pg_temp.lines(pg_temp.line(:'full', '2', '1'), jsonb_build_object('ticket_type_id', :'standing', 'quantity', 2))) \gset
SELECT line ->> 'name' AS name, line ->> 'quantity' AS quantity, line -> 'seats' AS seats
FROM admit.order_receipt(321, order_id => :'order_id') AS r, jsonb_array_elements(r.lines) AS line;
SELECT state FROM admit.order_refund(321, order_id => :'order_id', reason => 'ill', ticket_ids => jsonb_build_array(:'tickets'::jsonb -> 1 -> 'ticket_id', :'tickets'::jsonb -> 2 -> 'ticket_id'));
CREATE FUNCTION pg_temp.seats(document jsonb) RETURNS text LANGUAGE sql AS $$
SELECT string_agg(concat_ws(' ', line ->> 'name', line ->> 'quantity',
    (SELECT string_agg(concat_ws('/', seat ->> 'section', seat ->> 'row', seat ->> 'label'), ' ' ORDER BY place) FROM jsonb_array_elements(line -> 'seats') WITH ORDINALITY AS s (seat, place))), ', ')
FROM jsonb_array_elements(document -> 'lines') AS line $$;
SELECT pg_temp.seats(invoice) AS invoice, pg_temp.seats(credit_notes -> 0) AS credit_note FROM admit.order_invoice(321, order_id => :'order_id');
-- Whoever buys the freed seat next changes neither.
SELECT state FROM admit.order_create(321, order_id => admit.uuid7(), wallet_id => :'ann', pay_with => 'nothing', lines => pg_temp.lines(pg_temp.line(:'full', '1')));
SELECT pg_temp.seats(to_jsonb(r)) AS receipt FROM admit.order_receipt(321, order_id => :'order_id') AS r;
SELECT pg_temp.seats(invoice) AS invoice, pg_temp.seats(credit_notes -> 0) AS credit_note FROM admit.order_invoice(321, order_id => :'order_id');
SELECT invariant, violations FROM admit.verify(321) WHERE violations > 0;

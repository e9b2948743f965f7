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
SELECT line ->> 'quantity' AS quantity, jsonb_array_length(line -> 'seats') AS seats
FROM admit.hold_create(321, hold_id => admit.uuid7(), wallet_id => :'ann', partial => true,
    lines => pg_temp.lines(pg_temp.line(:'few', '1'), jsonb_build_object('ticket_type_id', :'full', 'quantity', 2))), jsonb_array_elements(lines) AS line;
SELECT invariant, violations FROM admit.verify(321) WHERE violations > 0;

-- Pools and holds: all or nothing, partial, limits, expiry without background work, sizes that change.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(234, 'Holds');
SELECT venue_id FROM admit.venue_create(234, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(234, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day',
    hold_seconds => 60, hold_seconds_max => 100) \gset
SELECT event_id AS other FROM admit.event_create(234, venue_id => :'venue_id', name => 'Other', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT pool_id AS floor, total, available FROM admit.pool_create(234, event_id => :'night', name => 'Floor', total => 6) \gset
SELECT ticket_type_id AS early FROM admit.ticket_type_create(234, event_id => :'night', name => 'Early', price_cents => 1000, total => 4, pool_ids => jsonb_build_array(:'floor')) \gset
SELECT ticket_type_id AS late FROM admit.ticket_type_create(234, event_id => :'night', name => 'Late', price_cents => 1500, pool_ids => jsonb_build_array(:'floor'), order_max => 5) \gset
SELECT ticket_type_id AS strange FROM admit.ticket_type_create(234, event_id => :'other', name => 'Strange', price_cents => 1) \gset
SELECT wallet_id AS ann, session_token AS ann_token FROM admit.wallet_open(234, event_id => :'night', venue_id => :'venue_id') \gset
SELECT wallet_id AS bob, session_token AS bob_token FROM admit.wallet_open(234, event_id => :'night', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.line(type uuid, quantity bigint) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('ticket_type_id', type, 'quantity', quantity) $$;
CREATE VIEW pg_temp.pools AS SELECT i.kind, i.name, i.total, CASE WHEN i.total IS NOT NULL THEN i.available END AS available, i.held, i.sold
    FROM admit.event AS e, LATERAL admit.pool_list(234, event_id => e.event_id) AS p, jsonb_to_recordset(p.items) AS i (kind text, name text, total bigint, available bigint, held bigint, sold bigint)
    WHERE e.tenant_id = 234 AND e.name = 'Night' ORDER BY 1, 2;
-- What makes no sense.
SELECT admit.pool_create(234, event_id => :'night', name => 'None', total => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_type_create(234, event_id => :'night', name => 'T', price_cents => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_type_create(234, event_id => :'night', name => 'T', price_cents => 1, sale_starts_at => '2030-01-02T00:00:00Z', sale_ends_at => '2030-01-02T00:00:00Z');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_type_create(234, event_id => :'night', name => 'T', price_cents => 1, pass_days => 367);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', 0)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', -1)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', 9999999999)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'late', 6)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', 1), pg_temp.line(:'early', 1)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', 1), pg_temp.line(:'strange', 1)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', 1)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_create(234, hold_id => admit.uuid7(), lines => jsonb_build_array(pg_temp.line(:'early', 1)));
\echo :LAST_ERROR_SQLSTATE
-- Two types over one floor of six: all or nothing, then as many as there are.
SELECT admit.uuid7() AS first, admit.uuid7() AS second, admit.uuid7() AS third \gset
SELECT state FROM admit.hold_create(234, hold_id => :'first', wallet_id => :'ann', lines => jsonb_build_array(pg_temp.line(:'early', 3), pg_temp.line(:'late', 2)));
SELECT * FROM pg_temp.pools;
SELECT admit.hold_create(234, hold_id => :'second', wallet_id => :'bob', lines => jsonb_build_array(pg_temp.line(:'late', 2)));
\echo :LAST_ERROR_SQLSTATE
SELECT quantity, state FROM admit.reserve(234, :'bob', :'late', 2, :'second', partial => true);
SELECT admit.reserve(234, :'bob', :'early', 1, admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
-- The same hold_id is the same hold, and not another one.
SELECT quantity, state FROM admit.reserve(234, :'bob', :'late', 2, :'second', partial => true);
SELECT admit.reserve(234, :'bob', :'late', 1, :'second', partial => true);
\echo :LAST_ERROR_SQLSTATE
-- Other people's holds are unknown; one's own is given back once, whoever asks twice.
SELECT admit.hold_get(234, hold_id => :'second', session_token => :'ann_token');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_release(234, hold_id => :'second', session_token => :'ann_token');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.hold_release(234, hold_id => :'second', session_token => :'bob_token');
SELECT state FROM admit.release(234, :'second');
SELECT * FROM pg_temp.pools;
-- Extended up to the event's limit.
SELECT expires_at > created_at + interval '59 seconds' AS longer FROM admit.hold_get(234, hold_id => :'first');
UPDATE admit.hold SET expires_at = now() + interval '5 seconds' WHERE tenant_id = 234 AND hold_id = :'first';
SELECT expires_at - created_at > interval '59 seconds' AS extended FROM admit.hold_extend(234, hold_id => :'first');
UPDATE admit.hold SET created_at = now() - interval '95 seconds', expires_at = now() + interval '4 seconds' WHERE tenant_id = 234 AND hold_id = :'first';
SELECT expires_at - created_at AS at_most FROM admit.hold_extend(234, hold_id => :'first');
\set VERBOSITY sqlstate
SELECT admit.hold_extend(234, hold_id => :'first');
\set VERBOSITY terse
\echo :LAST_ERROR_SQLSTATE
-- Over: whoever needs the places takes them, without any tick.
UPDATE admit.hold SET expires_at = now() WHERE tenant_id = 234 AND hold_id = :'first';
SELECT state FROM admit.hold_get(234, hold_id => :'first');
SELECT admit.hold_extend(234, hold_id => :'first');
\echo :LAST_ERROR_SQLSTATE
SELECT quantity, state FROM admit.reserve(234, :'bob', :'late', 5, :'third');
SELECT state FROM admit.hold_get(234, hold_id => :'first');
SELECT * FROM pg_temp.pools;
-- Or tick gives them back.
UPDATE admit.hold SET expires_at = now() WHERE tenant_id = 234 AND hold_id = :'third';
SELECT count(*) AS ticked FROM admit.tick(234);
SELECT i ->> 'state' AS state, count(*) FROM admit.hold_list(234, event_id => :'night') AS l, jsonb_array_elements(l.items) AS i GROUP BY 1 ORDER BY 1;
SELECT jsonb_array_length(items) AS open FROM admit.hold_list(234, event_id => :'night', state => 'open');
-- Sizes change, but not below what is taken; the event's capacity comes before the first hold or not at all.
SELECT quantity FROM admit.reserve(234, :'ann', :'early', 4, admit.uuid7());
SELECT admit.pool_update(234, pool_id => :'floor', total => 3);
\echo :LAST_ERROR_SQLSTATE
SELECT total, available, held FROM admit.pool_update(234, pool_id => :'floor', total => 2000, name => 'Big floor');
SELECT total, available FROM admit.ticket_type_update(234, ticket_type_id => :'early', total => 100, price_cents => 1200);
SELECT admit.pool_update(234, pool_id => :'early', total => 3);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_type_update(234, ticket_type_id => :'early', wallet_max => 2);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(234, event_id => :'night', capacity => 50);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.event_update(234, event_id => :'other', capacity => 2);
SELECT quantity FROM admit.reserve(234, :'ann', :'strange', 3, admit.uuid7(), partial => true);
SELECT total, available FROM admit.ticket_type_get(234, ticket_type_id => :'strange');
-- Out of use: nothing is sold, to nobody.
SELECT status FROM admit.ticket_type_update(234, ticket_type_id => :'late', status => 'archived');
SELECT admit.reserve(234, :'ann', :'late', 1, admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_type_update(234, ticket_type_id => :'late', name => 'Later');
\echo :LAST_ERROR_SQLSTATE
-- Sale windows in the event's time zone: in Berlin 02:30 came twice on 25 October 2026 and never on 29 March 2026.
SELECT time_zone FROM admit.event_update(234, event_id => :'night', time_zone => 'Europe/Berlin');
SELECT sale_starts_at AT TIME ZONE 'UTC' AS twice, sale_ends_at AT TIME ZONE 'UTC' AS after FROM admit.ticket_type_create(234, event_id => :'night', name => 'Autumn', price_cents => 1,
    sale_starts_at => '2026-10-25T02:30:00', sale_ends_at => '2026-10-25T03:00:00');
SELECT sale_starts_at AT TIME ZONE 'UTC' AS never, sale_ends_at AT TIME ZONE 'UTC' AS after FROM admit.ticket_type_create(234, event_id => :'night', name => 'Spring', price_cents => 1,
    sale_starts_at => '2026-03-29T02:30:00', sale_ends_at => '2026-03-29T04:00:00');
SELECT ticket_type_id AS soon, on_sale FROM admit.ticket_type_create(234, event_id => :'night', name => 'Soon', price_cents => 1, sale_starts_at => '2100-01-01T00:00:00Z', sale_ends_at => '2100-01-02T00:00:00Z') \gset
SELECT admit.reserve(234, :'ann', :'soon', 1, admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seal(234) AS sealed;
SELECT invariant, violations FROM admit.verify(234) WHERE violations <> 0;

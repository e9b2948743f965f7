-- A waiting room: by lot before it opens, by arrival afterwards, so many a minute, a pass that ends.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(233, 'Waiting');
SELECT venue_id FROM admit.venue_create(233, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(233, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS standing FROM admit.ticket_type_create(233, event_id => :'night', name => 'Standing', price_cents => 0, total => 100) \gset
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', :'standing', 'quantity', 1)) AS one \gset
CREATE TABLE pg_temp.guest AS
SELECT number, w.session_token AS token FROM generate_series(1, 6) AS number, LATERAL admit.wallet_open(233, event_id => :'night', venue_id => :'venue_id', binding => 'binding of guest ' || number) AS w;
SELECT token AS first FROM pg_temp.guest WHERE number = 1 \gset
-- Without a room everybody buys at once.
SELECT state, ahead, opens_at FROM admit.waiting_room_join(233, :'first', event_id => :'night');
SELECT state FROM admit.hold_create(233, hold_id => admit.uuid7(), session_token => :'first', lines => :'one');
-- A room that opens in an hour: places are drawn then.
SELECT admit.waiting_room_configure(233, event_id => :'night', admit_per_minute => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.waiting_room_configure(233, event_id => :'night', admit_per_minute => 60, pass_seconds => 59);
\echo :LAST_ERROR_SQLSTATE
SELECT admit_per_minute, pass_seconds FROM admit.waiting_room_configure(233, event_id => :'night', admit_per_minute => 60, opens_at => now() + interval '1 hour');
SELECT state FROM admit.waiting_room_get(233, :'first', event_id => :'night');
\echo :LAST_ERROR_SQLSTATE
SELECT g.number, j.state, j.ahead, j.wait_seconds, j.opens_at > now() AS later FROM (SELECT * FROM pg_temp.guest WHERE number <= 4 OFFSET 0) AS g, LATERAL admit.waiting_room_join(233, g.token, event_id => :'night') AS j ORDER BY g.number;
SELECT state FROM admit.hold_create(233, hold_id => admit.uuid7(), session_token => :'first', lines => :'one');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.order_create(233, order_id => admit.uuid7(), session_token => :'first', pay_with => 'nothing', lines => :'one');
\echo :LAST_ERROR_SQLSTATE
-- Staff sells past the queue.
SELECT state FROM admit.hold_create(233, hold_id => admit.uuid7(), lines => :'one', wallet_id => (SELECT wallet_id FROM admit.wallet_get(233, :'first')));
-- It opens; 60 a minute are one a second. Who comes now is behind those who were there.
UPDATE admit.waiting_room SET opens_at = now() - interval '1 second', advanced_at = now() - interval '1 second' WHERE tenant_id = 233;
SELECT count(*) FILTER (WHERE p.state = 'admitted') AS admitted, array_agg(p.ahead ORDER BY p.ahead) FILTER (WHERE p.state = 'waiting') AS ahead
FROM (SELECT * FROM pg_temp.guest WHERE number <= 4 OFFSET 0) AS g, LATERAL admit.waiting_room_get(233, g.token, event_id => :'night') AS p;
SELECT count(*) AS places, count(DISTINCT place) AS different, min(place), max(place) FROM admit.queue_place WHERE tenant_id = 233;
SELECT g.number, j.state, j.ahead FROM pg_temp.guest AS g, LATERAL admit.waiting_room_join(233, g.token, event_id => :'night') AS j WHERE g.number = 5;
SELECT g.number, j.state, j.ahead FROM pg_temp.guest AS g, LATERAL admit.waiting_room_join(233, g.token, event_id => :'night') AS j WHERE g.number = 5;
SELECT count(*) AS places FROM admit.queue_place WHERE tenant_id = 233;
-- Ten seconds later all five are in, and nobody was saved up for: the sixth waits for a second of his own.
UPDATE admit.waiting_room SET advanced_at = now() - interval '10 seconds' WHERE tenant_id = 233;
SELECT count(*) FILTER (WHERE p.state = 'admitted') AS admitted FROM (SELECT * FROM pg_temp.guest WHERE number <= 5 OFFSET 0) AS g, LATERAL admit.waiting_room_get(233, g.token, event_id => :'night') AS p;
SELECT j.state, j.ahead FROM pg_temp.guest AS g, LATERAL admit.waiting_room_join(233, g.token, event_id => :'night') AS j WHERE g.number = 6;
SELECT state FROM admit.hold_create(233, hold_id => admit.uuid7(), session_token => :'first', lines => :'one');
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_create(233, order_id => admit.uuid7(), session_token => :'first', pay_with => 'nothing', lines => :'one');
-- A pass ends; then the wallet joins again, at the end.
UPDATE admit.queue_place AS q SET admitted_at = now() - interval '16 minutes' FROM admit.wallet_get(233, :'first') AS w WHERE q.tenant_id = 233 AND q.wallet_id = w.wallet_id;
SELECT state FROM admit.waiting_room_get(233, :'first', event_id => :'night');
SELECT state FROM admit.hold_create(233, hold_id => admit.uuid7(), session_token => :'first', lines => :'one');
\echo :LAST_ERROR_SQLSTATE
SELECT state, ahead FROM admit.waiting_room_join(233, :'first', event_id => :'night');
-- Closed: everybody buys again.
SELECT admit_per_minute FROM admit.waiting_room_configure(233, event_id => :'night');
SELECT state FROM admit.hold_create(233, hold_id => admit.uuid7(), session_token => :'first', lines => :'one');
SELECT pg_temp.seal(233) AS sealed;
SELECT invariant, violations FROM admit.verify(233) WHERE violations <> 0;

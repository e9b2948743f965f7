-- Money that comes after an order's time: it may exceed what its wallet may have, finds what only expired holds keep, or goes back.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(248, 'Late orders');
SELECT live FROM admit.provider_configure(248, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(248, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(248, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS limited FROM admit.ticket_type_create(248, event_id => :'night', name => 'Limited', price_cents => 1000, wallet_max => 3) \gset
SELECT ticket_type_id AS single FROM admit.ticket_type_create(248, event_id => :'night', name => 'Single', price_cents => 500, total => 1) \gset
SELECT session_token AS guest FROM admit.wallet_open(248, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS rival FROM admit.wallet_open(248, event_id => :'night', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.lines(ticket_type_id uuid, quantity integer DEFAULT 1) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', ticket_type_id, 'quantity', quantity)) $$;
CREATE FUNCTION pg_temp.place(session_token text, lines jsonb, OUT order_id uuid, OUT payment_id uuid) LANGUAGE sql AS $$
SELECT o.order_id, o.payment_id FROM admit.order_create(248, order_id => admit.uuid7(), session_token => session_token, lines => lines, pay_with => 'stripe') AS o
$$;
CREATE FUNCTION pg_temp.succeed(payment_id uuid, amount bigint) RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(248, pg_temp.event('evt_' || payment_id, 'payment_intent.succeeded', pg_temp.payment_intent('pi_' || payment_id, amount, payment_id)))
$$;
CREATE FUNCTION pg_temp.expire_all() RETURNS void LANGUAGE sql AS $$
UPDATE admit."order" SET expires_at = now() - interval '1 second' WHERE tenant_id = 248 AND state IN ('created', 'pending_payment');
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 248 AND state IN ('open', 'ordered')
$$;
\set quotas 'SELECT t.name, q.taken FROM admit.wallet_quota AS q JOIN admit.ticket_type AS t USING (tenant_id, ticket_type_id) WHERE q.tenant_id = 248 ORDER BY t.name'
-- A late sale may exceed the limit, since it is paid; the next request may not.
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.lines(:'limited', 2)) \gset
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT count(*) AS ticked FROM admit.tick(248);
SELECT hold_id FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'guest', lines => pg_temp.lines(:'limited', 2)) \gset
SELECT pg_temp.succeed(:'payment_id', 2000) AS succeeded;
:quotas;
SELECT state FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'guest', lines => pg_temp.lines(:'limited'));
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.hold_release(248, hold_id => :'hold_id', session_token => :'guest');
SELECT state FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'guest', lines => pg_temp.lines(:'limited'));
:quotas;
-- The only place was taken by somebody whose time is over as well: for a late buyer it is as free as for any other.
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.lines(:'single')) \gset
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT state FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'rival', lines => pg_temp.lines(:'single'));
-- Time ended the order, not the rival who needed its place.
SELECT i ->> 'action' AS action, i ->> 'actor_kind' AS actor FROM admit.order_timeline(248, order_id => :'order_id') AS t, jsonb_array_elements(t.items) AS i;
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT pg_temp.succeed(:'payment_id', 500) AS succeeded;
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(248, order_id => :'order_id');
SELECT held, sold, available FROM admit.ticket_type_get(248, ticket_type_id => :'single');
-- Fewer places are free than the late order needs: its money goes back, and what only an expired hold kept is free for others.
\set outcome 'SELECT o.state, jsonb_array_length(o.tickets) AS tickets, (SELECT sum(r.amount_cents) FROM admit.refund AS r WHERE r.tenant_id = 248 AND r.payment_id = o.payment_id) AS returned FROM admit.order_get(248, order_id => :''order_id'') AS o'
\set actions 'SELECT i ->> ''action'' AS action, i #>> ''{detail,reason}'' AS reason FROM admit.order_timeline(248, order_id => :''order_id'') AS t, jsonb_array_elements(t.items) AS i'
SELECT ticket_type_id AS pair FROM admit.ticket_type_create(248, event_id => :'night', name => 'Pair', price_cents => 700, total => 2) \gset
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.lines(:'pair', 2)) \gset
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT hold_id FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'rival', lines => pg_temp.lines(:'pair')) \gset
SELECT state FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'rival', lines => pg_temp.lines(:'pair'));
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 248 AND hold_id = :'hold_id';
SELECT pg_temp.succeed(:'payment_id', 1400) AS succeeded;
:outcome;
:actions;
SELECT held, sold, available FROM admit.ticket_type_get(248, ticket_type_id => :'pair');
-- Money for an event that is out of use by then goes back, and so does that for one that is over: their tickets would admit nobody.
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.lines(:'pair')) \gset
SELECT status FROM admit.event_update(248, event_id => :'night', status => 'inactive');
SELECT pg_temp.succeed(:'payment_id', 700) AS succeeded;
:outcome;
:actions;
SELECT held, sold, available FROM admit.ticket_type_get(248, ticket_type_id => :'pair');
SELECT status FROM admit.event_update(248, event_id => :'night', status => 'active');
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.lines(:'pair')) \gset
SELECT hold_id FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'rival', lines => pg_temp.lines(:'limited')) \gset
SELECT ends_at < now() AS over FROM admit.event_update(248, event_id => :'night', ends_at => now() - interval '1 minute');
SELECT admit.order_pay(248, order_id => :'order_id', pay_with => 'stripe', session_token => :'guest');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.hold_extend(248, hold_id => :'hold_id', session_token => :'rival');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.succeed(:'payment_id', 700) AS succeeded;
:outcome;
:actions;
-- Seats that only an expired hold keeps are found as well, but not those of somebody who still has time.
SELECT event_id AS show FROM admit.event_create(248, venue_id => :'venue_id', name => 'Show', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT layout_id FROM admit.seat_layout_create(248, venue_id => :'venue_id', name => 'Row', layout => '{"sections": [{"name": "Stalls", "area": "stalls", "rows": [{"name": "A", "numbered": {"count": 2}}]}]}') \gset
SELECT seat_count FROM admit.seating_set(248, event_id => :'show', layout_id => :'layout_id');
SELECT ticket_type_id AS stalls FROM admit.ticket_type_create(248, event_id => :'show', name => 'Stalls', price_cents => 900, seat_areas => '["stalls"]') \gset
CREATE FUNCTION pg_temp.picked(ticket_type_id uuid, label text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', ticket_type_id, 'quantity', 1, 'seats', jsonb_build_array(jsonb_build_object('section', 'Stalls', 'row', 'A', 'label', label))))
$$;
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.picked(:'stalls', '1')) \gset
SELECT order_id AS second, payment_id AS second_payment FROM pg_temp.place(:'guest', pg_temp.picked(:'stalls', '2')) \gset
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT hold_id FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'rival', lines => pg_temp.picked(:'stalls', '1')) \gset
SELECT state FROM admit.hold_create(248, hold_id => admit.uuid7(), session_token => :'rival', lines => pg_temp.picked(:'stalls', '2'));
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 248 AND hold_id = :'hold_id';
SELECT pg_temp.succeed(:'payment_id', 900) AS succeeded;
:outcome;
SELECT pg_temp.succeed(:'second_payment', 900) AS succeeded;
SELECT :'second' AS order_id \gset
:outcome;
SELECT r ->> 'states' AS seats FROM admit.seat_map(248, event_id => :'show') AS m, jsonb_array_elements(m.sections) AS s, jsonb_array_elements(s -> 'rows') AS r;
SELECT invariant, violations FROM admit.verify(248) WHERE violations <> 0;

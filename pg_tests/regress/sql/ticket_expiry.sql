-- Tickets of an ended event: expired by a tick a day after its end, not before; used ones stay used; lists of what is past.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(246, 'Expiry');
SELECT live FROM admit.provider_configure(246, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(246, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(246, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS night FROM admit.event_create(246, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '3 days', ends_at => now() + interval '1 hour', requires_pass => true, duplicate_window_ms => 0) \gset
SELECT event_id AS ball FROM admit.event_create(246, venue_id => :'venue_id', name => 'Ball', starts_at => now() - interval '3 days', ends_at => now() + interval '1 hour') \gset
SELECT device_id AS keeper FROM admit.device_register(246, name => 'Keeper', gate_id => :'door', event_id => :'night') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(246, event_id => :'night', name => 'Seat', price_cents => 1000, total => 5) \gset
SELECT ticket_type_id AS dance FROM admit.ticket_type_create(246, event_id => :'ball', name => 'Dance', price_cents => 0) \gset
SELECT session_token AS guest, wallet_id FROM admit.wallet_open(246, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS stranger FROM admit.wallet_open(246, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(246, :'guest', 5000) IS NOT NULL AS funded;
SELECT order_id, tickets #>> '{0,ticket_id}' AS first, tickets #>> '{1,ticket_id}' AS second, tickets #>> '{2,ticket_id}' AS third FROM admit.order_create(246, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'wallet',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 4))) \gset
SELECT state FROM admit.order_create(246, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'nothing', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'dance', 'quantity', 1)));
-- One is used, one cancelled, two are left.
SELECT code AS first_code FROM admit.ticket_get(246, ticket_id => :'first', session_token => :'guest') \gset
SELECT code AS third_code FROM admit.ticket_get(246, ticket_id => :'third', session_token => :'guest') \gset
SELECT outcome FROM admit.scan(246, :'first_code', :'keeper', 'entry', admit.uuid7());
SELECT state FROM admit.ticket_cancel(246, ticket_id => :'second', reason => 'r');
\set states 'SELECT i ->> ''unit'' AS unit, i ->> ''state'' AS state, i ->> ''code'' IS NOT NULL AS code FROM admit.ticket_list(246, event_id => :''night'', session_token => :''guest'') AS t, jsonb_array_elements(t.items) AS i ORDER BY 1'
-- Less than a day after the end nothing happens but that the doors are closed for entry. Sweeping waits ten seconds in each session.
SELECT ends_at < now() AS over FROM admit.event_update(246, event_id => :'night', ends_at => now() - interval '23 hours 59 minutes');
SELECT count(*) AS ticked FROM admit.tick(246);
:states;
SELECT outcome, reason FROM admit.scan(246, :'third_code', :'keeper', 'entry', admit.uuid7());
-- A day after it, in a session of its own, whoever did not come has an expired ticket.
SELECT ends_at < now() AS over FROM admit.event_update(246, event_id => :'night', ends_at => now() - interval '24 hours 1 minute');
\c -
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT count(*) AS ticked FROM admit.tick(246);
:states;
SELECT i ->> 'state' AS state FROM admit.ticket_list(246, event_id => :'ball') AS t, jsonb_array_elements(t.items) AS i;
-- People leave after the end; the expired ticket admits nobody, even should the event go on; its wallet hears of the used one.
SELECT outcome, reason FROM admit.scan(246, :'third_code', :'keeper', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(246, :'first_code', :'keeper', 'exit', admit.uuid7());
SELECT ends_at > now() AS goes_on FROM admit.event_update(246, event_id => :'night', ends_at => now() + interval '1 hour');
SELECT outcome, reason FROM admit.scan(246, :'third_code', :'keeper', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(246, :'guest', :'keeper', 'entry', admit.uuid7());
-- Taken back no more; paid back all the same.
SELECT admit.ticket_cancel(246, ticket_id => :'third', reason => 'r');
\echo :LAST_ERROR_SQLSTATE
SELECT sold, available FROM admit.ticket_type_get(246, ticket_type_id => :'seat');
SELECT state, amount_cents FROM admit.order_refund(246, order_id => :'order_id', reason => 'rain', ticket_ids => jsonb_build_array(:'third', :'second'));
SELECT sold, available FROM admit.ticket_type_get(246, ticket_type_id => :'seat');
SELECT balance_cents FROM admit.wallet_get(246, session_token => :'guest');
-- Lists: past or not, by state, order and event, for a wallet and for staff.
SELECT ends_at < now() AS over FROM admit.event_update(246, event_id => :'night', ends_at => now() - interval '1 minute');
CREATE FUNCTION pg_temp.listed(request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce(string_agg((i ->> 'ticket_type_name') || ' ' || (i ->> 'unit'), ', ' ORDER BY i ->> 'ticket_type_name', i ->> 'unit'), 'none') FROM jsonb_array_elements(admit.call(246, 'ticket.list', request, NULL) -> 'items') AS i);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT what, pg_temp.listed(request) AS staff, pg_temp.listed(request || jsonb_build_object('session_token', :'guest')) AS wallet
FROM (VALUES (1, 'all', '{}'), (2, 'past', '{"past": true}'), (3, 'to come', '{"past": false}'), (4, 'used', '{"state": "used"}'), (5, 'refunded', '{"state": "refunded"}'), (6, 'of the order', jsonb_build_object('order_id', :'order_id')), (7, 'of the ball', jsonb_build_object('event_id', :'ball')),
    (8, 'of the wallet', jsonb_build_object('wallet_id', :'wallet_id')), (9, 'of another', jsonb_build_object('wallet_id', admit.uuid7())), (10, 'bad state', '{"state": "lost"}'), (11, 'bad page', '{"limit": 0}')) AS lists (rank, what, request) ORDER BY rank;
SELECT jsonb_array_length(items) AS page, next_cursor FROM admit.ticket_list(246, session_token => :'guest', "limit" => 3) \gset
SELECT :page AS first, jsonb_array_length(items) AS second, next_cursor FROM admit.ticket_list(246, session_token => :'guest', "limit" => 3, cursor => :'next_cursor');
-- A wallet reads its own tickets alone.
SELECT admit.ticket_get(246, ticket_id => :'first', session_token => :'stranger');
\echo :LAST_ERROR_SQLSTATE
SELECT items FROM admit.ticket_list(246, session_token => :'stranger');
-- A round that finds nothing more to do; an event that went on after its tickets had expired ends again: what was sold meanwhile expires as well.
SELECT ends_at < now() AS over FROM admit.event_update(246, event_id => :'night', ends_at => now() - interval '25 hours');
\c -
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT count(*) AS ticked FROM admit.tick(246);
SELECT ends_at > now() AS goes_on FROM admit.event_update(246, event_id => :'night', ends_at => now() + interval '1 hour');
SELECT tickets #>> '{0,ticket_id}' AS late FROM admit.order_create(246, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'wallet', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1))) \gset
SELECT ends_at < now() AS over FROM admit.event_update(246, event_id => :'night', ends_at => now() - interval '25 hours');
\c -
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT count(*) AS ticked FROM admit.tick(246);
SELECT state FROM admit.ticket_get(246, ticket_id => :'late');
SELECT invariant, violations FROM admit.verify(246) WHERE violations <> 0;

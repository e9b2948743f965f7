-- Buyers ask for refunds: one open request an order, staff grants or rejects, a refund fulfils.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(272, 'Requests') \gset
SELECT live FROM admit.provider_configure(272, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(272, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(272, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT event_id AS other FROM admit.event_create(272, venue_id => :'venue_id', name => 'Other', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT api_key AS manager FROM admit.api_key_create(272, name => 'Manager', role => 'manager') \gset
SELECT api_key AS of_other FROM admit.api_key_create(272, name => 'Other', role => 'manager', event_id => :'other') \gset
SELECT api_key AS staff FROM admit.api_key_create(272, name => 'Staff', role => 'staff') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(272, event_id => :'night', name => 'Seat', price_cents => 2000, total => 50) \gset
SELECT session_token AS ann FROM admit.wallet_open(272, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(272, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(272, :'ann', 50000) IS NOT NULL AS funded;
CREATE FUNCTION pg_temp.ask(key text, command text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(272, command, key, request::text, gen_random_uuid()::text)::jsonb
$$;
CREATE FUNCTION pg_temp.buy(token text, type uuid, quantity integer, pay_with text) RETURNS uuid LANGUAGE sql AS $$
SELECT order_id FROM admit.order_create(272, order_id => admit.uuid7(), session_token => token, pay_with => pay_with,
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', type, 'quantity', quantity)))
$$;
CREATE FUNCTION pg_temp.ticket(number integer, asked uuid) RETURNS jsonb LANGUAGE sql AS $$
SELECT o.tickets -> (number - 1) -> 'ticket_id' FROM admit.order_get(272, order_id => asked) AS o
$$;
SELECT pg_temp.buy(:'ann', :'seat', 3, 'wallet') AS first, pg_temp.buy(:'ann', :'seat', 2, 'wallet') AS second, pg_temp.buy(:'bob', :'seat', 1, 'stripe') AS unpaid \gset
-- What cannot be asked for.
SELECT admit.order_refund_request(272, session_token => :'bob', order_id => :'first', reason => 'not mine');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_refund_request(272, session_token => :'bob', order_id => :'unpaid', reason => 'not paid');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_refund_request(272, session_token => :'ann', order_id => :'first', reason => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_refund_request(272, session_token => :'ann', order_id => :'first', reason => 'x', ticket_ids => jsonb_build_array(pg_temp.ticket(1, :'second')));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_refund_request(272, session_token => :'ann', order_id => :'first', reason => 'x', ticket_ids => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'order.refund_request', jsonb_build_object('order_id', :'first', 'reason', 'x'));
\echo :LAST_ERROR_SQLSTATE
-- One open request an order.
SELECT refund_request_id AS one, state, reason, rejection, refund_id, decided_at, decided_by, jsonb_array_length(ticket_ids) AS tickets
FROM admit.order_refund_request(272, session_token => :'ann', order_id => :'first', reason => 'we are ill', ticket_ids => jsonb_build_array(pg_temp.ticket(1, :'first'), pg_temp.ticket(2, :'first'))) \gset one_
\echo :one_state, :one_reason, :one_tickets tickets
SELECT admit.order_refund_request(272, session_token => :'ann', order_id => :'first', reason => 'again');
\echo :LAST_ERROR_SQLSTATE
SELECT refund_request_id AS two FROM admit.order_refund_request(272, session_token => :'ann', order_id => :'second', reason => 'all of it') \gset
-- Staff reads, does not decide; a key of another event sees nothing.
SELECT i ->> 'reason' AS reason, i ->> 'state' AS state FROM jsonb_array_elements(pg_temp.ask(:'staff', 'refund_request.list', '{}') -> 'items') AS i;
SELECT pg_temp.ask(:'staff', 'refund_request.grant', jsonb_build_object('refund_request_id', :'two'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'ann', 'refund_request.grant', jsonb_build_object('refund_request_id', :'two'));
\echo :LAST_ERROR_SQLSTATE
SELECT jsonb_array_length(pg_temp.ask(:'of_other', 'refund_request.list', '{}') -> 'items') AS of_other;
SELECT pg_temp.ask(:'of_other', 'refund_request.grant', jsonb_build_object('refund_request_id', :'two'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'refund_request.reject', jsonb_build_object('refund_request_id', :'two', 'reason', 'no'));
\echo :LAST_ERROR_SQLSTATE
SELECT jsonb_array_length(pg_temp.ask(:'bob', 'refund_request.list', '{}') -> 'items') AS of_bob, jsonb_array_length(pg_temp.ask(:'ann', 'refund_request.list', jsonb_build_object('order_id', :'second')) -> 'items') AS of_ann;
-- Granted: exactly what was asked for is paid back.
SELECT a ->> 'state' AS state, a ->> 'refund_id' IS NOT NULL AS refunded, a ->> 'decided_by' IS NOT NULL AS decided FROM pg_temp.ask(:'manager', 'refund_request.grant', jsonb_build_object('refund_request_id', :'one_one')) AS a;
SELECT state, refunded_cents FROM admit.order_get(272, order_id => :'first');
SELECT pg_temp.ask(:'manager', 'refund_request.grant', jsonb_build_object('refund_request_id', :'one_one'));
\echo :LAST_ERROR_SQLSTATE
-- Rejected, with the reason for the buyer; then it may be asked for again.
SELECT pg_temp.ask(:'manager', 'refund_request.reject', jsonb_build_object('refund_request_id', :'two', 'reason', ''));
\echo :LAST_ERROR_SQLSTATE
SELECT a ->> 'state' AS state, a ->> 'rejection' AS rejection FROM pg_temp.ask(:'manager', 'refund_request.reject', jsonb_build_object('refund_request_id', :'two', 'reason', 'too late')) AS a;
SELECT pg_temp.ask(:'manager', 'refund_request.reject', jsonb_build_object('refund_request_id', :'two', 'reason', 'again'));
\echo :LAST_ERROR_SQLSTATE
SELECT i ->> 'rejection' AS rejection FROM admit.refund_request_list(272, session_token => :'ann', state => 'rejected') AS l, jsonb_array_elements(l.items) AS i;
SELECT refund_request_id AS three FROM admit.order_refund_request(272, session_token => :'ann', order_id => :'second', reason => 'please') \gset
-- A refund above the limit is granted by two.
SELECT limit_cents FROM admit.approval_configure(272, limit_cents => 100);
SELECT pg_temp.ask(:'manager', 'refund_request.grant', jsonb_build_object('refund_request_id', :'three'));
\echo :LAST_ERROR_SQLSTATE
SELECT a ->> 'approval_id' AS asked FROM pg_temp.ask(:'manager', 'approval.request', jsonb_build_object('command', 'refund_request.grant', 'request', jsonb_build_object('refund_request_id', :'three'))) AS a \gset
SELECT a ->> 'state' AS state, a -> 'answer' ->> 'state' AS request FROM pg_temp.ask(:'owner', 'approval.grant', jsonb_build_object('approval_id', :'asked')) AS a;
SELECT limit_cents FROM admit.approval_configure(272);
-- Withdrawn: only by its buyer, only while nobody has decided; then it may be asked for again.
SELECT pg_temp.buy(:'ann', :'seat', 1, 'wallet') AS fourth \gset
SELECT refund_request_id AS five FROM admit.order_refund_request(272, session_token => :'ann', order_id => :'fourth', reason => 'maybe') \gset
SELECT admit.refund_request_withdraw(272, session_token => :'bob', refund_request_id => :'five');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'manager', 'refund_request.withdraw', jsonb_build_object('refund_request_id', :'five'));
\echo :LAST_ERROR_SQLSTATE
SELECT state, refund_id, rejection, decided_at IS NOT NULL AS ended, decided_by FROM admit.refund_request_withdraw(272, session_token => :'ann', refund_request_id => :'five');
SELECT state AS again FROM admit.refund_request_withdraw(272, session_token => :'ann', refund_request_id => :'five');
SELECT pg_temp.ask(:'manager', 'refund_request.grant', jsonb_build_object('refund_request_id', :'five'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'manager', 'refund_request.reject', jsonb_build_object('refund_request_id', :'five', 'reason', 'no'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.refund_request_withdraw(272, session_token => :'ann', refund_request_id => :'two');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.refund_request_withdraw(272, session_token => :'ann', refund_request_id => :'three');
\echo :LAST_ERROR_SQLSTATE
SELECT i ->> 'state' AS state FROM admit.refund_request_list(272, session_token => :'ann', state => 'withdrawn') AS l, jsonb_array_elements(l.items) AS i;
SELECT state FROM admit.order_refund_request(272, session_token => :'ann', order_id => :'fourth', reason => 'surely');
SELECT e ->> 'action' AS action, e ->> 'actor_kind' AS actor FROM admit.order_timeline(272, order_id => :'fourth') AS t, jsonb_array_elements(t.items) AS e;
-- Whoever pays the rest back otherwise grants what waits; a part of it does not.
SELECT pg_temp.buy(:'ann', :'seat', 2, 'wallet') AS third \gset
SELECT refund_request_id AS four FROM admit.order_refund_request(272, session_token => :'ann', order_id => :'third', reason => 'both') \gset
SELECT state FROM admit.order_refund(272, order_id => :'third', reason => 'one', ticket_ids => jsonb_build_array(pg_temp.ticket(1, :'third')));
SELECT i ->> 'state' AS state FROM admit.refund_request_list(272, order_id => :'third') AS l, jsonb_array_elements(l.items) AS i;
SELECT state FROM admit.event_cancel(272, event_id => :'night', reason => 'storm');
SELECT state FROM admit.event_refund_batch(272, event_id => :'night');
SELECT i ->> 'state' AS state, i ->> 'refund_id' IS NOT NULL AS refunded FROM admit.refund_request_list(272, order_id => :'third') AS l, jsonb_array_elements(l.items) AS i;
SELECT admit.order_refund_request(272, session_token => :'ann', order_id => :'third', reason => 'more');
\echo :LAST_ERROR_SQLSTATE
SELECT next_cursor IS NOT NULL AS more, jsonb_array_length(items) AS items FROM admit.refund_request_list(272, "limit" => 3);
SELECT balance_cents FROM admit.wallet_get(272, session_token => :'ann');
SELECT e ->> 'action' AS action FROM admit.order_timeline(272, order_id => :'second') AS t, jsonb_array_elements(t.items) AS e;
SELECT pg_temp.seal(272) AS sealed;
SELECT invariant, violations FROM admit.verify(272) WHERE violations <> 0;

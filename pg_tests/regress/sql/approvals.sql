-- Refunds and voids above the limit: one asks, another grants, nobody both.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(232, 'Approvals') \gset
SELECT api_key AS ann FROM admit.api_key_create(232, name => 'Ann', role => 'manager') \gset
SELECT api_key AS bob FROM admit.api_key_create(232, name => 'Bob', role => 'manager') \gset
SELECT api_key AS cleo FROM admit.api_key_create(232, name => 'Cleo', role => 'staff') \gset
SELECT live FROM admit.provider_configure(232, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(232, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(232, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(232, event_id => :'night', name => 'Seat', price_cents => 3000, total => 10) \gset
SELECT session_token AS guest FROM admit.wallet_open(232, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(232, :'guest', 20000) AS funding \gset
SELECT order_id AS bought FROM admit.order_create(232, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'wallet',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 3))) \gset
SELECT i ->> 'ticket_id' AS one FROM admit.ticket_list(232, order_id => :'bought') AS t, jsonb_array_elements(t.items) AS i WHERE i -> 'unit' = '1' \gset
SELECT i ->> 'ticket_id' AS two FROM admit.ticket_list(232, order_id => :'bought') AS t, jsonb_array_elements(t.items) AS i WHERE i -> 'unit' = '2' \gset
CREATE FUNCTION pg_temp.ask(key text, command text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(232, command, key, request::text, gen_random_uuid()::text)::jsonb
$$;
-- Staff sells, but only the holder pays from a wallet.
SELECT pg_temp.ask(:'ann', 'order.create', jsonb_build_object('wallet_id', (SELECT wallet_id FROM admit.wallet_get(232, :'guest')), 'pay_with', 'wallet',
    'lines', jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1))));
\echo :LAST_ERROR_SQLSTATE
-- Without a limit one is enough; with one, up to it.
SELECT limit_cents FROM admit.approval_configure(232, limit_cents => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT limit_cents FROM admit.approval_configure(232, limit_cents => 3000);
SELECT pg_temp.ask(:'ann', 'order.refund', jsonb_build_object('order_id', :'bought', 'ticket_ids', jsonb_build_array(:'one'), 'reason', 'ill')) -> 'amount_cents' AS at_the_limit;
SELECT pg_temp.ask(:'ann', 'order.refund', jsonb_build_object('order_id', :'bought', 'reason', 'all ill'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'owner', 'payment.refund', jsonb_build_object('payment_id', :'funding', 'amount_cents', 3001, 'reason', 'closed'));
\echo :LAST_ERROR_SQLSTATE
-- Ann asks; neither she nor who may not refund can grant it; Bob can, once.
SELECT a ->> 'approval_id' AS asked, a ->> 'state' AS state, a ->> 'requested_by_kind' AS by FROM pg_temp.ask(:'ann', 'approval.request',
    jsonb_build_object('command', 'order.refund', 'request', jsonb_build_object('order_id', :'bought', 'reason', 'all ill'))) AS a \gset
SELECT :'state' AS state, :'by' AS by;
SELECT pg_temp.ask(:'ann', 'approval.grant', jsonb_build_object('approval_id', :'asked'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'cleo', 'approval.grant', jsonb_build_object('approval_id', :'asked'));
\echo :LAST_ERROR_SQLSTATE
SELECT a ->> 'state' AS state, a -> 'answer' ->> 'state' AS order_state, a -> 'answer' -> 'amount_cents' AS amount_cents
FROM pg_temp.ask(:'bob', 'approval.grant', jsonb_build_object('approval_id', :'asked')) AS a;
SELECT pg_temp.ask(:'bob', 'approval.grant', jsonb_build_object('approval_id', :'asked'));
\echo :LAST_ERROR_SQLSTATE
SELECT balance_cents FROM admit.wallet_get(232, session_token => :'guest');
-- Turned down; and what cannot be asked for.
SELECT limit_cents FROM admit.approval_configure(232, limit_cents => 0);
SELECT order_id AS again FROM admit.order_create(232, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'wallet',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1))) \gset
SELECT i ->> 'ticket_id' AS three FROM admit.ticket_list(232, order_id => :'again') AS t, jsonb_array_elements(t.items) AS i \gset
SELECT pg_temp.ask(:'ann', 'ticket.cancel', jsonb_build_object('ticket_id', :'three', 'reason', 'forged'));
\echo :LAST_ERROR_SQLSTATE
SELECT a ->> 'approval_id' AS void FROM pg_temp.ask(:'ann', 'approval.request',
    jsonb_build_object('command', 'ticket.cancel', 'request', jsonb_build_object('ticket_id', :'three', 'reason', 'forged'))) AS a \gset
SELECT a ->> 'state' AS state, a ->> 'reason' AS reason FROM pg_temp.ask(:'bob', 'approval.reject', jsonb_build_object('approval_id', :'void', 'reason', 'it is genuine')) AS a;
SELECT pg_temp.ask(:'owner', 'approval.grant', jsonb_build_object('approval_id', :'void'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'ann', 'approval.request', '{"command": "role.set", "request": {"role": "manager", "commands": []}}');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'ann', 'approval.request', '{"command": "ticket.cancel", "request": "now"}');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'ann', 'approval.configure', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT i ->> 'command' AS command, i ->> 'state' AS state FROM admit.approval_list(232) AS l, jsonb_array_elements(l.items) AS i;
SELECT state FROM admit.ticket_get(232, ticket_id => :'three');
SELECT pg_temp.seal(232) AS sealed;
SELECT invariant, violations FROM admit.verify(232) WHERE violations <> 0;

-- Mode B: a pass admits once a day without a charge, by its code and by its wallet alike; what is void or over does not.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(236, 'Passes');
SELECT live FROM admit.provider_configure(236, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(236, name => 'Park') \gset
SELECT gate_id AS door FROM admit.gate_create(236, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(236, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id AS fair FROM admit.event_create(236, venue_id => :'venue_id', name => 'Fair', starts_at => now() - interval '1 hour', ends_at => now() + interval '9 days',
    requires_pass => true, duplicate_window_ms => 0, entry_fee_cents => 700) \gset
SELECT event_id AS night FROM admit.event_create(236, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id AS gatekeeper FROM admit.device_register(236, name => 'Gatekeeper', gate_id => :'door') \gset
SELECT device_id AS till FROM admit.device_register(236, name => 'Till', gate_id => :'bar', event_id => :'fair') \gset
SELECT api_key AS owner FROM admit.api_key_create(236, name => 'Owner', role => 'owner') \gset
SELECT ticket_type_id AS two_days FROM admit.ticket_type_create(236, event_id => :'fair', name => 'Two days', price_cents => 0, pass_days => 2, zones => '["ga"]') \gset
SELECT ticket_type_id AS tomorrow FROM admit.ticket_type_create(236, event_id => :'fair', name => 'Tomorrow', price_cents => 0, valid_from => '2100-01-01T00:00:00') \gset
SELECT ticket_type_id AS single FROM admit.ticket_type_create(236, event_id => :'night', name => 'Single', price_cents => 0) \gset
CREATE FUNCTION pg_temp.buy(session text, type uuid) RETURNS text LANGUAGE sql AS $$
SELECT admit.order_create(236, order_id => admit.uuid7(), session_token => session, pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', type, 'quantity', 1))) IS NOT NULL;
SELECT items -> 0 ->> 'code' FROM admit.ticket_list(236, session_token => session)
$$;
\set answer 'outcome, reason, entry_number, inside, charged_cents'
-- No pass, no entry; a pass, and the wallet enters without a charge though an entry has its price.
SELECT session_token AS guest, wallet_id AS guest_id FROM admit.wallet_open(236, event_id => :'fair', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(236, :'guest', 1000) IS NOT NULL AS funded;
SELECT :answer FROM admit.scan(236, :'guest', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT pg_temp.buy(:'guest', :'two_days') AS code \gset
SELECT :answer FROM admit.scan(236, :'guest', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT :answer FROM admit.scan(236, :'code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
-- The pass pays nothing at the bar, the wallet does.
SELECT :answer FROM admit.scan(236, :'code', :'till', 'concession', admit.uuid7(), amount_cents => 100);
SELECT :answer FROM admit.scan(236, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 100);
-- Out by code, and not in again today; with re-entry allowed, by wallet.
SELECT :answer FROM admit.scan(236, :'code', :'gatekeeper', 'exit', admit.uuid7(), event_id => :'fair');
SELECT :answer FROM admit.scan(236, :'guest', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT reentry_allowed FROM admit.event_update(236, event_id => :'fair', reentry_allowed => true);
SELECT :answer FROM admit.scan(236, :'guest', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT days_used, entries, inside, state FROM admit.ticket_list(236, wallet_id => :'guest_id') AS l, jsonb_to_recordset(l.items) AS t (days_used integer, entries integer, inside boolean, state text);
-- The next day: a forgotten exit does not matter. The day after that: both days are used.
SELECT reentry_allowed FROM admit.event_update(236, event_id => :'fair', reentry_allowed => false);
UPDATE admit.ticket SET last_day = last_day - 1, admitted_at = admitted_at - interval '1 day' WHERE tenant_id = 236 AND wallet_id = :'guest_id';
SELECT :answer FROM admit.scan(236, :'code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT :answer FROM admit.scan(236, :'code', :'gatekeeper', 'exit', admit.uuid7(), event_id => :'fair');
SELECT state, days_used FROM admit.ticket_list(236, wallet_id => :'guest_id') AS l, jsonb_to_recordset(l.items) AS t (state text, days_used integer);
UPDATE admit.ticket SET last_day = last_day - 1, admitted_at = admitted_at - interval '1 day' WHERE tenant_id = 236 AND wallet_id = :'guest_id';
SELECT :answer FROM admit.scan(236, :'code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT outcome, reason, item -> 'entry_number' AS entry_number FROM admit.scan_list(236, event_id => :'fair') AS l, jsonb_array_elements(l.items) AS item, LATERAL (SELECT item ->> 'outcome' AS outcome, item ->> 'reason' AS reason) AS said LIMIT 1;
-- Not yet valid; of another event; a ticket at the event of another.
SELECT session_token AS early FROM admit.wallet_open(236, event_id => :'fair', venue_id => :'venue_id') \gset
SELECT pg_temp.buy(:'early', :'tomorrow') AS early_code \gset
SELECT :answer FROM admit.scan(236, :'early_code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT session_token AS late, wallet_id AS late_id FROM admit.wallet_open(236, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.buy(:'late', :'single') AS late_code \gset
SELECT :answer FROM admit.scan(236, :'late_code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
SELECT :answer FROM admit.scan(236, :'late', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'fair');
-- Staff lets the early one in all the same, with a reason; taken out of use, nobody enters with it.
SELECT o ->> 'outcome' AS outcome, o ->> 'override_reason' AS because FROM (SELECT admit.dispatch(236, 'scan.override', :'owner', jsonb_build_object('token', :'early_code', 'gate_id', :'door',
    'event_id', :'fair', 'reason', 'came from far', 'nonce', admit.uuid7())::text)::jsonb) AS d (o);
SELECT items -> 0 ->> 'ticket_id' AS void FROM admit.ticket_list(236, session_token => :'late') \gset
SELECT state, code FROM admit.ticket_cancel(236, ticket_id => :'void', reason => 'forged payment');
SELECT admit.ticket_cancel(236, ticket_id => :'void', reason => 'again');
\echo :LAST_ERROR_SQLSTATE
SELECT :answer FROM admit.scan(236, :'late_code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'night');
SELECT sold FROM admit.ticket_type_get(236, ticket_type_id => :'single');
-- A day after the end, what nobody used is expired.
SELECT pg_temp.buy(:'late', :'single') AS last_code \gset
UPDATE admit.event SET starts_at = now() - interval '3 days', ends_at = now() - interval '25 hours' WHERE tenant_id = 236 AND event_id = :'night';
UPDATE admit.tenant SET revision = admit.uuid7() WHERE tenant_id = 236;
\c -
SET client_min_messages = warning;
\set VERBOSITY terse
SELECT count(*) AS ticked FROM admit.tick(236);
SELECT t ->> 'state' AS state FROM admit.ticket_list(236, wallet_id => :'late_id', past => true) AS l, jsonb_array_elements(l.items) AS t;
SELECT outcome, reason FROM admit.scan(236, :'last_code', :'gatekeeper', 'entry', admit.uuid7(), event_id => :'night');
SELECT invariant, violations FROM admit.verify(236) WHERE violations <> 0;

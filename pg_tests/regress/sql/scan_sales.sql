-- Sales at concessions: amounts, items, fees to the cent, and what is refused.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/../include/stripe.sql'
\set ECHO none
\i :include
\set ECHO all
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(38, 'Sales');
SELECT webhook_secrets FROM admit.provider_configure(38, live => false, provider => 'stripe', webhook_secrets => '["whsec_of_the_regress_tests"]');
SELECT venue_id FROM admit.venue_create(38, name => 'Hall') \gset
SELECT account_id AS vendor FROM admit.account_create(38, kind => 'vendor', name => 'Bar', currency => 'USD') \gset
SELECT gate_id AS bar FROM admit.gate_create(38, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession', vendor_account_id => :'vendor') \gset
SELECT gate_id AS stand FROM admit.gate_create(38, venue_id => :'venue_id', name => 'Stand', gate_type => 'merchandise') \gset
SELECT event_id FROM admit.event_create(38, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id AS till FROM admit.device_register(38, name => 'T', gate_id => :'bar', event_id => :'event_id') \gset
SELECT device_id AS shop FROM admit.device_register(38, name => 'S', gate_id => :'stand', event_id => :'event_id') \gset
SELECT fee_version FROM admit.fee_set(38, scope => 'platform', rules => '[
    {"action": "concession", "component": "platform_fee", "percentage": "2.5", "shares": [{"payee": "platform", "percentage": "100"}]},
    {"action": "merchandise", "component": "platform_fee", "fixed_cents": 30, "percentage": "1", "shares": [{"payee": "platform", "percentage": "50"}, {"payee": "pool", "percentage": "50"}]}]');
SELECT session_token FROM admit.wallet_open(38, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT payment_id FROM admit.payment_fund(38, :'session_token', amount_cents => 10000) \gset
SELECT pg_temp.deliver(38, pg_temp.intent('evt_1', 'payment_intent.succeeded', :'payment_id', 10000));
\set answer 'outcome, reason, action, charged_cents, balance_cents, charges'
-- What a sale costs is what its preview says.
SELECT total_cents, (SELECT string_agg(c ->> 'component' || ' ' || (c ->> 'amount_cents'), ', ') FROM jsonb_array_elements(charges) AS c) AS charges FROM admit.fee_preview(38, action => 'concession', event_id => :'event_id', amount_cents => 999, gate_id => :'bar');
SELECT :answer FROM admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 999);
SELECT total_cents, (SELECT string_agg(c ->> 'component' || ' ' || (c ->> 'amount_cents'), ', ') FROM jsonb_array_elements(charges) AS c) AS charges FROM admit.fee_preview(38, action => 'merchandise', event_id => :'event_id', amount_cents => 2501, gate_id => :'stand');
SELECT :answer FROM admit.scan(38, :'session_token', :'shop', 'merchandise', admit.uuid7(),
    items => '[{"name": "Shirt", "quantity": 1, "unit_price_cents": 2001}, {"name": "Pin", "quantity": 2, "unit_price_cents": 250}]');
SELECT :answer FROM admit.scan(38, :'session_token', :'till', 'general', admit.uuid7(), amount_cents => 1);
-- Changed fees book the next sale, never the last.
SELECT fee_version FROM admit.fee_set(38, scope => 'gate', scope_id => :'bar', rules => '[
    {"action": "concession", "component": "platform_fee", "percentage": "10", "shares": [{"payee": "platform", "percentage": "100"}]}]');
SELECT :answer FROM admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 999);
SELECT jsonb_array_length(items) AS versions FROM admit.fee_versions(38, scope => 'platform');
-- Not enough: nothing moves; funded: it does.
SELECT :answer FROM admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 9000);
SELECT payment_id FROM admit.payment_fund(38, :'session_token', amount_cents => 10000) \gset
SELECT pg_temp.deliver(38, pg_temp.intent('evt_2', 'payment_intent.succeeded', :'payment_id', 10000));
SELECT outcome, balance_cents FROM admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 9000);
-- A door's scan at a bar and a shirt at the bar.
SELECT outcome, reason FROM admit.scan(38, :'session_token', :'till', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(38, :'session_token', :'till', 'merchandise', admit.uuid7(), amount_cents => 1);
-- Sales that make no sense.
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 5, items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": 6}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), items => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 0, "unit_price_cents": 6}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": -6}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 2147483647, "unit_price_cents": 9223372036854775807}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), items => '[{"name": "", "quantity": 1, "unit_price_cents": 6}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), items => '{"name": "Beer"}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(),
    items => (SELECT jsonb_agg('{"name": "Beer", "quantity": 1, "unit_price_cents": 1}'::jsonb) FROM generate_series(1, 1001)));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(38, :'session_token', :'till', 'entry', admit.uuid7(), amount_cents => 5);
\echo :LAST_ERROR_SQLSTATE
-- A time that lies too far away.
SELECT admit.scan(38, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 5, scanned_at => now() + interval '1 hour');
\echo :LAST_ERROR_SQLSTATE
-- Every sale's legs sum to zero, and the accounts hold what was charged.
SELECT count(*) AS entries, sum(amount_cents) AS sum FROM admit.ledger_entry WHERE tenant_id = 38;
SELECT sealed_entries > 0 AS sealed FROM admit.tick(38);
SELECT a ->> 'kind' AS kind, a ->> 'balance_cents' AS balance FROM admit.account_list(38) AS l, jsonb_array_elements(l.items) AS a
WHERE (a ->> 'balance_cents')::bigint <> 0 ORDER BY 1;
SELECT sales, charged_cents, denied FROM admit.report_live(38, :'event_id');
SELECT * FROM admit.verify(38) WHERE violations <> 0;

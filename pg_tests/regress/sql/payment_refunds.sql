-- Refunds of fundings: never more than was paid, never more than the wallet still holds.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/../include/stripe.sql'
\set ECHO none
\i :include
\set ECHO all
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(33, 'Refunds');
SELECT webhook_secrets FROM admit.provider_configure(33, live => false, provider => 'stripe', webhook_secrets => '["whsec_of_the_regress_tests"]');
SELECT venue_id FROM admit.venue_create(33, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(33, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id FROM admit.event_create(33, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') \gset
SELECT device_id FROM admit.device_register(33, name => 'Till', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(33, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT payment_id FROM admit.payment_fund(33, :'session_token', amount_cents => 1000) \gset
-- Money that has not come cannot go back.
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'changed mind');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(33, pg_temp.intent('evt_1', 'payment_intent.succeeded', :'payment_id', 1000));
SELECT amount_cents, balance_cents, currency, provider_idempotency_key IS NOT NULL AS keyed
FROM admit.payment_refund(33, payment_id => :'payment_id', reason => 'partly', amount_cents => 300);
-- The same key is the same refund; another key is another.
SELECT balance_cents FROM admit.payment_refund(33, payment_id => :'payment_id', reason => 'once', amount_cents => 100, idempotency_key => 'refund-1');
SELECT balance_cents FROM admit.payment_refund(33, payment_id => :'payment_id', reason => 'once', amount_cents => 100, idempotency_key => 'refund-1');
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'once', amount_cents => 101, idempotency_key => 'refund-1');
\echo :LAST_ERROR_SQLSTATE
-- Too much, nothing, and less than nothing.
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'greed', amount_cents => 601);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'greed', amount_cents => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'greed', amount_cents => -1);
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => ' ', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(33, payment_id => admit.uuid7(), reason => 'whose');
\echo :LAST_ERROR_SQLSTATE
-- What was drunk is not refunded.
SELECT outcome, charged_cents, balance_cents FROM admit.scan(33, :'session_token', :'device_id', 'concession', admit.uuid7(), amount_cents => 450);
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'all', amount_cents => 600);
\echo :LAST_ERROR_SQLSTATE
SELECT amount_cents, balance_cents FROM admit.payment_refund(33, payment_id => :'payment_id', reason => 'the rest', amount_cents => 150);
SELECT amount_cents, refunded_cents, state FROM admit.payment_get(33, :'payment_id');
-- A frozen wallet keeps its money where it is.
SELECT state FROM admit.wallet_freeze(33, reason => 'dispute', wallet_id => :'wallet_id');
SELECT admit.payment_refund(33, payment_id => :'payment_id', reason => 'frozen', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT sealed_entries > 0 AS sealed FROM admit.tick(33);
SELECT a ->> 'kind' AS kind, a ->> 'balance_cents' AS balance FROM admit.account_list(33) AS l, jsonb_array_elements(l.items) AS a
WHERE (a ->> 'balance_cents')::bigint <> 0 ORDER BY 1;
SELECT action, count(*) FROM admit.journal WHERE tenant_id = 33 AND action LIKE 'payment.%' GROUP BY 1 ORDER BY 1;
SELECT * FROM admit.verify(33) WHERE violations <> 0;

-- Fundings by webhook: any order and any repetition come to the same end; nothing forged books.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/../include/stripe.sql'
\set ECHO none
\i :include
\set ECHO all
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(31, 'Payments');
SELECT venue_id FROM admit.venue_create(31, name => 'Hall') \gset
SELECT event_id FROM admit.event_create(31, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(31, event_id => :'event_id', venue_id => :'venue_id') \gset
-- Without a configured provider nothing can be announced and nothing verifies.
SELECT admit.payment_fund(31, :'session_token', amount_cents => 1000);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(31, '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT live, provider, webhook_secrets FROM admit.provider_configure(31, live => false, provider => 'stripe',
    webhook_secrets => '["whsec_of_the_regress_tests", "whsec_of_the_next_year"]');
-- Announced, reported, repeated a hundred times.
SELECT payment_id AS first, state, amount_cents, currency FROM admit.payment_fund(31, :'session_token', amount_cents => 1000) \gset
\echo :state :amount_cents :currency
SELECT pg_temp.intent('evt_1', 'payment_intent.succeeded', :'first', 1000) AS body \gset
SELECT pg_temp.deliver(31, :'body');
SELECT pg_temp.deliver(31, :'body') AS state, count(*) FROM generate_series(1, 100) GROUP BY 1;
SELECT pg_temp.deliver(31, pg_temp.intent('evt_1_again', 'payment_intent.succeeded', :'first', 1000)) AS another_event_of_the_payment;
SELECT balance_cents FROM admit.wallet_get(31, :'session_token');
-- Succeeded is final; failed is not.
SELECT pg_temp.deliver(31, pg_temp.intent('evt_2', 'payment_intent.payment_failed', :'first', 1000)) AS failed_after_success;
SELECT payment_id AS second FROM admit.payment_fund(31, :'session_token', amount_cents => 500) \gset
SELECT pg_temp.deliver(31, pg_temp.intent('evt_3', 'payment_intent.payment_failed', :'second', 500)) AS failed;
SELECT state FROM admit.payment_get(31, :'second');
SELECT pg_temp.deliver(31, pg_temp.intent('evt_4', 'payment_intent.succeeded', :'second', 500)) AS succeeded_after_failure;
SELECT state FROM admit.payment_get(31, :'second');
SELECT balance_cents FROM admit.wallet_get(31, :'session_token');
-- What was not announced like this is refused, and what is unknown is parked.
SELECT payment_id AS third FROM admit.payment_fund(31, :'session_token', amount_cents => 700) \gset
SELECT pg_temp.deliver(31, pg_temp.intent('evt_5', 'payment_intent.succeeded', :'third', 701)) AS other_amount;
SELECT pg_temp.deliver(31, pg_temp.intent('evt_6', 'payment_intent.succeeded', :'third', 700, 'eur')) AS other_currency;
SELECT pg_temp.deliver(31, pg_temp.intent('evt_7', 'payment_intent.succeeded', '01900000-0000-7000-8000-000000000007', 700)) AS unknown_payment;
SELECT pg_temp.deliver(31, '{"id": "evt_8", "object": "event", "type": "customer.created", "livemode": false, "data": {"object": {"id": "cus_1", "object": "customer"}}}') AS other_type;
SELECT state FROM admit.payment_get(31, :'third');
-- A payment that Stripe knows before us: parked, applied by tick once it is attached.
SELECT pg_temp.deliver(31, '{"id": "evt_9", "object": "event", "type": "payment_intent.succeeded", "livemode": false, "data": {"object": {"id": "pi_early", "object": "payment_intent", "amount": 700, "amount_received": 700, "currency": "usd", "metadata": {}}}}') AS before_it_is_known;
SELECT provider_reference FROM admit.payment_attach(31, payment_id => :'third', provider_reference => 'pi_early');
SELECT sealed_entries > 0 AS sealed FROM admit.tick(31);
SELECT state FROM admit.payment_get(31, :'third');
SELECT balance_cents FROM admit.wallet_get(31, :'session_token');
SELECT i ->> 'state' AS state, i ->> 'event_type' AS type, count(*) FROM admit.webhook_list(31, "limit" => 100) AS l, jsonb_array_elements(l.items) AS i GROUP BY 1, 2 ORDER BY 1, 2;
-- Signatures.
SELECT payment_id AS fourth FROM admit.payment_fund(31, :'session_token', amount_cents => 100) \gset
SELECT pg_temp.intent('evt_10', 'payment_intent.succeeded', :'fourth', 100) AS body \gset
\set good 'pg_temp.signature(:''body'', ''whsec_of_the_regress_tests'')'
PREPARE deliver (text, text) AS SELECT state FROM admit.webhook(31, 'stripe', convert_to($1, 'UTF8'), jsonb_build_object('stripe-signature', $2));
EXECUTE deliver (:'body', pg_temp.signature(:'body', 'whsec_of_somebody_else'));
\echo :LAST_ERROR_SQLSTATE
EXECUTE deliver (:'body', pg_temp.signature(:'body', 'whsec_of_the_regress_tests', 302));
EXECUTE deliver (:'body', pg_temp.signature(:'body', 'whsec_of_the_regress_tests', -302));
EXECUTE deliver (:'body', 'v1=00');
EXECUTE deliver (:'body', 't=1,v1=');
EXECUTE deliver (:'body', '');
EXECUTE deliver (:'body' || ' ', :good);
SELECT state FROM admit.webhook(31, 'stripe', convert_to(:'body', 'UTF8'), '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.webhook(31, 'nobody', convert_to(:'body', 'UTF8'), '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.webhook(32, 'stripe', convert_to(:'body', 'UTF8'), jsonb_build_object('stripe-signature', :good));
\echo :LAST_ERROR_SQLSTATE
EXECUTE deliver ('not json', pg_temp.signature('not json', 'whsec_of_the_regress_tests'));
\echo :LAST_ERROR_SQLSTATE
SELECT balance_cents FROM admit.wallet_get(31, :'session_token');
-- A wrong signature beside a right one, and the second secret, are accepted.
EXECUTE deliver (:'body', :good || ',v1=' || repeat('0', 64));
SELECT payment_id AS fifth FROM admit.payment_fund(31, :'session_token', amount_cents => 100) \gset
SELECT pg_temp.deliver(31, pg_temp.intent('evt_11', 'payment_intent.succeeded', :'fifth', 100), 'whsec_of_the_next_year');
-- Amounts that are none.
SELECT admit.payment_fund(31, :'session_token', amount_cents => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(31, :'session_token', amount_cents => -5);
SELECT admit.payment_fund(31, :'session_token', amount_cents => 9223372036854775807);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(31, :'session_token', amount_cents => 100, currency => 'EUR');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(31, :'session_token', amount_cents => 100, provider => 'nobody');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_attach(31, payment_id => :'fifth', provider_reference => 'pi_early');
\echo :LAST_ERROR_SQLSTATE
SELECT sealed_entries > 0 AS sealed FROM admit.tick(31);
SELECT balance_cents FROM admit.wallet_get(31, :'session_token');
SELECT * FROM admit.verify(31) WHERE violations <> 0;

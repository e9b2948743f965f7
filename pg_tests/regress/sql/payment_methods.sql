-- Saved payment methods: added with the provider, told by its webhooks in any order, paid with by their holder alone.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(265, 'Methods') \gset
SELECT venue_id FROM admit.venue_create(265, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(265, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(265, event_id => :'night', name => 'Stalls', price_cents => 2500, total => 50) \gset
SELECT session_token AS ann, wallet_id AS ann_id FROM admit.wallet_open(265, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(265, event_id => :'night', venue_id => :'venue_id') \gset
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1)) AS one \gset
SELECT count(*) AS others FROM admit.tenant_create(266, 'Others') \gset
SELECT venue_id AS their_venue FROM admit.venue_create(266, name => 'Other hall') \gset
SELECT event_id AS their_night FROM admit.event_create(266, venue_id => :'their_venue', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT session_token AS eve FROM admit.wallet_open(266, event_id => :'their_night', venue_id => :'their_venue') \gset
CREATE TEMP TABLE taken (place serial, tenant_id integer, effect_id uuid, attempt integer, kind text, method text, path text, headers jsonb, body text);
CREATE FUNCTION pg_temp.take() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    kinds text;
BEGIN
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE IF NOT EXISTS just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    INSERT INTO taken (tenant_id, effect_id, attempt, kind, method, path, headers, body)
    SELECT j.tenant_id, j.effect_id, j.attempt, j.kind, j.method, j.path, j.headers, j.body FROM just AS j WHERE j.tenant_id IN (265, 266) ORDER BY j.effect_id;
    kinds := (SELECT string_agg(j.kind, ', ' ORDER BY j.kind) FROM just AS j WHERE j.tenant_id IN (265, 266));
    DROP TABLE just;
    RETURN kinds;
END
$$;
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
-- Reports on the last one that was taken.
CREATE FUNCTION pg_temp.answer(status integer, body jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    last taken := (SELECT t FROM taken AS t ORDER BY place DESC LIMIT 1);
    state text;
BEGIN
    SET LOCAL ROLE admit_shim;
    state := admit.effect_report(last.tenant_id, last.effect_id, last.attempt, status, '{}', convert_to(body::text, 'UTF8'));
    RESET ROLE;
    RETURN state;
END
$$;
CREATE FUNCTION pg_temp.object(kind text, id text, rest jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('object', kind, 'id', id) || rest
$$;
CREATE FUNCTION pg_temp.problem(kind text, code text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('error', jsonb_build_object('type', kind, 'code', code, 'message', 'Told by the provider.'))
$$;
-- What Stripe tells of a payment method, so many seconds after it was added.
CREATE FUNCTION pg_temp.told(event text, type text, method text, customer text, last4 text DEFAULT '4242', seconds integer DEFAULT 0, year integer DEFAULT 2030)
RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(265, jsonb_build_object('id', event, 'type', type, 'livemode', false, 'created', 1700000000 + seconds,
    'data', jsonb_build_object('object', jsonb_build_object('id', method, 'type', 'card', 'customer', CASE WHEN type <> 'payment_method.detached' THEN customer END,
        'billing_details', jsonb_build_object('name', 'Ann Example'),
        'card', jsonb_build_object('brand', 'visa', 'last4', last4, 'exp_month', 12, 'exp_year', year, 'fingerprint', 'secret')))
    || CASE WHEN type = 'payment_method.detached' THEN jsonb_build_object('previous_attributes', jsonb_build_object('customer', customer)) ELSE '{}' END)::text)
$$;
CREATE FUNCTION pg_temp.setup_told(event text, type text, setup uuid, id text) RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(265, pg_temp.event(event, type, jsonb_build_object('id', id, 'payment_method', 'pm_x', 'metadata', jsonb_build_object('admit_setup_id', setup))))
$$;
\set methods 'SELECT i ->> \'kind\' AS kind, i ->> \'brand\' AS brand, i ->> \'last4\' AS last4, i ->> \'expiry_month\' AS month, i ->> \'expiry_year\' AS year, i ->> \'is_default\' AS is_default FROM admit.payment_method_list(265, session_token => '
\set end ') AS l, jsonb_array_elements(l.items) AS i ORDER BY i ->> \'last4\';'
-- Not configured, and without an API key.
SELECT admit.payment_method_add(265, :'ann');
\echo :LAST_ERROR_SQLSTATE
SELECT has_api_key FROM admit.provider_configure(265, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT admit.payment_method_add(265, :'ann');
\echo :LAST_ERROR_SQLSTATE
SELECT has_api_key FROM admit.provider_configure(265, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress');
SELECT has_api_key FROM admit.provider_configure(266, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress');
-- The first adding makes the customer, then what the client adds with; another call goes on with it.
SELECT setup_id AS setup, state, client_secret FROM admit.payment_method_add(265, :'ann') \gset
SELECT :'state' AS state;
SELECT setup_id = :'setup' AS goes_on FROM admit.payment_method_add(265, :'ann');
SELECT pg_temp.take();
SELECT method, path, replace(replace(replace(body, :'ann_id', 'ANN'), '%5B', '['), '%5D', ']') AS body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.object('customer', 'cus_ann'));
SELECT pg_temp.take();
SELECT method, path, replace(replace(replace(body, :'setup', 'SETUP'), '%5B', '['), '%5D', ']') AS body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.object('setup_intent', 'seti_1', '{"client_secret": "seti_1_secret", "status": "requires_payment_method"}'));
SELECT state, client_secret FROM admit.payment_method_setup(265, :'ann', setup_id => :'setup');
SELECT count(*) AS in_clear FROM admit.payment_method_setup WHERE tenant_id = 265 AND position('secret'::bytea IN sealed_client_secret) > 0;
SELECT admit.payment_method_setup(265, :'bob', setup_id => :'setup');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(265, 'payment_method.setup', :'owner', json_build_object('setup_id', :'setup')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(266, 'payment_method.setup', :'eve', json_build_object('setup_id', :'setup')::text);
\echo :LAST_ERROR_SQLSTATE
-- An attempt fails, the next one succeeds; the report of the failure comes once more, and late.
SELECT pg_temp.setup_told('evt_s1', 'setup_intent.setup_failed', :'setup', 'seti_1');
SELECT state, client_secret FROM admit.payment_method_add(265, :'ann');
SELECT pg_temp.setup_told('evt_s2', 'setup_intent.succeeded', :'setup', 'seti_1');
SELECT pg_temp.setup_told('evt_s3', 'setup_intent.setup_failed', :'setup', 'seti_1');
SELECT pg_temp.setup_told('evt_s4', 'setup_intent.succeeded', :'setup', 'seti_other');
SELECT pg_temp.setup_told('evt_s5', 'setup_intent.succeeded', gen_random_uuid(), 'seti_foreign');
SELECT state, client_secret FROM admit.payment_method_setup(265, :'ann', setup_id => :'setup');
-- The method, as often and as late as it is told; of the card nothing but what its holder knows it by.
SELECT pg_temp.told('evt_m1', 'payment_method.attached', 'pm_1', 'cus_ann');
SELECT pg_temp.told('evt_m1', 'payment_method.attached', 'pm_1', 'cus_ann');
SELECT pg_temp.told('evt_m2', 'payment_method.automatically_updated', 'pm_1', 'cus_ann', last4 => '1881', seconds => 60, year => 2033);
SELECT pg_temp.told('evt_m3', 'payment_method.attached', 'pm_1', 'cus_ann');
SELECT pg_temp.told('evt_m4', 'payment_method.updated', 'pm_1', 'cus_ann', last4 => '9999', seconds => 30);
SELECT pg_temp.told('evt_m5', 'payment_method.attached', 'pm_strange', 'cus_strange');
:methods :'ann' :end
:methods :'bob' :end
SELECT count(*) AS told_too_much FROM admit.payment_method AS m WHERE m.tenant_id = 265 AND m::text ~ 'Example|secret';
-- Staff sees brand and digits of the wallet that it names; nobody else's are there.
SELECT i ->> 'brand' AS brand, i ->> 'last4' AS last4, i -> 'expiry_year' AS year FROM admit.payment_method_list(265, wallet_id => :'ann_id') AS l, jsonb_array_elements(l.items) AS i;
SELECT admit.payment_method_list(265);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_method_list(265, session_token => :'bob', wallet_id => :'ann_id');
\echo :LAST_ERROR_SQLSTATE
SELECT items FROM admit.payment_method_list(266, wallet_id => :'ann_id');
-- A second one through the same customer. Two defaults at once cannot be.
SELECT setup_id AS setup FROM admit.payment_method_add(265, :'ann') \gset
SELECT pg_temp.take();
SELECT pg_temp.setup_told('evt_s6', 'setup_intent.succeeded', :'setup', 'seti_2');
SELECT pg_temp.told('evt_m6', 'payment_method.attached', 'pm_2', 'cus_ann', last4 => '2222');
SELECT pg_temp.answer(200, pg_temp.object('setup_intent', 'seti_2', '{"client_secret": "seti_2_secret"}'));
SELECT state, client_secret FROM admit.payment_method_setup(265, :'ann', setup_id => :'setup');
SELECT payment_method_id AS first FROM admit.payment_method WHERE tenant_id = 265 AND provider_reference = 'pm_1' \gset
SELECT payment_method_id AS second FROM admit.payment_method WHERE tenant_id = 265 AND provider_reference = 'pm_2' \gset
SELECT last4, is_default FROM admit.payment_method_set_default(265, :'ann', payment_method_id => :'second');
SELECT last4, is_default FROM admit.payment_method_set_default(265, :'ann', payment_method_id => :'second');
:methods :'ann' :end
UPDATE admit.payment_method SET is_default = true WHERE tenant_id = 265 AND payment_method_id = :'first';
SELECT admit.payment_method_set_default(265, :'bob', payment_method_id => :'second');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_method_remove(265, :'bob', payment_method_id => :'second');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_method_remove(266, :'eve', payment_method_id => :'second');
\echo :LAST_ERROR_SQLSTATE
-- Paid with by its holder alone, through its provider alone.
SELECT admit.payment_fund(265, :'bob', amount_cents => 1000, payment_method_id => :'first');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(266, :'eve', amount_cents => 1000, payment_method_id => :'first');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(265, :'ann', amount_cents => 1000, payment_method_id => :'first', checkout => 'hosted', success_url => 'https://shop.example');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(265, 'order.create', :'owner', json_build_object('order_id', admit.uuid7(), 'wallet_id', :'ann_id', 'lines', :'one'::json, 'pay_with', 'stripe', 'payment_method_id', :'first')::text, 'staff pays');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(265, session_token => :'ann', order_id => admit.uuid7(), lines => :'one', pay_with => 'wallet', payment_method_id => :'first');
\echo :LAST_ERROR_SQLSTATE
SELECT payment_id AS pay, payment_method_id = :'first' AS with_it FROM admit.payment_fund(265, :'ann', amount_cents => 1000, payment_method_id => :'first') \gset
SELECT pg_temp.take(), :'with_it' AS with_it;
SELECT path, replace(replace(replace(body, :'pay', 'PAY'), '%5B', '['), '%5D', ']') AS body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.deliver(265, pg_temp.event('evt_p1', 'payment_intent.succeeded', pg_temp.payment_intent('pi_1', 1000, :'pay')));
SELECT pg_temp.answer(200, pg_temp.object('payment_intent', 'pi_1', '{"client_secret": "pi_1_secret", "status": "succeeded"}'));
SELECT state, provider_reference FROM admit.payment_get(265, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(265, :'ann');
-- Declined: the payment has failed, whichever tells it first, and the order can be paid with the other method.
SELECT order_id AS buy, payment_id AS pay FROM admit.order_create(265, session_token => :'ann', order_id => admit.uuid7(), lines => :'one', pay_with => 'stripe', payment_method_id => :'first') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(402, pg_temp.problem('card_error', 'card_declined'));
SELECT pg_temp.deliver(265, pg_temp.event('evt_p2', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_2', 2500, :'pay')));
SELECT state, provider_reference FROM admit.payment_get(265, payment_id => :'pay');
SELECT payment_id <> :'pay' AS another, payment_id AS pay FROM admit.order_pay(265, session_token => :'ann', order_id => :'buy', pay_with => 'stripe', payment_method_id => :'first', success_url => 'https://shop.example/back') \gset
SELECT pg_temp.take(), :'another' AS another;
SELECT body LIKE '%return\_url=https\%3A\%2F\%2Fshop.example\%2Fback%' AS comes_back, body LIKE '%allow\_redirects%' AS never FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.deliver(265, pg_temp.event('evt_p3', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_3', 2500, :'pay')));
SELECT pg_temp.answer(402, pg_temp.problem('card_error', 'card_declined'));
SELECT state, provider_reference FROM admit.payment_get(265, payment_id => :'pay');
SELECT payment_id <> :'pay' AS another, payment_id AS pay FROM admit.order_pay(265, session_token => :'ann', order_id => :'buy', pay_with => 'stripe', payment_method_id => :'second') \gset
SELECT payment_id = :'pay' AS goes_on, :'another' AS another FROM admit.order_pay(265, session_token => :'ann', order_id => :'buy', pay_with => 'stripe', payment_method_id => :'second');
SELECT pg_temp.take();
-- The bank asks the payer first.
SELECT pg_temp.answer(200, pg_temp.object('payment_intent', 'pi_4', '{"client_secret": "pi_4_secret", "status": "requires_action", "next_action": {"redirect_to_url": {"url": "https://bank.example"}}}'));
SELECT state, client_secret, redirect_url FROM admit.payment_get(265, payment_id => :'pay');
SELECT pg_temp.deliver(265, pg_temp.event('evt_p4', 'payment_intent.succeeded', pg_temp.payment_intent('pi_4', 2500, :'pay')));
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(265, order_id => :'buy');
-- Removed: here at once, then at the provider; whatever is told late does not bring it back. The other one is the default.
SELECT payment_method_id = :'second' AS removed FROM admit.payment_method_remove(265, :'ann', payment_method_id => :'second');
SELECT payment_method_id = :'second' AS removed FROM admit.payment_method_remove(265, :'ann', payment_method_id => :'second');
:methods :'ann' :end
SELECT pg_temp.take();
SELECT method, path, body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.told('evt_m7', 'payment_method.detached', 'pm_2', 'cus_ann', seconds => 90);
SELECT pg_temp.told('evt_m8', 'payment_method.updated', 'pm_2', 'cus_ann', seconds => 120);
SELECT pg_temp.answer(200, pg_temp.object('payment_method', 'pm_2', '{"customer": null}'));
SELECT provider_reference, brand, last4, is_default, removed_at IS NOT NULL AS removed FROM admit.payment_method WHERE tenant_id = 265 ORDER BY provider_reference;
SELECT admit.payment_fund(265, :'ann', amount_cents => 1000, payment_method_id => :'second');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_method_set_default(265, :'ann', payment_method_id => :'second');
\echo :LAST_ERROR_SQLSTATE
-- Removed at the provider, told before it was told as added; and one that is none of ours.
SELECT pg_temp.told('evt_m9', 'payment_method.detached', 'pm_3', 'cus_ann', seconds => 10);
SELECT pg_temp.told('evt_m10', 'payment_method.attached', 'pm_3', 'cus_ann');
SELECT pg_temp.told('evt_m11', 'payment_method.detached', 'pm_1', 'cus_ann', seconds => 100);
SELECT pg_temp.told('evt_m12', 'payment_method.detached', 'pm_strange', 'cus_strange');
:methods :'ann' :end
SELECT admit.payment_fund(265, :'ann', amount_cents => 1000, payment_method_id => :'first');
\echo :LAST_ERROR_SQLSTATE
-- The provider refuses the customer: the adding has ended, the next one asks again.
SELECT setup_id AS setup FROM admit.payment_method_add(265, :'bob') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('invalid_request_error', 'parameter_invalid'));
SELECT state FROM admit.payment_method_setup(265, :'bob', setup_id => :'setup');
SELECT setup_id <> :'setup' AS another FROM admit.payment_method_add(265, :'bob');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.object('customer', 'cus_bob'));
-- A customer that is deleted at the provider takes its methods and its adding along; the next adding makes another.
SELECT pg_temp.told('evt_m20', 'payment_method.attached', 'pm_20', 'cus_bob');
SELECT pg_temp.told('evt_m21', 'payment_method.attached', 'pm_21', 'cus_bob', last4 => '1881');
SELECT pg_temp.take();
SELECT setup_id AS setup, state FROM admit.payment_method_add(265, :'bob') \gset
SELECT :'state' AS state, pg_temp.deliver(265, pg_temp.event('evt_c1', 'customer.deleted', pg_temp.object('customer', 'cus_strange'))) AS strange;
SELECT pg_temp.deliver(265, pg_temp.event('evt_c2', 'customer.deleted', pg_temp.object('customer', 'cus_bob')));
SELECT pg_temp.deliver(265, pg_temp.event('evt_c2', 'customer.deleted', pg_temp.object('customer', 'cus_bob'))) AS once_more;
SELECT pg_temp.deliver(265, pg_temp.event('evt_c3', 'customer.deleted', pg_temp.object('customer', 'cus_bob'))) AS told_again;
:methods :'bob' :end
:methods :'ann' :end
SELECT state FROM admit.payment_method_setup(265, :'bob', setup_id => :'setup');
SELECT pg_temp.told('evt_m22', 'payment_method.attached', 'pm_22', 'cus_bob') AS late_method;
SELECT pg_temp.told('evt_m23', 'payment_method.updated', 'pm_20', 'cus_bob', seconds => 500) AS late_news;
SELECT pg_temp.told('evt_m24', 'payment_method.detached', 'pm_21', 'cus_bob', seconds => 500) AS detached_too;
SELECT admit.payment_fund(265, :'bob', amount_cents => 1000, payment_method_id => (SELECT payment_method_id FROM admit.payment_method WHERE tenant_id = 265 AND provider_reference = 'pm_20'));
\echo :LAST_ERROR_SQLSTATE
SELECT setup_id <> :'setup' AS another FROM admit.payment_method_add(265, :'bob');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.object('customer', 'cus_bob_2'));
-- Live mode knows none of test mode's customers and methods.
SELECT pg_temp.told('evt_m13', 'payment_method.attached', 'pm_4', 'cus_bob_2');
SELECT live FROM admit.provider_configure(265, live => true, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_live_regress');
SELECT items FROM admit.payment_method_list(265, session_token => :'bob');
SELECT admit.payment_fund(265, :'bob', amount_cents => 1000, payment_method_id => (SELECT payment_method_id FROM admit.payment_method WHERE tenant_id = 265 AND provider_reference = 'pm_4'));
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.payment_method_add(265, :'ann');
SELECT pg_temp.take();
-- What the journal keeps, and the judge.
SELECT action, body::jsonb - 'delivery_id' - 'payment_method_id' AS body FROM admit.journal WHERE tenant_id = 265 AND action LIKE 'payment_method.%' ORDER BY entry_id;
SELECT pg_temp.seal(265);
SELECT invariant FROM admit.verify(265) WHERE violations > 0;
BEGIN;
UPDATE admit.payment_customer SET live = true WHERE tenant_id = 265 AND provider_reference = 'cus_bob_2';
SELECT invariant, violations FROM admit.verify(265) WHERE violations > 0;
ROLLBACK;
BEGIN;
UPDATE admit.payment_method_setup SET provider_reference = 'seti_x' WHERE tenant_id = 265 AND provider_reference = 'seti_2';
UPDATE admit.payment_method SET removed_at = NULL, kind = 'card' WHERE tenant_id = 265 AND provider_reference = 'pm_2';
SELECT invariant, violations FROM admit.verify(265) WHERE violations > 0;
ROLLBACK;

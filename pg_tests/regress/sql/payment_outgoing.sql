-- Requests to a provider: written with their cause, taken once, and whatever is answered comes to one end.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(261, 'Outgoing') \gset
SELECT venue_id FROM admit.venue_create(261, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(261, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(261, event_id => :'night', name => 'Stalls & Box', price_cents => 2500, total => 50) \gset
SELECT session_token AS ann FROM admit.wallet_open(261, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(261, event_id => :'night', venue_id => :'venue_id') \gset
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 2)) AS two \gset
-- Takes what is due for this tenant; what other suites have left is none of ours.
CREATE TEMP TABLE taken (place serial, effect_id uuid, attempt integer, kind text, provider text, method text, path text, headers jsonb, body text);
CREATE FUNCTION pg_temp.take() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    count bigint;
BEGIN
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE IF NOT EXISTS just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    INSERT INTO taken (effect_id, attempt, kind, provider, method, path, headers, body)
    SELECT j.effect_id, j.attempt, j.kind, j.provider, j.method, j.path, j.headers, j.body FROM just AS j WHERE j.tenant_id = 261;
    GET DIAGNOSTICS count = ROW_COUNT;
    DROP TABLE just;
    RETURN count;
END
$$;
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
CREATE FUNCTION pg_temp.header(name text) RETURNS text LANGUAGE sql AS $$
SELECT h ->> 1 FROM taken, jsonb_array_elements(headers) AS h WHERE place = (SELECT max(place) FROM taken) AND h ->> 0 = name
$$;
-- Reports on the last one that was taken, or on an earlier attempt of it.
CREATE FUNCTION pg_temp.answer(status integer, body jsonb, headers jsonb DEFAULT '{}', earlier integer DEFAULT 0) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    last taken := (SELECT t FROM taken AS t ORDER BY place DESC LIMIT 1);
    state text;
BEGIN
    SET LOCAL ROLE admit_shim;
    state := admit.effect_report(261, last.effect_id, last.attempt - earlier, status, headers, convert_to(body::text, 'UTF8'));
    RESET ROLE;
    RETURN state;
END
$$;
CREATE FUNCTION pg_temp.intent(id text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('object', 'payment_intent', 'id', id, 'client_secret', id || '_secret_x', 'status', 'requires_payment_method')
$$;
CREATE FUNCTION pg_temp.refund(id text, status text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('object', 'refund', 'id', id, 'status', status)
$$;
CREATE FUNCTION pg_temp.problem(kind text, code text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('error', jsonb_build_object('type', kind, 'code', code, 'message', 'Told by the provider.'))
$$;
-- Makes everything due now.
CREATE FUNCTION pg_temp.wait() RETURNS void LANGUAGE sql AS $$
UPDATE admit.effect SET due_at = now() - interval '1 second' WHERE tenant_id = 261 AND state IN ('due', 'taken')
$$;
\set effect 'SELECT e.state, e.attempts, e.key_number AS key, e.looking, e.last_error FROM admit.effect AS e JOIN taken AS t USING (effect_id) WHERE e.tenant_id = 261 ORDER BY t.place DESC LIMIT 1;'
-- Keys of the wrong mode or kind, and those that are none; without one the backend goes on by itself.
SELECT admit.provider_configure(261, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_live_regress');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(261, live => true, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'rk_test_regress');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(261, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'pk_test_regress');
\echo :LAST_ERROR_SQLSTATE
SELECT live, has_api_key FROM admit.provider_configure(261, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT admit.payment_fund(261, :'ann', amount_cents => 1000, checkout => 'hosted', success_url => 'https://shop.example/done');
\echo :LAST_ERROR_SQLSTATE
SELECT payment_id AS own FROM admit.payment_fund(261, :'ann', amount_cents => 1000) \gset
SELECT provider_reference FROM admit.payment_attach(261, payment_id => :'own', provider_reference => 'pi_own');
SELECT count(*) AS effects FROM admit.effect WHERE tenant_id = 261;
SELECT live, has_api_key FROM admit.provider_configure(261, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress',
    connected_account => 'acct_hall', application_fee_percentage => '2');
SELECT count(*) AS in_clear FROM admit.provider WHERE tenant_id = 261 AND position('sk_test_regress'::bytea IN sealed_api_key) > 0;
SELECT body -> 'api_key' AS api_key, body::text LIKE '%sk_test%' AS leaked FROM admit.journal WHERE tenant_id = 261 AND action = 'provider.configured' ORDER BY entry_id DESC LIMIT 1;
-- A funding: its request says all, its answer gives the payer's client what it needs.
SELECT payment_id AS pay, provider_reference, client_secret, redirect_url FROM admit.payment_fund(261, :'ann', amount_cents => 1000) \gset
SELECT pg_temp.take();
SELECT kind, provider, method, path, attempt, replace(replace(body, :'pay', 'PAY'), '%5B', '[') AS body FROM taken;
SELECT pg_temp.header('authorization') AS authorization, pg_temp.header('idempotency-key') = 'admit-payment-' || :'pay' AS key, pg_temp.header('content-type') AS content_type, pg_temp.header('stripe-version') AS version;
SELECT pg_temp.take() AS while_it_is_taken;
SELECT admit.payment_attach(261, payment_id => :'pay', provider_reference => 'pi_other');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.answer(200, pg_temp.intent('pi_1'));
SELECT pg_temp.answer(200, pg_temp.intent('pi_1')) AS told_twice;
SELECT state, provider_reference, client_secret FROM admit.payment_get(261, payment_id => :'pay');
SELECT i -> 'client_secret' AS in_lists FROM admit.payment_list(261, "limit" => 1) AS l, jsonb_array_elements(l.items) AS i;
SELECT admit.dispatch(261, 'payment.get', :'ann', json_build_object('payment_id', :'pay')::text)::json ->> 'client_secret' AS ann_sees;
SELECT admit.dispatch(261, 'payment.get', :'bob', json_build_object('payment_id', :'pay')::text)::json;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS in_clear FROM admit.payment WHERE tenant_id = 261 AND position('secret'::bytea IN sealed_client_secret) > 0;
SELECT pg_temp.deliver(261, pg_temp.event('evt_1', 'payment_intent.succeeded', pg_temp.payment_intent('pi_1', 1000, :'pay')));
-- Reported before it is answered: with its id in the metadata, and parked under its object alone.
SELECT payment_id AS pay FROM admit.payment_fund(261, :'ann', amount_cents => 1100) \gset
SELECT pg_temp.take();
SELECT pg_temp.deliver(261, pg_temp.event('evt_2', 'payment_intent.succeeded', pg_temp.payment_intent('pi_2', 1100, :'pay')));
SELECT pg_temp.answer(200, pg_temp.intent('pi_2'));
SELECT payment_id AS pay FROM admit.payment_fund(261, :'ann', amount_cents => 1200) \gset
SELECT pg_temp.take();
SELECT pg_temp.deliver(261, pg_temp.event('evt_3', 'payment_intent.succeeded', pg_temp.payment_intent('pi_3', 1200)));
SELECT pg_temp.answer(200, pg_temp.intent('pi_3'));
SELECT state, amount_cents FROM admit.payment_get(261, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(261, :'ann');
-- No answer, too much at once, failure, in progress, a wrong key: the same bytes again, later, under the same key.
SELECT payment_id AS pay FROM admit.payment_fund(261, :'ann', amount_cents => 1300) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(NULL, '"connection closed"');
:effect
SELECT pg_temp.take() AS too_soon;
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(429, pg_temp.problem('invalid_request_error', 'rate_limit'), '{"retry-after": "100"}');
SELECT round(extract(epoch FROM e.due_at - now())) AS due_in FROM admit.effect AS e JOIN taken AS t USING (effect_id) WHERE e.tenant_id = 261 ORDER BY t.place DESC LIMIT 1;
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(500, pg_temp.problem('api_error', NULL));
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(409, pg_temp.problem('invalid_request_error', 'idempotency_key_in_use'));
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(401, pg_temp.problem('invalid_request_error', NULL));
:effect
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT count(DISTINCT (t.body, t.path, t.headers)) AS one_request, count(*) AS tries FROM taken AS t JOIN admit.effect AS e USING (effect_id) WHERE e.payment_id = :'pay';
-- The worker is late: another has it. What the first one made is a fact, what failed for it is not.
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(402, pg_temp.problem('card_error', 'x'), earlier => 1) AS late_failure;
SELECT pg_temp.answer(200, pg_temp.intent('pi_4'), earlier => 1) AS late_success;
SELECT pg_temp.answer(500, pg_temp.problem('api_error', NULL)) AS after_the_end;
SELECT provider_reference FROM admit.payment_get(261, payment_id => :'pay');
-- Refused for good: the payment has failed, and the order can be paid once more.
SELECT order_id AS buy, payment_id AS pay FROM admit.order_create(261, order_id => admit.uuid7(), session_token => :'bob', lines => :'two', pay_with => 'stripe') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('invalid_request_error', 'amount_too_small'));
:effect
SELECT state FROM admit.payment_get(261, payment_id => :'pay');
SELECT admit.order_pay(261, order_id => :'buy', session_token => :'bob', pay_with => 'wallet', checkout => 'hosted');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_pay(261, order_id => :'buy', session_token => :'bob', pay_with => 'stripe', checkout => 'hosted');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_pay(261, order_id => :'buy', session_token => :'bob', pay_with => 'stripe', checkout => 'hosted', success_url => 'http://shop.example');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_pay(261, order_id => :'buy', session_token => :'bob', pay_with => 'stripe', cancel_url => 'https://shop.example');
\echo :LAST_ERROR_SQLSTATE
SELECT state, payment_id AS next, payment_id <> :'pay' AS another FROM admit.order_pay(261, order_id => :'buy', session_token => :'bob', pay_with => 'stripe', checkout => 'hosted', success_url => 'https://shop.example/done?a=1&b=2', cancel_url => 'http://localhost:3000/') \gset
SELECT :'another' AS another, :'state' AS state;
SELECT payment_id = :'next' AS goes_on FROM admit.order_pay(261, order_id => :'buy', session_token => :'bob', pay_with => 'stripe');
-- A page of the provider's: one line an item, terms in its payment, open as long as the order.
SELECT pg_temp.take();
SELECT path FROM taken ORDER BY place DESC LIMIT 1;
SELECT replace(regexp_replace(line, 'expires_at=\d+', 'expires_at=…'), :'next', 'PAY') AS line FROM (
    SELECT unnest(string_to_array(replace(replace(body, '%5B', '['), '%5D', ']'), '&')) AS line FROM (SELECT body FROM taken ORDER BY place DESC LIMIT 1) AS last) AS lines;
SELECT pg_temp.answer(200, jsonb_build_object('object', 'checkout.session', 'id', 'cs_1', 'url', 'https://checkout.example/cs_1', 'payment_intent', NULL));
SELECT state, redirect_url, provider_reference, client_secret FROM admit.payment_get(261, payment_id => :'next');
SELECT pg_temp.deliver(261, pg_temp.event('evt_5', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 5000, :'next')));
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(261, order_id => :'buy');
-- Its refund: asked for in time with the booking, carried out, pending until the bank says so.
SELECT state, refund_id, amount_cents FROM admit.order_refund(261, order_id => :'buy', reason => 'ill', ticket_ids => (
    SELECT jsonb_build_array(tickets -> 0 -> 'ticket_id') FROM admit.order_get(261, order_id => :'buy'))) \gset
SELECT pg_temp.take();
SELECT kind, path, replace(replace(replace(replace(body, :'next', 'PAY'), :'refund_id', 'REFUND'), '%5B', '['), '%5D', ']') AS body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.header('idempotency-key') = (SELECT provider_idempotency_key FROM admit.refund WHERE tenant_id = 261 AND refund_id = :'refund_id') AS key_of_the_refund;
SELECT pg_temp.answer(200, pg_temp.refund('re_1', 'pending'));
SELECT provider_reference, state FROM admit.refund WHERE tenant_id = 261 AND refund_id = :'refund_id';
-- A failure that the key keeps: look for it, and ask under a new key only when it is not there.
\set refunded 'SELECT refund_id FROM admit.payment_refund(261, payment_id => (SELECT payment_id FROM admit.payment WHERE tenant_id = 261 AND provider_reference = \'pi_1\'), amount_cents => '
:refunded 100, reason => 'one') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(500, pg_temp.problem('api_error', NULL));
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(500, pg_temp.problem('api_error', NULL), '{"idempotent-replayed": "true"}');
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT method, path, body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, '{"data": [], "has_more": false}');
:effect
SELECT pg_temp.take();
SELECT method, path, pg_temp.header('idempotency-key') = 'admit-refund-' || :'refund_id' || '-2' AS second_key FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.refund('re_2', 'succeeded'));
SELECT provider_reference, state FROM admit.refund WHERE tenant_id = 261 AND refund_id = :'refund_id';
-- A day without an answer: found at the provider; not sent again.
:refunded 101, reason => 'two') \gset
SELECT pg_temp.take();
UPDATE admit.effect SET key_taken_at = now() - interval '23 hours' WHERE tenant_id = 261 AND refund_id = :'refund_id';
SELECT pg_temp.answer(NULL, '"no route"');
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT method FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, jsonb_build_object('has_more', false, 'data', jsonb_build_array(pg_temp.refund('re_0', 'succeeded'),
    pg_temp.refund('re_3', 'succeeded') || jsonb_build_object('metadata', jsonb_build_object('admit_refund_id', :'refund_id')))));
SELECT provider_reference, state FROM admit.refund WHERE tenant_id = 261 AND refund_id = :'refund_id';
-- Two days without a report, since nobody was there to send it: looked for before anything is sent.
:refunded 106, reason => 'seven') \gset
SELECT pg_temp.take();
UPDATE admit.effect SET key_taken_at = now() - interval '48 hours' WHERE tenant_id = 261 AND refund_id = :'refund_id';
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT method FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(503, '{}');
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"data": [], "has_more": false}');
SELECT pg_temp.take();
SELECT method, pg_temp.header('idempotency-key') = 'admit-refund-' || :'refund_id' || '-2' AS second_key FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.refund('re_7', 'succeeded'));
-- Refused, failed at the bank, and a key that somebody else has used: alerts for people.
:refunded 102, reason => 'three') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('invalid_request_error', 'charge_already_refunded'));
SELECT provider_reference, state FROM admit.refund WHERE tenant_id = 261 AND refund_id = :'refund_id';
SELECT pg_temp.answer(200, pg_temp.refund('re_4', 'succeeded')) AS made_after_all;
:refunded 103, reason => 'four') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.refund('re_5', 'failed'));
:refunded 104, reason => 'five') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('idempotency_error', NULL));
:effect
:refunded 105, reason => 'six') \gset
UPDATE admit.effect SET created_at = now() - interval '16 minutes' WHERE tenant_id = 261 AND refund_id = :'refund_id';
SELECT count(*) >= 1 AS ticked FROM admit.tick(261);
SELECT pg_sleep(10.1);
SELECT count(*) >= 1 AS ticked FROM admit.tick(261);
SELECT i ->> 'kind' AS kind, i ->> 'event_id' = :'night' AS its_event, regexp_replace(regexp_replace(i ->> 'message', '[0-9a-f]{8}-[0-9a-f-]{27}', '…', 'g'), ' after \d+', ' after N') AS message
FROM admit.alert_list(261) AS l, jsonb_array_elements(l.items) AS i ORDER BY 1, 3;
-- Nothing is sent without a key; it is kept until there is one again.
SELECT has_api_key FROM admit.provider_configure(261, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT pg_temp.take() AS without_a_key;
SELECT round(extract(epoch FROM due_at - now())) AS put_off_seconds FROM admit.effect WHERE tenant_id = 261 AND state = 'due';
SELECT has_api_key FROM admit.provider_configure(261, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'rk_test_other');
SELECT pg_temp.wait();
SELECT pg_temp.take() AS with_another;
SELECT pg_temp.header('authorization') AS authorization;
-- What nobody may do: another tenant's effect, an unknown one, as a backend; and what makes no sense.
SELECT admit.tenant_create(262, 'Others') IS NOT NULL AS created;
SELECT admit.effect_report(262, (SELECT effect_id FROM taken ORDER BY place DESC LIMIT 1), 1, 200);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.effect_report(261, admit.uuid7(), 1, 200);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.effect_report(261, (SELECT effect_id FROM taken ORDER BY place DESC LIMIT 1), 1, 70000);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.effect_take(admit.uuid7(), 0);
\echo :LAST_ERROR_SQLSTATE
SET ROLE admit_backend;
SELECT admit.effect_take(admit.uuid7(), 1);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
-- The object that another payment has is not taken over.
SELECT payment_id AS pay FROM admit.payment_fund(261, :'ann', amount_cents => 1400) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.intent('pi_1'));
:effect
SELECT provider_reference FROM admit.payment_get(261, payment_id => :'pay');
-- Currencies that the provider does not take are refused before anything is stored.
SELECT event_id AS soum FROM admit.event_create(261, venue_id => :'venue_id', name => 'Ugandan night', currency => 'UGX', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT session_token AS eve FROM admit.wallet_open(261, event_id => :'soum', venue_id => :'venue_id') \gset
SELECT admit.payment_fund(261, :'eve', amount_cents => 1000);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seal(261) AS sealed;
SELECT invariant, violations FROM admit.verify(261) WHERE violations <> 0;
-- The check can fail.
BEGIN;
UPDATE admit.effect SET object_reference = 're_wrong' WHERE tenant_id = 261 AND object_reference = 're_1';
SELECT invariant, violations FROM admit.verify(261) WHERE violations <> 0;
ROLLBACK;

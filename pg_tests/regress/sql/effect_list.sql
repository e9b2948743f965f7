-- What was asked of providers, as staff reads it, and what may be sent again without having its effect twice.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(323, 'Listed') \gset
SELECT venue_id FROM admit.venue_create(323, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(323, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT wallet_id AS ann_id, session_token AS ann FROM admit.wallet_open(323, event_id => :'night', venue_id => :'venue_id') \gset
SELECT api_key AS manager FROM admit.api_key_create(323, name => 'M', role => 'manager') \gset
SELECT api_key AS auditor FROM admit.api_key_create(323, name => 'A', role => 'auditor') \gset
SELECT api_key AS staff FROM admit.api_key_create(323, name => 'S', role => 'staff') \gset
SELECT api_key AS hall FROM admit.api_key_create(323, name => 'H', role => 'owner', venue_id => :'venue_id') \gset
SELECT provider FROM admit.provider_configure(323, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress');
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
CREATE FUNCTION pg_temp.take() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    RETURN QUERY SELECT j.kind || ' ' || j.method FROM just AS j WHERE j.tenant_id = 323 ORDER BY j.kind;
    DROP TABLE just;
END
$$;
-- Answers the one that is taken.
CREATE FUNCTION pg_temp.answer(status integer, said jsonb) RETURNS text LANGUAGE sql AS $$
SELECT admit.effect_report(323, e.effect_id, e.attempts, status, '{}', convert_to(said::text, 'UTF8'))
FROM admit.effect AS e WHERE e.tenant_id = 323 AND e.state = 'taken'
$$;
CREATE FUNCTION pg_temp.ask(key text, command text, request jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(323, command, key, request::text, gen_random_uuid()::text)::jsonb
$$;
CREATE FUNCTION pg_temp.newest() RETURNS uuid LANGUAGE sql AS $$
SELECT effect_id FROM admit.effect WHERE tenant_id = 323 ORDER BY effect_id DESC LIMIT 1
$$;
-- One that is done, one that is uncertain, one that has failed, one that waits.
SELECT payment_id AS pay FROM admit.payment_fund(323, :'ann', amount_cents => 5000) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"object": "payment_intent", "id": "pi_1", "client_secret": "pi_1_secret_x", "status": "requires_payment_method"}');
SELECT pg_temp.deliver(323, pg_temp.event('evt_1', 'payment_intent.succeeded', pg_temp.payment_intent('pi_1', 5000, :'pay')));
SELECT refund_id FROM admit.payment_refund(323, payment_id => :'pay', amount_cents => 100, reason => 'one') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "idempotency_error", "message": "Keys are for one request."}}');
SELECT pg_temp.newest() AS uncertain \gset
SELECT payment_id AS refused FROM admit.payment_fund(323, :'ann', amount_cents => 60) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "invalid_request_error", "code": "amount_too_small", "message": "No."}}');
SELECT pg_temp.newest() AS failed \gset
SELECT payment_id AS waits FROM admit.payment_fund(323, :'ann', amount_cents => 2000) \gset
SELECT pg_temp.newest() AS waiting \gset
-- Listed newest first, filtered, page by page; without what was sent.
SELECT i ->> 'kind' AS kind, i ->> 'state' AS state, i ->> 'live' AS live, i ->> 'attempts' AS attempts, i ->> 'due_at' IS NOT NULL AS due, i ->> 'object_reference' AS object, i ->> 'done_at' IS NOT NULL AS done, i ->> 'last_error' AS last_error
FROM admit.effect_list(323) AS l, jsonb_array_elements(l.items) AS i;
SELECT string_agg(DISTINCT field, ' ' ORDER BY field) AS fields FROM admit.effect_list(323) AS l, jsonb_array_elements(l.items) AS i, jsonb_object_keys(i) AS field;
SELECT pg_temp.ask(:'owner', 'effect.list')::text ~ 'secret|sk_test|whsec|amount=|metadata' AS shows_what_was_sent;
SELECT state, jsonb_array_length(items) AS effects FROM unnest(ARRAY['due', 'taken', 'done', 'failed', 'uncertain']) AS state, LATERAL admit.effect_list(323, state => state) AS l;
SELECT jsonb_array_length(a.items) AS stripe, jsonb_array_length(b.items) AS xendit, jsonb_array_length(c.items) AS refunds
FROM admit.effect_list(323, provider => 'stripe') AS a, admit.effect_list(323, provider => 'xendit') AS b, admit.effect_list(323, kind => 'refund.create') AS c;
SELECT i ->> 'kind' AS kind FROM admit.effect_list(323, object_id => :'pay') AS l, jsonb_array_elements(l.items) AS i;
SELECT i ->> 'kind' AS kind, i ->> 'refund_id' = :'refund_id' AS its_refund FROM admit.effect_list(323, object_id => :'refund_id') AS l, jsonb_array_elements(l.items) AS i;
SELECT jsonb_array_length(items) AS first, next_cursor AS cursor FROM admit.effect_list(323, "limit" => 3) \gset
SELECT :first AS first, jsonb_array_length(items) AS next, next_cursor FROM admit.effect_list(323, "limit" => 3, cursor => :'cursor');
SELECT admit.effect_list(323, "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.effect_list(323, state => 'lost');
\echo :LAST_ERROR_SQLSTATE
-- Whoever reads alerts reads effects; whoever only reads sends nothing; a key of one venue sees none.
SELECT jsonb_array_length(pg_temp.ask(:'manager', 'effect.list') -> 'items') AS manager, jsonb_array_length(pg_temp.ask(:'auditor', 'effect.list') -> 'items') AS auditor;
SELECT pg_temp.ask(:'staff', 'effect.list');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'ann', 'effect.list');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'hall', 'effect.list');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'hall', 'effect.retry', jsonb_build_object('effect_id', :'uncertain'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'auditor', 'effect.retry', jsonb_build_object('effect_id', :'uncertain'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.tenant_create(325, 'Others') IS NOT NULL AS created;
SELECT admit.effect_retry(325, effect_id => :'uncertain');
\echo :LAST_ERROR_SQLSTATE
SELECT jsonb_array_length(items) AS of_others FROM admit.effect_list(325);
-- What has ended for good is begun anew elsewhere; what is done is done.
SELECT admit.effect_retry(323, effect_id => :'failed');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.effect_retry(323, effect_id => (SELECT effect_id FROM admit.effect WHERE tenant_id = 323 AND state = 'done'));
\echo :LAST_ERROR_SQLSTATE
-- What waits for its next try is sent at once.
UPDATE admit.effect SET due_at = now() + interval '9 minutes' WHERE tenant_id = 323 AND effect_id = :'waiting';
SELECT pg_temp.take() AS too_soon;
SELECT a ->> 'state' AS state FROM pg_temp.ask(:'manager', 'effect.retry', jsonb_build_object('effect_id', :'waiting')) AS a;
SELECT pg_temp.take();
SELECT a ->> 'state' AS under_way FROM pg_temp.ask(:'manager', 'effect.retry', jsonb_build_object('effect_id', :'waiting')) AS a;
SELECT pg_temp.answer(200, '{"object": "payment_intent", "id": "pi_2", "client_secret": "pi_2_secret_x", "status": "requires_payment_method"}');
-- An uncertain refund is looked for before it is asked for: once when it is there, and under a new key when it is not.
SELECT a ->> 'state' AS state, a ->> 'attempts' AS attempts FROM pg_temp.ask(:'manager', 'effect.retry', jsonb_build_object('effect_id', :'uncertain')) AS a;
SELECT a ->> 'state' AS again FROM pg_temp.ask(:'manager', 'effect.retry', jsonb_build_object('effect_id', :'uncertain')) AS a;
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"data": [], "has_more": false}');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"object": "refund", "id": "re_1", "status": "succeeded"}');
SELECT state, provider_reference FROM admit.refund WHERE tenant_id = 323 AND refund_id = :'refund_id';
SELECT refund_id AS second FROM admit.payment_refund(323, payment_id => :'pay', amount_cents => 200, reason => 'two') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "idempotency_error", "message": "Keys are for one request."}}');
SELECT state FROM admit.effect_retry(323, effect_id => pg_temp.newest());
SELECT pg_temp.take();
SELECT pg_temp.answer(200, jsonb_build_object('has_more', false, 'data', jsonb_build_array(jsonb_build_object('object', 'refund', 'id', 're_2', 'status', 'succeeded',
    'metadata', jsonb_build_object('admit_refund_id', :'second')))));
SELECT state, provider_reference FROM admit.refund WHERE tenant_id = 323 AND refund_id = :'second';
-- A payment's object is made again while the provider knows the key and the payment waits; not after.
SELECT payment_id AS third FROM admit.payment_fund(323, :'ann', amount_cents => 3000) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "idempotency_error", "message": "Keys are for one request."}}');
SELECT pg_temp.newest() AS third_effect \gset
BEGIN;
UPDATE admit.effect SET key_taken_at = now() - interval '23 hours' WHERE tenant_id = 323 AND effect_id = :'third_effect';
SELECT admit.effect_retry(323, effect_id => :'third_effect');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
UPDATE admit.payment SET state = 'cancelled' WHERE tenant_id = 323 AND payment_id = :'third';
SELECT admit.effect_retry(323, effect_id => :'third_effect');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
SELECT state FROM admit.effect_retry(323, effect_id => :'third_effect');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"object": "payment_intent", "id": "pi_3", "client_secret": "pi_3_secret_x", "status": "requires_payment_method"}');
SELECT provider_reference FROM admit.payment_get(323, payment_id => :'third');
-- What is uncertain again after a retry is told again.
SELECT refund_id AS again FROM admit.payment_refund(323, payment_id => :'pay', amount_cents => 300, reason => 'three') \gset
SELECT pg_temp.newest() AS again_effect \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "idempotency_error", "message": "Keys are for one request."}}');
CREATE FUNCTION pg_temp.alerts() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.tick(323);
    RETURN (SELECT count(*) FROM admit.alert WHERE tenant_id = 323 AND kind = 'effect_uncertain');
END
$$;
SELECT pg_temp.alerts();
SELECT state FROM admit.effect_retry(323, effect_id => :'again_effect');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"data": [], "has_more": false}');
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "idempotency_error", "message": "Keys are for one request."}}');
SELECT pg_sleep(10.1);
SELECT pg_temp.alerts();
SELECT pg_temp.alerts() AS once_each;
SELECT action, actor_kind, body ->> 'kind' AS kind, body ->> 'state' AS was FROM admit.journal WHERE tenant_id = 323 AND action = 'effect.retried' ORDER BY entry_id;
SELECT pg_temp.seal(323) AS sealed;
SELECT invariant, violations FROM admit.verify(323) WHERE violations <> 0;

-- What was asked for in one mode is never sent with a key of the other: it is held, says why, and goes on once
-- the mode is back.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(322, 'Modes') \gset
SELECT venue_id FROM admit.venue_create(322, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(322, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT session_token AS ann FROM admit.wallet_open(322, event_id => :'night', venue_id => :'venue_id') \gset
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
-- Takes what is due for this tenant: what is asked, and with which key.
CREATE FUNCTION pg_temp.take() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE admit.effect SET due_at = now() - interval '1 second' WHERE tenant_id = 322 AND state = 'due';
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    RETURN QUERY SELECT j.kind || ' with ' || (SELECT h ->> 1 FROM jsonb_array_elements(j.headers) AS h WHERE h ->> 0 = 'authorization')
        FROM just AS j WHERE j.tenant_id = 322 ORDER BY j.kind;
    DROP TABLE just;
END
$$;
-- Answers the one that is taken.
CREATE FUNCTION pg_temp.answer(said jsonb) RETURNS text LANGUAGE sql AS $$
SELECT admit.effect_report(322, e.effect_id, e.attempts, 200, '{}', convert_to(said::text, 'UTF8'))
FROM admit.effect AS e WHERE e.tenant_id = 322 AND e.state = 'taken'
$$;
CREATE FUNCTION pg_temp.configure(mode text) RETURNS text LANGUAGE sql AS $$
SELECT provider FROM admit.provider_configure(322, live => mode = 'live', provider => 'stripe', webhook_secrets => '["whsec_regress"]',
    api_key => 'sk_' || mode || '_regress')
$$;
\set effects 'SELECT kind, state, attempts, last_error FROM admit.effect WHERE tenant_id = 322 ORDER BY created_at, kind;'
SELECT pg_temp.configure('test');
-- A funding in test mode, paid, and a refund of it that nobody has sent when the mode changes.
SELECT payment_id AS pay FROM admit.payment_fund(322, :'ann', amount_cents => 1000) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer('{"object": "payment_intent", "id": "pi_test", "client_secret": "pi_test_secret_x", "status": "requires_payment_method"}');
SELECT pg_temp.deliver(322, pg_temp.event('evt_1', 'payment_intent.succeeded', pg_temp.payment_intent('pi_test', 1000, :'pay')));
SELECT refund_id FROM admit.payment_refund(322, payment_id => :'pay', amount_cents => 400, reason => 'rain') \gset
SELECT pg_temp.configure('live');
SELECT pg_temp.take();
:effects
-- What is asked for in live mode goes out beside it; a refund of the test payment is held though it is asked for now.
SELECT payment_id AS live_pay FROM admit.payment_fund(322, :'ann', amount_cents => 2000) \gset
SELECT refund_id AS later FROM admit.payment_refund(322, payment_id => :'pay', amount_cents => 100, reason => 'rain') \gset
SELECT pg_temp.take();
:effects
SELECT pg_temp.answer('{"object": "payment_intent", "id": "pi_live", "client_secret": "pi_live_secret_x", "status": "requires_payment_method"}');
-- An alert each, once.
SELECT admit.tick(322) IS NOT NULL AS ticked;
SELECT admit.tick(322) IS NOT NULL AS ticked;
SELECT i ->> 'kind' AS kind, replace(i ->> 'message', :'pay', 'PAY') AS message FROM admit.alert_list(322) AS a, jsonb_array_elements(a.items) AS i ORDER BY 2;
-- A live reconciliation misses no test payment, and its page is of live mode.
UPDATE admit.payment SET created_at = now() - interval '2 hours', succeeded_at = now() - interval '2 hours' WHERE tenant_id = 322 AND payment_id = :'pay';
SELECT reconciliation_id AS run_id FROM admit.reconciliation_start(322, created_from => now() - interval '1 day') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer('{"object": "list", "data": [], "has_more": false}');
SELECT state, differences FROM admit.reconciliation_get(322, reconciliation_id => :'run_id');
-- Without any key all wait and say so; with a key of test mode again the refunds go out, once.
SELECT payment_id AS more FROM admit.payment_fund(322, :'ann', amount_cents => 3000) \gset
SELECT provider FROM admit.provider_configure(322, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT pg_temp.take();
:effects
SELECT pg_temp.configure('test');
SELECT pg_temp.take();
SELECT count(*) AS answered FROM admit.effect AS e, LATERAL admit.effect_report(322, e.effect_id, e.attempts, 200, '{}',
    convert_to(jsonb_build_object('object', 'refund', 'id', 're_' || e.effect_id, 'status', 'succeeded')::text, 'UTF8')) AS told
WHERE e.tenant_id = 322 AND e.state = 'taken' AND told = 'done';
SELECT amount_cents, state FROM admit.refund WHERE tenant_id = 322 ORDER BY 1;
:effects
-- A worker that took one and died: the next try does not change its key's mode either.
SELECT refund_id AS last FROM admit.payment_refund(322, payment_id => :'pay', amount_cents => 50, reason => 'rain') \gset
SELECT pg_temp.take();
SELECT pg_temp.configure('live');
UPDATE admit.effect SET due_at = now() - interval '1 second' WHERE tenant_id = 322 AND state = 'taken';
SELECT pg_temp.take();
:effects
SELECT * FROM admit.verify(322) WHERE violations <> 0;

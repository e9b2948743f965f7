-- Reconciliation: the provider's list, page by page; what was missed is booked once, what differs is told.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(285, 'Reconciled') \gset
SELECT venue_id FROM admit.venue_create(285, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(285, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(285, event_id => :'night', name => 'Stalls', price_cents => 2500, total => 50) \gset
SELECT session_token AS ann, wallet_id AS anns FROM admit.wallet_open(285, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(285, event_id => :'night', venue_id => :'venue_id') \gset
-- The worker of the shim: what is due for this tenant, and the answer to the last one that was taken.
CREATE TEMP TABLE taken (place serial, effect_id uuid, attempt integer, kind text, method text, path text, body text);
CREATE FUNCTION pg_temp.take() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    count bigint;
BEGIN
    INSERT INTO taken (effect_id, attempt, kind, method, path, body)
    SELECT j.effect_id, j.attempt, j.kind, j.method, j.path, j.body
    FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100) AS j WHERE j.tenant_id = 285;
    GET DIAGNOSTICS count = ROW_COUNT;
    RETURN count;
END
$$;
CREATE FUNCTION pg_temp.answer(status integer, body jsonb) RETURNS text LANGUAGE sql AS $$
SELECT admit.effect_report(285, t.effect_id, t.attempt, $1, '{}', convert_to($2::text, 'UTF8')) FROM taken AS t ORDER BY t.place DESC LIMIT 1
$$;
-- A PaymentIntent as the provider lists it.
CREATE FUNCTION pg_temp.listed(id text, status text, amount bigint, payment_id uuid DEFAULT NULL, refunded bigint DEFAULT 0,
    disputed boolean DEFAULT false, currency text DEFAULT 'usd', tenant text DEFAULT '285') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('id', id, 'object', 'payment_intent', 'status', status, 'amount', amount, 'livemode', false,
    'amount_received', CASE status WHEN 'succeeded' THEN amount ELSE 0 END, 'currency', currency, 'client_secret', id || '_secret_x',
    'metadata', jsonb_strip_nulls(jsonb_build_object('admit_payment_id', payment_id, 'admit_tenant_id', tenant)),
    'latest_charge', CASE status WHEN 'succeeded' THEN jsonb_build_object('id', 'ch_' || id, 'object', 'charge',
        'amount_refunded', refunded, 'disputed', disputed) END)
$$;
CREATE FUNCTION pg_temp.list(more boolean, VARIADIC data jsonb[]) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('object', 'list', 'data', to_jsonb(data), 'has_more', more)
$$;
-- A funding whose object is known, and one that has arrived.
CREATE FUNCTION pg_temp.announce(session_token text, amount bigint, object text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    payment uuid := (SELECT f.payment_id FROM admit.payment_fund(285, session_token, amount) AS f);
BEGIN
    PERFORM admit.payment_attach(285, payment_id => payment, provider_reference => object);
    RETURN payment;
END
$$;
CREATE FUNCTION pg_temp.arrive(session_token text, amount bigint, object text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    payment uuid := pg_temp.announce(session_token, amount, object);
BEGIN
    PERFORM pg_temp.deliver(285, pg_temp.event('evt_' || object, 'payment_intent.succeeded', pg_temp.payment_intent(object, amount, payment)));
    RETURN payment;
END
$$;
\set run 'SELECT state, reason, pages, compared, repaired, waiting, differences, ended_at IS NOT NULL AS ended FROM admit.reconciliation_get(285, :\'run_id\');'
\set findings 'SELECT f ->> \'kind\' AS kind, f ->> \'result\' AS result, f ->> \'provider_reference\' AS object, f ->> \'ours\' AS ours, f ->> \'theirs\' AS theirs, f ->> \'detail\' AS detail FROM admit.reconciliation_findings(285, :\'run_id\') AS p, jsonb_array_elements(p.items) AS f ORDER BY 3, 1;'
-- Who cannot: no provider, one without a key, one without a list, and times that make no sense.
SELECT admit.reconciliation_start(285, created_from => now() - interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT has_api_key FROM admit.provider_configure(285, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT admit.reconciliation_start(285, created_from => now() - interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.reconciliation_start(285, provider => 'midtrans', created_from => now() - interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.reconciliation_start(285, created_from => now() - interval '32 days');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.reconciliation_start(285, created_from => now() - interval '1 day', created_until => now() + interval '1 hour');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.reconciliation_start(285, created_from => now() - interval '1 day', created_until => now() - interval '2 days');
\echo :LAST_ERROR_SQLSTATE
-- What there is here: pending, arrived, refunded, and an order that waits for its money.
SELECT pg_temp.announce(:'ann', 1000, 'pi_a_missed') AS a, pg_temp.arrive(:'ann', 1100, 'pi_b_equal') AS b, pg_temp.announce(:'ann', 1200, 'pi_c_amount') AS c,
    pg_temp.announce(:'ann', 1300, 'pi_d_currency') AS d, pg_temp.arrive(:'ann', 1400, 'pi_e_cancelled') AS e, pg_temp.announce(:'ann', 1500, 'pi_f_expired') AS f,
    pg_temp.arrive(:'ann', 1600, 'pi_g_refunded') AS g, pg_temp.arrive(:'ann', 1700, 'pi_h_not_refunded') AS h, pg_temp.arrive(:'ann', 1900, 'pi_j_missing') AS j,
    pg_temp.arrive(:'ann', 2000, 'pi_o_disputed') AS o, pg_temp.arrive(:'ann', 2100, 'pi_p_open') AS p, pg_temp.arrive(:'ann', 2200, 'pi_q_pending') AS q \gset
SELECT order_id AS buy, payment_id AS i FROM admit.order_create(285, order_id => admit.uuid7(), session_token => :'bob', pay_with => 'stripe',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 2))) \gset
SELECT refund_id AS back FROM admit.payment_refund(285, payment_id => :'h', amount_cents => 300, reason => 'asked') \gset
SELECT pg_temp.deliver(285, pg_temp.event('evt_back', 'refund.updated', jsonb_build_object('id', 're_h', 'amount', 300, 'currency', 'usd', 'status', 'succeeded',
    'payment_intent', 'pi_h_not_refunded', 'metadata', jsonb_build_object('admit_refund_id', :'back'))));
-- Asked for, not yet carried out: the provider need not know it.
SELECT r.refund_id IS NOT NULL AS asked FROM admit.payment_refund(285, payment_id => :'q', amount_cents => 200, reason => 'asked') AS r;
-- An hour passes: what is younger than the run may be missing in its list.
UPDATE admit.payment SET created_at = created_at - interval '2 hours', succeeded_at = succeeded_at - interval '1 hour' WHERE tenant_id = 285;
SELECT has_api_key FROM admit.provider_configure(285, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress');
SELECT balance_cents AS before FROM admit.wallet_get(285, :'ann') \gset
-- The run: one at a time, and its first page is asked for.
SELECT reconciliation_id AS run_id, provider, state, pages, compared, created_until - created_from AS length FROM admit.reconciliation_start(285, created_from => date_trunc('second', now()) - interval '1 day', idempotency_key => 'first') \gset
SELECT :'provider' AS provider, :'state' AS state, :'pages' AS pages, :'compared' AS compared, :'length' AS length;
SELECT reconciliation_id = :'run_id' AS same FROM admit.reconciliation_start(285, created_from => date_trunc('second', now()) - interval '1 day', idempotency_key => 'first');
SELECT admit.reconciliation_start(285, created_from => now() - interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.take();
SELECT kind, method, body, regexp_replace(replace(replace(path, '%5B', '['), '%5D', ']'), '=\d{9,}', '=TIME', 'g') AS path FROM taken;
-- A failure and half an answer: the same is asked again.
SELECT pg_temp.answer(500, '{"error": {"type": "api_error"}}');
UPDATE admit.effect SET due_at = now() WHERE tenant_id = 285 AND state = 'due';
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"object": "list", "data": [{"id": "pi_1"}], "has_more": false}');
:run
UPDATE admit.effect SET due_at = now() WHERE tenant_id = 285 AND state = 'due';
SELECT pg_temp.take();
SELECT count(DISTINCT (effect_id, path)) AS one_question, count(*) AS tries FROM taken;
-- The first page, told twice.
SELECT pg_temp.list(true, pg_temp.listed('pi_a_missed', 'succeeded', 1000, :'a'), pg_temp.listed('pi_b_equal', 'succeeded', 1100, :'b'),
    pg_temp.listed('pi_c_amount', 'succeeded', 1150, :'c'), pg_temp.listed('pi_d_currency', 'succeeded', 1300, :'d', currency => 'eur'),
    pg_temp.listed('pi_e_cancelled', 'canceled', 1400, :'e'), pg_temp.listed('pi_f_expired', 'canceled', 1500, :'f')) AS first_page \gset
SELECT pg_temp.answer(200, :'first_page');
SELECT pg_temp.answer(200, :'first_page') AS told_twice;
:run
SELECT pg_temp.take();
SELECT substring(path FROM '&starting_after=.*') AS after FROM taken ORDER BY place DESC LIMIT 1;
-- The second: the last one. Objects of other tenants and of nobody are none of ours.
SELECT pg_temp.list(false, pg_temp.listed('pi_g_refunded', 'succeeded', 1600, :'g', refunded => 500), pg_temp.listed('pi_h_not_refunded', 'succeeded', 1700, NULL),
    pg_temp.listed('pi_i_order', 'succeeded', 5000, :'i'), pg_temp.listed('pi_o_disputed', 'succeeded', 2000, :'o', disputed => true),
    pg_temp.listed('pi_p_open', 'processing', 2100, :'p'), pg_temp.listed('pi_q_pending', 'succeeded', 2200, :'q'),
    pg_temp.listed('pi_n_second', 'succeeded', 1100, :'b'), pg_temp.listed('pi_n_tried', 'requires_payment_method', 1100, :'b'),
    pg_temp.listed('pi_k_unknown', 'succeeded', 700, '00000000-0000-7000-8000-00000000000a'),
    pg_temp.listed('pi_x_others', 'succeeded', 700, '00000000-0000-7000-8000-00000000000b', tenant => '286'), pg_temp.listed('pi_x_nobodys', 'succeeded', 700, tenant => NULL)) AS second_page \gset
SELECT pg_temp.answer(200, :'second_page');
:run
SELECT pg_temp.take() AS after_the_end;
:findings
-- What was missed is booked by the next tick, as if it had come; the real webhook is a duplicate then.
SELECT applied_webhooks FROM admit.tick(285);
:run
SELECT f ->> 'kind' AS kind, f ->> 'result' AS result, f ->> 'detail' AS detail FROM admit.reconciliation_findings(285, :'run_id', result => 'repaired') AS p, jsonb_array_elements(p.items) AS f ORDER BY 1, 2;
SELECT provider_reference, state, refunded_cents FROM admit.payment WHERE tenant_id = 285 AND payment_id IN (:'a', :'f', :'g', :'i') ORDER BY 1;
SELECT balance_cents - :before AS change FROM admit.wallet_get(285, :'ann');
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(285, order_id => :'buy');
SELECT pg_temp.deliver(285, pg_temp.event('evt_late', 'payment_intent.succeeded', pg_temp.payment_intent('pi_a_missed', 1000, :'a')));
SELECT balance_cents - :before AS change FROM admit.wallet_get(285, :'ann');
SELECT event_reference, event_type, state, body::text LIKE '%secret%' AS secret FROM admit.webhook_delivery WHERE tenant_id = 285 AND starts_with(event_reference, 'reconciliation:') ORDER BY 1;
SELECT i ->> 'kind' AS kind, i ->> 'event_id' = :'night' AS its_event, regexp_replace(i ->> 'message', '[0-9a-f]{8}-[0-9a-f-]{27}', '…', 'g') AS message
FROM admit.alert_list(285) AS l, jsonb_array_elements(l.items) AS i ORDER BY 3;
-- A second run repairs nothing more; its differences are the same, and raise no alert again.
SELECT reconciliation_id AS run_id FROM admit.reconciliation_start(285, created_from => now() - interval '1 day') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(200, :'first_page');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, :'second_page');
SELECT applied_webhooks FROM admit.tick(285);
:run
SELECT jsonb_array_length(items) AS alerts FROM admit.alert_list(285);
-- Pages of runs and of findings.
SELECT f ->> 'kind' AS newest, next_cursor AS cursor FROM admit.reconciliation_findings(285, :'run_id', "limit" => 1) AS p, jsonb_array_elements(p.items) AS f \gset
SELECT :'newest' AS newest, f ->> 'kind' AS next FROM admit.reconciliation_findings(285, :'run_id', "limit" => 1, cursor => :'cursor') AS p, jsonb_array_elements(p.items) AS f;
SELECT jsonb_array_length(items) AS runs, next_cursor FROM admit.reconciliation_list(285, state => 'done');
SELECT items -> 0 ->> 'reconciliation_id' = :'run_id' AS newest, next_cursor IS NOT NULL AS more FROM admit.reconciliation_list(285, "limit" => 1);
-- A list that the provider refuses ends the run; a late answer changes nothing, and another can begin.
SELECT reconciliation_id AS run_id FROM admit.reconciliation_start(285, created_from => now() - interval '1 day') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error": {"type": "invalid_request_error", "code": "parameter_unknown", "message": "No."}}');
:run
SELECT pg_temp.answer(200, :'first_page') AS too_late;
:run
-- One that nobody goes on with is given up; what comes then is too late.
SELECT reconciliation_id AS run_id FROM admit.reconciliation_start(285, created_from => now() - interval '1 day') \gset
SELECT pg_temp.take();
UPDATE admit.reconciliation SET updated_at = now() - interval '26 hours' WHERE tenant_id = 285 AND reconciliation_id = :'run_id';
SELECT pg_sleep(10.1);
SELECT count(*) AS ticked FROM admit.tick(285);
:run
SELECT pg_temp.answer(200, :'first_page') AS too_late;
-- By itself: once a UTC day, from the day after the provider was configured, three days back.
SELECT count(*) AS daily FROM admit.reconciliation WHERE tenant_id = 285 AND day IS NOT NULL;
-- Its hour is to come, or it is switched off: nothing begins. Midnight UTC must not come in between.
SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::integer AS hour \gset
CREATE FUNCTION pg_temp.daily(daily boolean, hour integer, key text DEFAULT 'sk_test_regress') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.provider_configure(285, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]',
        api_key => key, daily_reconciliation => daily, reconciliation_hour => hour);
    RETURN (SELECT coalesce(p.reconciliation_hour::text, 'off') FROM admit.provider_get(285, provider => 'stripe') AS p);
END
$$;
CREATE FUNCTION pg_temp.days() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    UPDATE admit.provider SET updated_at = now() - interval '1 day' WHERE tenant_id = 285;
    PERFORM pg_sleep(10.1);
    PERFORM admit.tick(285);
    RETURN (SELECT count(*) FROM admit.reconciliation WHERE tenant_id = 285 AND day IS NOT NULL);
END
$$;
SELECT pg_temp.daily(true, 24);
SELECT pg_temp.daily(false, 3);
SELECT pg_temp.daily(NULL, 3, NULL);
SELECT pg_temp.daily(false, NULL);
SELECT pg_temp.days() AS switched_off;
SELECT pg_temp.daily(NULL, least(:hour + 1, 23)) = least(:hour + 1, 23)::text AS configured;
SELECT pg_temp.days() = (:hour = 23)::integer AS not_before_its_hour;
SELECT pg_temp.daily(true, :hour) = :hour::text AS configured;
SELECT pg_temp.days() AS in_its_hour;
SELECT reconciliation_id AS run_id, day = (now() AT TIME ZONE 'UTC')::date AS today, created_until - created_from AS length FROM admit.reconciliation WHERE tenant_id = 285 AND day IS NOT NULL \gset
SELECT :'today' AS today, :'length' AS length;
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"object": "list", "data": [], "has_more": false}');
:run
SELECT f ->> 'kind' AS kind, count(*) FROM admit.reconciliation_findings(285, :'run_id') AS p, jsonb_array_elements(p.items) AS f GROUP BY 1;
SELECT pg_sleep(10.1);
SELECT count(*) AS ticked FROM admit.tick(285);
SELECT count(*) AS daily FROM admit.reconciliation WHERE tenant_id = 285 AND day IS NOT NULL;
-- Nobody else's: another tenant, and a key for one venue.
SELECT admit.tenant_create(286, 'Others') IS NOT NULL AS created;
SELECT admit.reconciliation_get(286, :'run_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.reconciliation_findings(286, :'run_id');
\echo :LAST_ERROR_SQLSTATE
SELECT api_key AS narrow FROM admit.api_key_create(285, name => 'V', role => 'owner', venue_id => :'venue_id') \gset
SELECT admit.dispatch(285, 'reconciliation.list', :'narrow', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS started, count(*) FILTER (WHERE body::text LIKE '%sk_test%') AS leaked FROM admit.journal WHERE tenant_id = 285 AND action = 'reconciliation.started';
SELECT pg_temp.seal(285) AS sealed;
SELECT invariant, violations FROM admit.verify(285) WHERE violations <> 0;
-- The check can fail.
BEGIN;
UPDATE admit.reconciliation SET pages = pages + 1 WHERE tenant_id = 285 AND reconciliation_id = :'run_id';
SELECT invariant, violations FROM admit.verify(285) WHERE violations <> 0;
ROLLBACK;

-- Xendit: pages by payment sessions, notices that are believed only when Xendit was asked, refunds by their id.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(264, 'Xendit') \gset
SELECT venue_id FROM admit.venue_create(264, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(264, venue_id => :'venue_id', name => 'Malam', currency => 'IDR', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(264, event_id => :'night', name => 'Festival', price_cents => 15000000, total => 50) \gset
SELECT session_token AS ann FROM admit.wallet_open(264, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(264, event_id => :'night', venue_id => :'venue_id') \gset
CREATE TEMP TABLE taken (place serial, effect_id uuid, attempt integer, kind text, host text, method text, path text, headers jsonb, body text);
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
CREATE FUNCTION pg_temp.take() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    count bigint;
BEGIN
    UPDATE admit.effect SET due_at = now() - interval '1 second' WHERE tenant_id = 264 AND state IN ('due', 'taken');
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    INSERT INTO taken (effect_id, attempt, kind, host, method, path, headers, body)
    SELECT j.effect_id, j.attempt, j.kind, j.host, j.method, j.path, j.headers, j.body FROM just AS j WHERE j.tenant_id = 264;
    GET DIAGNOSTICS count = ROW_COUNT;
    DROP TABLE just;
    RETURN count;
END
$$;
CREATE FUNCTION pg_temp.answer(status integer, body jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    last taken := (SELECT t FROM taken AS t ORDER BY place DESC LIMIT 1);
    state text;
BEGIN
    SET LOCAL ROLE admit_shim;
    state := admit.effect_report(264, last.effect_id, last.attempt, status, '{}', convert_to(body::text, 'UTF8'));
    RESET ROLE;
    RETURN state;
END
$$;
-- A payment session as Xendit answers it.
CREATE FUNCTION pg_temp.page(payment_id uuid, status text, amount text DEFAULT '150000') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('payment_session_id', 'ps-' || right(payment_id::text, 12), 'reference_id', payment_id, 'session_type', 'PAY', 'status', status,
    'amount', amount::numeric, 'currency', 'IDR', 'payment_link_url', 'https://x.example/' || right(payment_id::text, 12),
    'payment_request_id', CASE WHEN status = 'COMPLETED' THEN 'pr-' || right(payment_id::text, 12) END)
$$;
CREATE FUNCTION pg_temp.refund_of(refund_id uuid, payment_id uuid, status text, amount text DEFAULT '150000') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('id', 'rfd-' || right(refund_id::text, 12), 'status', status, 'reference_id', refund_id, 'currency', 'IDR', 'amount', amount::numeric,
    'payment_request_id', 'pr-' || right(payment_id::text, 12))
$$;
-- A webhook with its token, which says nothing of the content.
CREATE FUNCTION pg_temp.notify(event text, data jsonb, token text DEFAULT 'token-of-the-regress-tests') RETURNS text LANGUAGE sql AS $$
SELECT state FROM admit.webhook(264, 'xendit', convert_to(jsonb_build_object('event', event, 'business_id', 'b', 'data', data)::text, 'UTF8'),
    jsonb_build_object('X-Callback-Token', token))
$$;
\set last 'SELECT kind, host, method, replace(path, right(:''pay'', 12), ''PAY'') AS path FROM taken ORDER BY place DESC LIMIT 1;'
\set delivery 'SELECT state, detail FROM admit.webhook_delivery WHERE tenant_id = 264 ORDER BY received_at DESC, delivery_id DESC LIMIT 1;'
-- What it is configured with.
SELECT admit.provider_configure(264, live => false, provider => 'xendit', webhook_secrets => '["token-of-the-regress-tests"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(264, live => true, provider => 'xendit', webhook_secrets => '["token-of-the-regress-tests"]', api_key => 'xnd_development_regress');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(264, live => false, provider => 'xendit', webhook_secrets => '["short"]', api_key => 'xnd_development_regress');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(264, live => false, provider => 'xendit', webhook_secrets => '["token-of-the-regress-tests"]', api_key => 'xnd_development_regress', connected_account => 'acct_x');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.notify('payment_session.expired', pg_temp.page(admit.uuid7(), 'EXPIRED'));
\echo :LAST_ERROR_SQLSTATE
SELECT live, has_api_key FROM admit.provider_configure(264, live => false, provider => 'xendit', webhook_secrets => '["token-of-the-regress-tests"]', api_key => 'xnd_development_regress');
-- A funding by its page.
SELECT admit.payment_fund(264, :'ann', amount_cents => 15000050, provider => 'xendit');
\echo :LAST_ERROR_SQLSTATE
SELECT payment_id AS pay FROM admit.payment_fund(264, :'ann', amount_cents => 15000000, provider => 'xendit') \gset
SELECT pg_temp.take();
:last
SELECT replace((body::jsonb - 'expires_at')::text, :'pay', 'PAY') AS body, (body::jsonb ->> 'expires_at')::timestamptz > now() AS open FROM taken WHERE place = (SELECT max(place) FROM taken);
SELECT replace(headers::text, :'pay', 'PAY') AS headers FROM taken ORDER BY place DESC LIMIT 1;
-- A notice that comes before the page's answer waits: it is not known yet what to ask for.
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED'));
SELECT pg_temp.answer(201, pg_temp.page(:'pay', 'ACTIVE'));
SELECT state, client_secret, replace(redirect_url, right(:'pay', 12), 'PAY') AS redirect_url, provider_reference FROM admit.payment_get(264, payment_id => :'pay');
-- It moves nothing until Xendit was asked; an answer that is slower than the notice is asked for again.
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED'), 'token-of-somebody-else');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED'), '');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) >= 1 AS ticked FROM admit.tick(264);
:delivery
SELECT balance_cents FROM admit.wallet_get(264, :'ann');
SELECT pg_temp.take();
:last
SELECT headers FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'ACTIVE'));
SELECT balance_cents FROM admit.wallet_get(264, :'ann');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'COMPLETED'));
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'COMPLETED')) AS told_twice;
:delivery
SELECT state, provider_reference = 'pr-' || right(:'pay', 12) AS attached FROM admit.payment_get(264, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(264, :'ann');
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED')) AS once_more;
-- The payment's own notice is asked for, too, and says what is known.
SELECT pg_temp.notify('payment.capture', jsonb_build_object('status', 'SUCCEEDED', 'payment_id', 'py-1', 'payment_request_id', 'pr-' || right(:'pay', 12), 'reference_id', 'another',
    'request_amount', 150000, 'currency', 'IDR'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'COMPLETED'));
:delivery
-- Who knows the token forges any notice: the answer is what counts. An attempt that failed leaves the page open.
SELECT payment_id AS pay FROM admit.payment_fund(264, :'bob', amount_cents => 15000000, provider => 'xendit') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(201, pg_temp.page(:'pay', 'ACTIVE'));
SELECT pg_temp.notify('payment.failure', jsonb_build_object('status', 'FAILED', 'payment_id', 'py-2', 'payment_request_id', 'pr-2', 'reference_id', :'pay'::uuid,
    'request_amount', 150000, 'currency', 'IDR'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'ACTIVE'));
:delivery
SELECT state FROM admit.payment_get(264, payment_id => :'pay');
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'EXPIRED'));
:delivery
SELECT state FROM admit.payment_get(264, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(264, :'bob');
-- What Xendit does not know is refused; what nobody announced waits, and nothing is asked.
SELECT payment_id AS pay FROM admit.payment_fund(264, :'bob', amount_cents => 15000000, provider => 'xendit') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(201, pg_temp.page(:'pay', 'ACTIVE'));
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED'));
SELECT pg_temp.take();
SELECT pg_temp.answer(404, '{"error_code": "DATA_NOT_FOUND", "message": "Could not find it."}');
:delivery
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(admit.uuid7(), 'COMPLETED'));
:delivery
SELECT count(*) >= 1 AS ticked FROM admit.tick(264);
SELECT pg_temp.take() AS nothing;
-- A page that Xendit refuses cannot be paid.
SELECT payment_id AS pay FROM admit.payment_fund(264, :'bob', amount_cents => 15000000, provider => 'xendit') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error_code": "API_VALIDATION_ERROR", "message": "No."}');
SELECT state FROM admit.payment_get(264, payment_id => :'pay');
-- Another amount than was announced is refused, whoever says so.
SELECT payment_id AS pay FROM admit.payment_fund(264, :'bob', amount_cents => 15000000, provider => 'xendit') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(201, pg_temp.page(:'pay', 'ACTIVE'));
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED', '1'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'COMPLETED', '1'));
:delivery
-- An order with its page, and the refund of a ticket, which takes its time; its notice is asked for by its id.
SELECT order_id AS buy, payment_id AS pay FROM admit.order_create(264, order_id => admit.uuid7(), session_token => :'bob', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 2)),
    pay_with => 'xendit', checkout => 'hosted', success_url => 'https://shop.example/done') \gset
SELECT pg_temp.take();
SELECT body::jsonb ->> 'amount' AS amount, body::jsonb ->> 'success_return_url' AS success FROM taken WHERE place = (SELECT max(place) FROM taken);
SELECT pg_temp.answer(201, pg_temp.page(:'pay', 'ACTIVE', '300000'));
SELECT pg_temp.notify('payment_session.completed', pg_temp.page(:'pay', 'COMPLETED', '300000'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.page(:'pay', 'COMPLETED', '300000'));
SELECT state, paid_with, jsonb_array_length(tickets) AS tickets FROM admit.order_get(264, order_id => :'buy');
SELECT refund_id FROM admit.order_refund(264, order_id => :'buy', reason => 'ill', ticket_ids => (
    SELECT jsonb_build_array(tickets -> 0 -> 'ticket_id') FROM admit.order_get(264, order_id => :'buy'))) \gset
SELECT pg_temp.take();
:last
SELECT replace(replace(replace(body, :'refund_id', 'REFUND'), :'pay', 'PAYMENT'), right(:'pay', 12), 'PAY') AS body, replace(headers ->> 2, :'refund_id', 'REFUND') AS key FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(503, '{"error_code": "SERVER_ERROR", "message": "Sorry."}');
SELECT pg_temp.take();
SELECT replace(headers ->> 2, :'refund_id', 'REFUND') AS same_key FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.refund_of(:'refund_id', :'pay', 'PENDING'));
SELECT provider_reference = 'rfd-' || right(:'refund_id', 12) AS by_its_id, state FROM admit.refund WHERE tenant_id = 264 AND refund_id = :'refund_id';
SELECT pg_temp.notify('refund.succeeded', pg_temp.refund_of(:'refund_id', :'pay', 'SUCCEEDED') || '{"id": "../sessions/ps-1"}') AS asks_for_nothing;
SELECT pg_temp.take() AS nothing;
SELECT pg_temp.notify('refund.succeeded', pg_temp.refund_of(:'refund_id', :'pay', 'SUCCEEDED'));
SELECT pg_temp.take();
SELECT kind, method, replace(path, right(:'refund_id', 12), 'REFUND') AS path FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.refund_of(:'refund_id', :'pay', 'PENDING'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.refund_of(:'refund_id', :'pay', 'SUCCEEDED'));
:delivery
SELECT state FROM admit.refund WHERE tenant_id = 264 AND refund_id = :'refund_id';
SELECT refunded_cents FROM admit.payment_get(264, payment_id => :'pay');
-- A notice of a refund that Xendit has otherwise.
SELECT pg_temp.notify('refund.succeeded', pg_temp.refund_of(:'refund_id', :'pay', 'SUCCEEDED', '300000') || '{"id": "rfd-other"}');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.refund_of(:'refund_id', :'pay', 'SUCCEEDED'));
:delivery
-- A refusal is believed once the refund was looked for and is not there: an answer may have been lost before.
SELECT refund_id AS other FROM admit.order_refund(264, order_id => :'buy', reason => 'ill') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error_code": "MAXIMUM_REFUND_AMOUNT_REACHED", "message": "No."}');
SELECT pg_temp.take();
:last
SELECT pg_temp.answer(200, jsonb_build_object('data', jsonb_build_array(pg_temp.refund_of(:'refund_id', :'pay', 'SUCCEEDED')), 'has_more', false));
SELECT state FROM admit.refund WHERE tenant_id = 264 AND refund_id = :'other';
SELECT refunded_cents FROM admit.payment_get(264, payment_id => :'pay');
-- One that was carried out before is found, and fails later.
SELECT refund_id AS last_one FROM admit.refund_retry(264, refund_id => :'other', reason => 'again') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error_code": "MAXIMUM_REFUND_AMOUNT_REACHED", "message": "No."}');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, jsonb_build_object('data', jsonb_build_array(pg_temp.refund_of(:'last_one', :'pay', 'PENDING'))));
SELECT state FROM admit.refund WHERE tenant_id = 264 AND refund_id = :'last_one';
SELECT pg_temp.notify('refund.failed', pg_temp.refund_of(:'last_one', :'pay', 'FAILED'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.refund_of(:'last_one', :'pay', 'FAILED'));
:delivery
SELECT state FROM admit.refund WHERE tenant_id = 264 AND refund_id = :'last_one';
-- Francs are not Xendit's.
SELECT event_id AS francs FROM admit.event_create(264, venue_id => :'venue_id', name => 'Francs', currency => 'CHF', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT session_token AS eve FROM admit.wallet_open(264, event_id => :'francs', venue_id => :'venue_id') \gset
SELECT admit.payment_fund(264, :'eve', amount_cents => 1000, provider => 'xendit');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seal(264) AS sealed;
SELECT invariant, violations FROM admit.verify(264) WHERE violations <> 0;

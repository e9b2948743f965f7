-- Midtrans: pages, notices that are believed only when Midtrans was asked, refunds by their key.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(263, 'Midtrans') \gset
SELECT venue_id FROM admit.venue_create(263, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(263, venue_id => :'venue_id', name => 'Malam', currency => 'IDR', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(263, event_id => :'night', name => 'Festival', price_cents => 15000000, total => 50) \gset
SELECT session_token AS ann FROM admit.wallet_open(263, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(263, event_id => :'night', venue_id => :'venue_id') \gset
CREATE TEMP TABLE taken (place serial, effect_id uuid, attempt integer, kind text, host text, method text, path text, headers jsonb, body text);
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
CREATE FUNCTION pg_temp.take() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    count bigint;
BEGIN
    UPDATE admit.effect SET due_at = now() - interval '1 second' WHERE tenant_id = 263 AND state IN ('due', 'taken');
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    INSERT INTO taken (effect_id, attempt, kind, host, method, path, headers, body)
    SELECT j.effect_id, j.attempt, j.kind, j.host, j.method, j.path, j.headers, j.body FROM just AS j WHERE j.tenant_id = 263;
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
    state := admit.effect_report(263, last.effect_id, last.attempt, status, '{}', convert_to(body::text, 'UTF8'));
    RESET ROLE;
    RETURN state;
END
$$;
CREATE FUNCTION pg_temp.transaction(payment_id uuid, status text, code text DEFAULT '200', amount text DEFAULT '150000.00') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('transaction_status', status, 'status_code', code, 'order_id', payment_id, 'transaction_id', 't-' || right(payment_id::text, 12),
    'gross_amount', amount, 'currency', 'IDR', 'fraud_status', 'accept')
$$;
-- A notification with its signature, which does not cover the status.
CREATE FUNCTION pg_temp.notify(body jsonb, server_key text DEFAULT 'SB-Mid-server-regress') RETURNS text LANGUAGE sql AS $$
SELECT state FROM admit.webhook(263, 'midtrans', convert_to((body || jsonb_build_object('signature_key',
    encode(sha512(convert_to((body ->> 'order_id') || (body ->> 'status_code') || (body ->> 'gross_amount') || server_key, 'UTF8')), 'hex')))::text, 'UTF8'), '{}')
$$;
\set last 'SELECT kind, host, method, replace(path, :''pay'', ''PAY'') AS path, replace(body, :''pay'', ''PAY'') AS body FROM taken ORDER BY place DESC LIMIT 1;'
\set delivery 'SELECT state, detail FROM admit.webhook_delivery WHERE tenant_id = 263 ORDER BY received_at DESC, delivery_id DESC LIMIT 1;'
-- What it is configured with.
SELECT admit.provider_configure(263, live => false, provider => 'midtrans', webhook_secrets => '["SB-Mid-server-regress"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(263, live => true, provider => 'midtrans', webhook_secrets => '["Mid-server-regress"]', api_key => 'SB-Mid-server-regress');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(263, live => false, provider => 'midtrans', webhook_secrets => '["whsec_regress_regress"]', api_key => 'SB-Mid-server-regress');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(263, live => false, provider => 'midtrans', webhook_secrets => '["SB-Mid-server-regress"]', api_key => 'SB-Mid-server-regress', connected_account => 'acct_x');
\echo :LAST_ERROR_SQLSTATE
SELECT live, has_api_key FROM admit.provider_configure(263, live => false, provider => 'midtrans', webhook_secrets => '["SB-Mid-server-regress"]', api_key => 'SB-Mid-server-regress');
-- A funding by its page.
SELECT admit.payment_fund(263, :'ann', amount_cents => 15000050, provider => 'midtrans');
\echo :LAST_ERROR_SQLSTATE
SELECT payment_id AS pay FROM admit.payment_fund(263, :'ann', amount_cents => 15000000, provider => 'midtrans') \gset
SELECT pg_temp.take();
:last
SELECT headers FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(201, '{"token": "tok-1", "redirect_url": "https://app.sandbox.midtrans.com/snap/v4/redirection/tok-1"}');
SELECT state, client_secret, redirect_url, provider_reference FROM admit.payment_get(263, payment_id => :'pay');
-- Its notice moves nothing until Midtrans was asked; an answer that is slower than the notice is asked for again.
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement'), 'SB-Mid-server-other');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement'));
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement')) AS again;
:delivery
SELECT balance_cents FROM admit.wallet_get(263, :'ann');
SELECT pg_temp.take();
:last
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'pending', '201'));
SELECT balance_cents FROM admit.wallet_get(263, :'ann');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'settlement'));
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'settlement')) AS told_twice;
:delivery
SELECT state, provider_reference LIKE 't-%' AS attached FROM admit.payment_get(263, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(263, :'ann');
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement')) AS once_more;
-- Who knows the signature of a notice forges its status: the answer is what counts.
SELECT payment_id AS pay FROM admit.payment_fund(263, :'bob', amount_cents => 15000000, provider => 'midtrans') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(201, '{"token": "tok-2", "redirect_url": "https://x.example/tok-2"}');
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement', '407'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'expire', '407'));
:delivery
SELECT state FROM admit.payment_get(263, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(263, :'bob');
-- What Midtrans does not know is refused; what nobody announced waits, and nothing is asked.
SELECT payment_id AS pay FROM admit.payment_fund(263, :'bob', amount_cents => 15000000, provider => 'midtrans') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, '{"error_messages": ["transaction_details.order_id has already been taken"]}');
SELECT state FROM admit.payment_get(263, payment_id => :'pay');
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"status_code": "404", "status_message": "Transaction doesn''t exist."}');
:delivery
-- A notice that was refused and comes again is asked about again.
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement')) AS sent_again;
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'settlement'));
:delivery
SELECT state FROM admit.payment_get(263, payment_id => :'pay');
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement')) AS and_again;
SELECT pg_temp.take() AS nothing;
SELECT pg_temp.notify(pg_temp.transaction(admit.uuid7(), 'settlement'));
:delivery
SELECT count(*) >= 1 AS ticked FROM admit.tick(263);
SELECT pg_temp.take() AS nothing;
-- Another amount than was announced is refused, whoever says so.
SELECT payment_id AS pay FROM admit.payment_fund(263, :'bob', amount_cents => 15000000, provider => 'midtrans') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(201, '{"token": "tok-3", "redirect_url": "https://x.example/tok-3"}');
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement', '200', '1.00'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'settlement', '200', '1.00'));
:delivery
-- An order with its page, and the refund of a ticket by its key, which is looked for when it was used.
SELECT order_id AS buy, payment_id AS pay FROM admit.order_create(263, order_id => admit.uuid7(), session_token => :'bob', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 2)),
    pay_with => 'midtrans', checkout => 'hosted', success_url => 'https://shop.example/done') \gset
SELECT pg_temp.take();
SELECT body::jsonb - 'transaction_details' - 'expiry' AS body, body::jsonb -> 'transaction_details' ->> 'gross_amount' AS gross, (body::jsonb -> 'expiry' ->> 'duration')::integer BETWEEN 1 AND 60 AS open FROM taken WHERE place = (SELECT max(place) FROM taken);
SELECT pg_temp.answer(201, '{"token": "tok-4", "redirect_url": "https://x.example/tok-4"}');
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'settlement', '200', '300000.00'));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'settlement', '200', '300000.00'));
SELECT state, paid_with, jsonb_array_length(tickets) AS tickets FROM admit.order_get(263, order_id => :'buy');
SELECT refund_id FROM admit.order_refund(263, order_id => :'buy', reason => 'ill', ticket_ids => (
    SELECT jsonb_build_array(tickets -> 0 -> 'ticket_id') FROM admit.order_get(263, order_id => :'buy'))) \gset
SELECT pg_temp.take();
SELECT method, replace(path, :'pay', 'PAY') AS path, replace(body, :'refund_id', 'REFUND') AS body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, '{"status_code": "500", "status_message": "Sorry."}');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"status_code": "406", "status_message": "The refund key was used."}');
SELECT pg_temp.take();
SELECT method, replace(path, :'pay', 'PAY') AS path FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'partial_refund', '200', '300000.00')
    || jsonb_build_object('refunds', jsonb_build_array(jsonb_build_object('refund_key', :'refund_id', 'refund_amount', '150000.00'))));
SELECT provider_reference = :'refund_id' AS by_its_key, state FROM admit.refund WHERE tenant_id = 263 AND refund_id = :'refund_id';
-- Its notice is asked for, too, and says what is known.
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'partial_refund', '200', '300000.00'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.notify(pg_temp.transaction(:'pay', 'partial_refund', '200', '300000.00')
    || jsonb_build_object('refunds', jsonb_build_array(jsonb_build_object('refund_key', :'refund_id', 'refund_amount', '300000.00'))));
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'partial_refund', '200', '300000.00')
    || jsonb_build_object('refunds', jsonb_build_array(jsonb_build_object('refund_key', :'refund_id', 'refund_amount', '150000.00'))));
:delivery
SELECT refunded_cents FROM admit.payment_get(263, payment_id => :'pay');
-- A refusal is believed once the refund was looked for and is not there: an answer may have been lost before.
SELECT refund_id FROM admit.order_refund(263, order_id => :'buy', reason => 'ill') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(200, '{"status_code": "412", "status_message": "Transaction status cannot be updated."}');
SELECT pg_temp.take();
SELECT method, replace(path, :'pay', 'PAY') AS path FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.transaction(:'pay', 'settlement', '200', '300000.00'));
SELECT state FROM admit.refund WHERE tenant_id = 263 AND refund_id = :'refund_id';
-- Dollars are not Midtrans'.
SELECT event_id AS dollars FROM admit.event_create(263, venue_id => :'venue_id', name => 'Dollars', currency => 'USD', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT session_token AS eve FROM admit.wallet_open(263, event_id => :'dollars', venue_id => :'venue_id') \gset
SELECT admit.payment_fund(263, :'eve', amount_cents => 1000, provider => 'midtrans');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seal(263) AS sealed;
SELECT invariant, violations FROM admit.verify(263) WHERE violations <> 0;

-- A wallet's history: all of it in pages of any size, and the cursors and limits that are none.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(621, 'History') \gset
SELECT api_key AS other_key FROM admit.tenant_create(622, 'Other') \gset
SELECT venue_id FROM admit.venue_create(621, name => 'Hall', default_entry_fee_cents => 500) \gset
SELECT gate_id AS door FROM admit.gate_create(621, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(621, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id FROM admit.event_create(621, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') \gset
SELECT device_id FROM admit.device_register(621, name => 'D', gate_id => :'door', event_id => :'event_id') \gset
SELECT device_id AS till FROM admit.device_register(621, name => 'T', gate_id => :'bar', event_id => :'event_id') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(621, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS stranger FROM admit.wallet_open(621, event_id => :'event_id', venue_id => :'venue_id') \gset

-- A new wallet has one entry and no further page.
SELECT jsonb_array_length(items) AS entries, items -> 0 ->> 'action' AS action, items -> 0 -> 'amount_cents' AS amount_cents, next_cursor
FROM admit.wallet_history(621, session_token => :'session_token');

-- 100.00 come in by a signed webhook (HMAC-SHA256 as RFC 2104 defines it); then an entry, a denial and 60 sales.
CREATE FUNCTION pg_temp.hmac(secret text, message text) RETURNS text LANGUAGE sql AS $$
    SELECT encode(sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))), 'hex') FROM (
        SELECT decode(string_agg(lpad(to_hex(byte # 54), 2, '0'), '' ORDER BY i), 'hex') AS inner_pad,
               decode(string_agg(lpad(to_hex(byte # 92), 2, '0'), '' ORDER BY i), 'hex') AS outer_pad
        FROM (SELECT i, get_byte(decode(rpad(encode(convert_to(secret, 'UTF8'), 'hex'), 128, '0'), 'hex'), i) AS byte
              FROM generate_series(0, 63) AS i) AS bytes) AS pads
$$;
SELECT provider FROM admit.provider_configure(621, live => false, provider => 'stripe', webhook_secrets => '["whsec_history"]');
SELECT payment_id FROM admit.payment_fund(621, session_token => :'session_token', amount_cents => 10000) \gset
SELECT jsonb_build_object('id', 'evt_1', 'type', 'payment_intent.succeeded', 'livemode', false, 'data', jsonb_build_object('object',
    jsonb_build_object('id', 'pi_1', 'amount', 10000, 'amount_received', 10000, 'currency', 'usd',
                       'metadata', jsonb_build_object('admit_payment_id', :'payment_id'))))::text AS delivery,
    extract(epoch FROM now())::bigint AS seconds \gset
SELECT state FROM admit.webhook(621, 'stripe', convert_to(:'delivery', 'UTF8'),
    jsonb_build_object('stripe-signature', format('t=%s,v1=%s', :'seconds', pg_temp.hmac('whsec_history', :'seconds' || '.' || :'delivery'))));
SELECT outcome, charged_cents, balance_cents
FROM admit.scan(621, :'session_token', :'device_id', 'entry', admit.uuid7()) \gset
\echo :outcome :charged_cents :balance_cents
SELECT outcome, reason, receipt IS NULL AS no_receipt
FROM admit.scan(621, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 9501) \gset
\echo :outcome :reason :no_receipt
SELECT count(*) AS sales, sum(charged_cents) AS charged_cents FROM generate_series(1, 60) AS i,
    LATERAL admit.scan(621, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => i) AS sale
WHERE sale.outcome = 'admitted';
SELECT balance_cents FROM admit.wallet_get(621, session_token => :'session_token');

-- All pages of a size together: every entry once, newest first, and the amounts sum to the balance.
CREATE FUNCTION pg_temp.walk(token text, page_size bigint, OUT page integer, OUT place bigint, OUT entry jsonb)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    found admit.history_page;
BEGIN
    page := 0;
    LOOP
        found := admit.wallet_history(621, session_token => token, "limit" => page_size, cursor => found.next_cursor);
        page := page + 1;
        RETURN QUERY SELECT page, item.ordinality, item.value FROM jsonb_array_elements(found.items) WITH ORDINALITY AS item;
        EXIT WHEN found.next_cursor IS NULL;
    END LOOP;
END
$$;
SELECT sizes.size, max(page) AS pages, count(*) AS entries, count(DISTINCT entry ->> 'entry_id') AS different,
    sum((entry ->> 'amount_cents')::bigint) AS sum_cents,
    array_agg(entry ->> 'entry_id' ORDER BY page, place) = array_agg(entry ->> 'entry_id' ORDER BY entry ->> 'entry_id' DESC) AS newest_first
FROM (VALUES (1), (7), (16), (64), (65), (200)) AS sizes (size), LATERAL pg_temp.walk(:'session_token', sizes.size)
GROUP BY sizes.size ORDER BY sizes.size;
-- They are the journal's entries of the wallet, and no later page is older by its time.
SELECT count(*) AS in_only_one FROM (SELECT entry_id::text FROM admit.journal WHERE tenant_id = 621 AND wallet_id = :'wallet_id') AS stored
FULL JOIN (SELECT entry ->> 'entry_id' AS entry_id FROM pg_temp.walk(:'session_token', 10)) AS shown USING (entry_id)
WHERE stored IS NULL OR shown IS NULL;
SELECT count(*) AS older_before_newer FROM (
    SELECT date_trunc('milliseconds', (entry ->> 'recorded_at')::timestamptz) AS at,
        lag(date_trunc('milliseconds', (entry ->> 'recorded_at')::timestamptz)) OVER (ORDER BY page, place) AS at_before
    FROM pg_temp.walk(:'session_token', 9)) AS times WHERE at > at_before;
SELECT entry ->> 'action' AS action, count(*), sum((entry ->> 'amount_cents')::bigint) AS sum_cents
FROM pg_temp.walk(:'session_token', 50) GROUP BY 1 ORDER BY 1;
-- 50 entries a page when no limit is given. A guest sees no request of staff.
SELECT jsonb_array_length(items) AS entries, next_cursor IS NOT NULL AS more FROM admit.wallet_history(621, session_token => :'session_token');
SELECT count(*) AS with_request FROM pg_temp.walk(:'session_token', 200) WHERE entry -> 'detail' ? 'request';
-- An entry that comes between two pages moves nothing.
SELECT next_cursor AS cursor FROM admit.wallet_history(621, session_token => :'session_token', "limit" => 60) \gset
SELECT outcome FROM admit.scan(621, :'session_token', :'device_id', 'exit', admit.uuid7());
SELECT jsonb_array_length(items) AS entries, next_cursor FROM admit.wallet_history(621, session_token => :'session_token', cursor => :'cursor');
-- The cursor is a place, not a right: another wallet sees its own entries with it.
SELECT count(*) AS strange FROM admit.wallet_history(621, session_token => :'stranger', cursor => :'cursor'), jsonb_array_elements(items) AS item
WHERE (item ->> 'entry_id')::uuid IN (SELECT entry_id FROM admit.journal WHERE tenant_id = 621 AND wallet_id = :'wallet_id');
SELECT items, next_cursor FROM admit.wallet_history(621, session_token => :'session_token', cursor => '00000000-0000-0000-0000-000000000000');
-- Limits and cursors that are none.
SELECT admit.wallet_history(621, session_token => :'session_token', "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(621, session_token => :'session_token', "limit" => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(621, session_token => :'session_token', "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(621, session_token => :'session_token', "limit" => 9223372036854775807);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(621, session_token => :'session_token', cursor => 'nonsense');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(621, session_token => :'session_token', cursor => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(621, session_token => :'session_token', cursor => :'cursor' || '0');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(621, 'wallet.history', :'session_token', '{"limit": "ten"}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(621, 'wallet.history', :'session_token', '{"wallet_id": "00000000-0000-0000-0000-000000000000"}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(621, 'wallet.history', :'owner_key', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT sealed_entries > 0 AS sealed FROM admit.tick(621);
SELECT * FROM admit.verify(621) WHERE violations <> 0;

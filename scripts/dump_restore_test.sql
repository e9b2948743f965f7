-- The tenant that dump_restore_test.sh dumps. Prints `name=value` of what the test needs later.
\set webhook_secret whsec_of_the_dump_only
\set binding 'a binding that only the guest''s device knows'
\set request '{"name": "Second", "role": "owner"}'
\o /dev/null
CREATE EXTENSION admit;
SELECT admit.migrate();
SELECT api_key, api_key_id FROM admit.tenant_create(1, 'Dump') \gset
SELECT venue_id FROM admit.venue_create(1, name => 'Hall', capacity => 10) \gset
SELECT gate_id FROM admit.gate_create(1, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(1, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, exit_scans => false, duplicate_window_ms => 0,
    entry_fee_cents => 300, venue_reentry_fee_cents => 100) \gset
SELECT device_id, device_token FROM admit.device_register(1, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(1, event_id => :'event_id', venue_id => :'venue_id', binding => :'binding') \gset
SELECT session_token AS poor FROM admit.wallet_open(1, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT recovery_code FROM admit.wallet_recovery(1, :'session_token') \gset
SELECT admit.dispatch(1, 'api_key.create', :'api_key', :'request', 'dump')::jsonb ->> 'api_key' AS second_key \gset
-- A funding of 1000 by a signed webhook: HMAC-SHA256 of RFC 2104.
SELECT admit.provider_configure(1, provider => 'stripe', live => false, webhook_secrets => jsonb_build_array(:'webhook_secret'));
SELECT payment_id FROM admit.payment_fund(1, session_token => :'session_token', amount_cents => 1000) \gset
SELECT format('{"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": false, "data": {"object":
    {"id": "pi_1", "object": "payment_intent", "amount": 1000, "amount_received": 1000, "currency": "usd",
     "metadata": {"admit_payment_id": "%s"}}}}', :'payment_id') AS body, extract(epoch FROM now())::bigint AS seconds \gset
SELECT decode(string_agg(lpad(to_hex(byte # 54), 2, '0'), '' ORDER BY i), 'hex') AS inner_pad,
       decode(string_agg(lpad(to_hex(byte # 92), 2, '0'), '' ORDER BY i), 'hex') AS outer_pad
FROM (SELECT i, CASE WHEN i < length(:'webhook_secret') THEN get_byte(:'webhook_secret'::bytea, i) ELSE 0 END AS byte
      FROM generate_series(0, 63) AS i) AS bytes \gset
SELECT encode(sha256(:'outer_pad'::bytea || sha256(:'inner_pad'::bytea || convert_to(:'seconds' || '.' || :'body', 'UTF8'))), 'hex') AS signature \gset
SELECT state AS funding FROM admit.webhook(1, 'stripe', convert_to(:'body', 'UTF8'),
    jsonb_build_object('stripe-signature', format('t=%s,v1=%s', :'seconds', :'signature'))) \gset
-- A first block; a scan in a second one; a scan and a denial that no block has sealed.
SELECT admit.uuid7() AS nonce \gset
CREATE PROCEDURE public.seal() LANGUAGE plpgsql AS $$
BEGIN
    WHILE pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= (SELECT max(xid) FROM admit.journal) LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
    PERFORM admit.tick(1);
END $$;
CALL public.seal();
SELECT md5(s::text) AS answer FROM admit.scan(1, :'session_token', :'device_id', 'entry', :'nonce') AS s \gset
CALL public.seal();
SELECT balance_cents AS balance FROM admit.scan(1, :'session_token', :'device_id', 'entry', admit.uuid7()) \gset
SELECT reason AS denial FROM admit.scan(1, :'poor', :'device_id', 'entry', admit.uuid7()) \gset
DROP PROCEDURE public.seal();
-- The secret inside the API key: its last 16 bytes, of which the table keeps the hash.
SELECT string_agg(to_hex(substr(bits, 1 + 4 * i, 4)::bit(4)::integer), '' ORDER BY i) AS secret_bytes
FROM (SELECT string_agg((strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', symbol) - 1)::bit(5)::text, '' ORDER BY position) AS bits
      FROM regexp_split_to_table(substr(:'api_key', 4), '') WITH ORDINALITY AS symbols (symbol, position)) AS key,
     generate_series(40, 71) AS i \gset
SELECT 1 / count(*) FROM admit.api_key WHERE secret_hash = sha256(decode(:'secret_bytes', 'hex'));
SELECT 1 / count(*) WHERE (:'funding', :'balance', :'denial') = ('applied', '600', 'insufficient_funds');
\o
\echo api_key=:api_key
\echo api_key_id=:api_key_id
\echo second_key=:second_key
\echo request=:request
\echo device_id=:device_id
\echo device_token=:device_token
\echo session_token=:session_token
\echo binding=:binding
\echo recovery_code=:recovery_code
\echo webhook_secret=:webhook_secret
\echo secret_bytes=:secret_bytes
\echo nonce=:nonce
\echo answer=:answer

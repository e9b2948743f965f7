-- Keys, checkpoints and proofs: what is published, what follows a rotation, and what is not sealed yet.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(50, 'Keys');
SELECT venue_id FROM admit.venue_create(50, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(50, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(50, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, exit_scans => true, duplicate_window_ms => 0) \gset
SELECT device_id FROM admit.device_register(50, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(50, event_id => :'event_id', venue_id => :'venue_id') \gset
-- One key a purpose; public ones are published, secret ones never.
SELECT i ->> 'purpose' AS purpose, i ->> 'current' AS current FROM admit.key_list(50) AS l, jsonb_array_elements(l.items) AS i ORDER BY 1, 2;
SELECT k ->> 'kty' AS kty, k ->> 'crv' AS crv, k ? 'kid' AS has_kid, length(k ->> 'x') AS x, k ? 'd' AS secret FROM admit.key_jwks(50) AS l, jsonb_array_elements(l.keys) AS k ORDER BY k ->> 'kid';
-- Before anything is sealed there is no checkpoint, and no proof of an entry.
SELECT scan_id, receipt FROM admit.scan(50, :'session_token', :'device_id', 'entry', admit.uuid7()) \gset
SELECT admit.journal_checkpoint(50);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_inclusion(50, :'scan_id');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seal(50);
-- The checkpoint is a signed note (C2SP): origin, size, root, a blank line, a signature.
SELECT size, seq > 0 AS seq, split_part(checkpoint, E'\n', 1) AS origin, split_part(checkpoint, E'\n', 2) = size::text AS size_line,
    checkpoint LIKE E'%\n\n— admit/50/journal %' AS signed FROM admit.journal_checkpoint(50);
SELECT string_agg(key, ' ' ORDER BY key) AS fields FROM admit.journal_inclusion(50, :'scan_id') AS p, jsonb_object_keys(p.proof) AS key;
SELECT admit.journal_inclusion(50, admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
-- Consistency from any earlier size; none from a later one.
SELECT size AS old_size FROM admit.journal_checkpoint(50) \gset
SELECT outcome FROM admit.scan(50, :'session_token', :'device_id', 'exit', admit.uuid7());
SELECT pg_temp.seal(50);
SELECT size > :old_size AS grown FROM admit.journal_checkpoint(50);
SELECT string_agg(key, ' ' ORDER BY key) AS fields FROM admit.journal_consistency(50, :old_size) AS p, jsonb_object_keys(p.proof) AS key;
SELECT admit.journal_consistency(50, 1000000);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_consistency(50, -1);
\echo :LAST_ERROR_SQLSTATE
-- A rotated key signs from now on; what the old one signed still verifies and is answered the same.
SELECT "current", purpose FROM admit.key_rotate(50, purpose => 'receipt');
SELECT "current", purpose FROM admit.key_rotate(50, purpose => 'session');
SELECT "current", purpose FROM admit.key_rotate(50, purpose => 'checkpoint');
SELECT admit.key_rotate(50, purpose => 'coffee');
\echo :LAST_ERROR_SQLSTATE
SELECT purpose, count(*) AS keys, count(*) FILTER (WHERE current) AS current FROM admit.key_list(50) AS l,
    jsonb_to_recordset(l.items) AS k (purpose text, current boolean) GROUP BY 1 ORDER BY 1;
SELECT jsonb_array_length(keys) AS published FROM admit.key_jwks(50);
SELECT receipt = :'receipt' AS the_same_receipt FROM admit.receipt_get(50, :'scan_id');
SELECT outcome, split_part(receipt, '.', 1) <> split_part(:'receipt', '.', 1) AS signed_by_the_new_key
FROM admit.scan(50, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT session_token AS by_the_new_key FROM admit.wallet_open(50, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT state FROM admit.wallet_get(50, :'session_token');
SELECT state FROM admit.wallet_get(50, :'by_the_new_key');
-- API keys are listed without their secrets.
SELECT api_key FROM admit.api_key_create(50, name => 'Listed', role => 'staff') \gset
SELECT i ->> 'name' AS name, i ->> 'role' AS role, i ? 'api_key' AS secret FROM admit.api_key_list(50) AS l, jsonb_array_elements(l.items) AS i ORDER BY 1;
SELECT count(*) AS leaks FROM admit.api_key_list(50) AS l WHERE position(:'api_key' IN l.items::text) > 0 OR position(right(:'api_key', 20) IN l.items::text) > 0;
SELECT pg_temp.seal(50);
SELECT clean, jsonb_array_length(invariants) > 15 AS many FROM admit.journal_verify(50);
SELECT * FROM admit.verify(50) WHERE violations <> 0;

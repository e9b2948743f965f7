-- Scans: admissions, denials with their reasons, replays, bad arguments.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(11, 'Scans');
SELECT api_key AS other_key FROM admit.tenant_create(12, 'Other') \gset
SELECT venue_id FROM admit.venue_create(11, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(11, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(11, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id FROM admit.event_create(11, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, entries_max => 2, capacity => 1) \gset
SELECT device_id FROM admit.device_register(11, name => 'D', gate_id => :'door', event_id => :'event_id') \gset
SELECT device_id AS till FROM admit.device_register(11, name => 'T', gate_id => :'bar', event_id => :'event_id') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(11, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS second FROM admit.wallet_open(11, event_id => :'event_id', venue_id => :'venue_id') \gset
\set answer 'outcome, reason, action, entry_number, inside, charged_cents, balance_cents'
SELECT admit.uuid7() AS nonce \gset
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', :'nonce');
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', :'nonce');
SELECT admit.scan(11, :'session_token', :'device_id', 'exit', :'nonce');
\echo :LAST_ERROR_SQLSTATE
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(11, :'second', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(11, :'second', :'device_id', 'exit', admit.uuid7());
SELECT :answer FROM admit.scan(11, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 100);
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'concession', admit.uuid7(), amount_cents => 100);
SELECT :answer FROM admit.scan(11, 'nonsense', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(11, left(:'session_token', 50) || CASE substr(:'session_token', 51, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(:'session_token', 52),
    :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'exit', admit.uuid7());
SELECT state FROM admit.wallet_freeze(11, reason => 'lost', wallet_id => :'wallet_id');
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT state FROM admit.wallet_unfreeze(11, reason => 'found', wallet_id => :'wallet_id');
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', admit.uuid7(), gate_id => :'bar');
SELECT status FROM admit.event_update(11, event_id => :'event_id', status => 'inactive');
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT status FROM admit.event_update(11, event_id => :'event_id', status => 'active');
SELECT revoked_at IS NOT NULL AS revoked FROM admit.device_revoke(11, device_id => :'device_id');
SELECT :answer FROM admit.scan(11, :'session_token', :'device_id', 'entry', admit.uuid7());
-- Calls that make no sense.
SELECT admit.scan(11, :'session_token', :'till', 'fly', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(11, :'session_token', :'till', 'concession', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(11, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(11, :'session_token', :'till', 'concession', admit.uuid7(), amount_cents => 9223372036854775807);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(11, :'session_token', admit.uuid7(), 'entry', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
-- Another tenant's device and event look as unknown as any.
SELECT admit.scan(12, :'session_token', :'till', 'entry', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_get(12, event_id => :'event_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_get(12, event_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT sealed_entries > 0 AS sealed FROM admit.tick(11);
SELECT * FROM admit.verify(11) WHERE violations <> 0;

-- Wallet sessions: opening, restoring, refreshing, expiry, log-out, recovery, links, lookup, freezing.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(611, 'Sessions') \gset
SELECT api_key AS other_key FROM admit.tenant_create(612, 'Other') \gset
SELECT venue_id FROM admit.venue_create(611, name => 'Hall') \gset
SELECT venue_id AS annex FROM admit.venue_create(611, name => 'Annex') \gset
SELECT gate_id FROM admit.gate_create(611, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(611, venue_id => :'venue_id', name => 'Friday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true) \gset
SELECT event_id AS saturday FROM admit.event_create(611, venue_id => :'venue_id', name => 'Saturday', starts_at => now(),
    ends_at => now() + interval '2 days') \gset
SELECT device_id FROM admit.device_register(611, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
\set phone 'phone-of-the-first-guest'

-- The same device gets the same wallet back, with another session; both sessions live.
SELECT wallet_id, session_token, restored, currency, balance_cents, binding = :'phone' AS binding_kept,
    expires_at BETWEEN now() + interval '719 hours' AND now() + interval '721 hours' AS a_month
FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => :'phone') \gset
\echo :restored :currency :balance_cents :binding_kept :a_month
SELECT session_token AS second_token, restored, wallet_id = :'wallet_id' AS same_wallet, session_token <> :'session_token' AS new_session
FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => :'phone') \gset
\echo :restored :same_wallet :new_session
SELECT wallet_id = :'wallet_id' AS first_reads FROM admit.wallet_get(611, session_token => :'session_token');
SELECT wallet_id = :'wallet_id' AS second_reads FROM admit.wallet_get(611, session_token => :'second_token');
-- Opened for another event, it is bound to that one; it stays the same wallet.
SELECT restored, wallet_id = :'wallet_id' AS same_wallet, event_id = :'saturday' AS moved
FROM admit.wallet_open(611, event_id => :'saturday', venue_id => :'venue_id', binding => :'phone');
SELECT event_id = :'event_id' AS moved_back FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => :'phone');
-- Without a binding one is made, long enough to be a secret; it restores as well.
SELECT wallet_id AS loose, binding AS made, length(binding) AS symbols, restored
FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id') \gset
\echo :symbols :restored
SELECT restored, wallet_id = :'loose' AS same_wallet
FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => :'made');
-- The same secret at another tenant is another wallet.
SELECT venue_id AS other_venue FROM admit.venue_create(612, name => 'Elsewhere') \gset
SELECT event_id AS other_event FROM admit.event_create(612, venue_id => :'other_venue', name => 'Else', starts_at => now(),
    ends_at => now() + interval '1 day') \gset
SELECT restored, wallet_id <> :'wallet_id' AS other_wallet
FROM admit.wallet_open(612, event_id => :'other_event', venue_id => :'other_venue', binding => :'phone');
-- What cannot be opened: short and long secrets, an event elsewhere, an unknown event, a paused event.
SELECT admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => 'fifteen symbols');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => repeat('x', 201));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_open(611, event_id => :'event_id', venue_id => :'annex');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_open(611, event_id => admit.uuid7(), venue_id => :'venue_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_open(611, event_id => :'other_event', venue_id => :'other_venue');
\echo :LAST_ERROR_SQLSTATE
SELECT status FROM admit.event_update(611, event_id => :'saturday', status => 'inactive');
SELECT admit.wallet_open(611, event_id => :'saturday', venue_id => :'venue_id');
\echo :LAST_ERROR_SQLSTATE

-- Refresh: the new token works, the old one is refused everywhere, another session is untouched.
SELECT session_token AS fresh FROM admit.wallet_refresh(611, session_token => :'session_token') \gset
SELECT wallet_id = :'wallet_id' AS fresh_reads FROM admit.wallet_get(611, session_token => :'fresh');
SELECT wallet_id = :'wallet_id' AS second_reads FROM admit.wallet_get(611, session_token => :'second_token');
SELECT admit.wallet_get(611, session_token => :'session_token');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_refresh(611, session_token => :'session_token');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(611, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(611, :'fresh', :'device_id', 'entry', admit.uuid7());
-- Log-out ends one session, once.
SELECT ended_at IS NOT NULL AS ended FROM admit.wallet_logout(611, session_token => :'second_token');
SELECT admit.wallet_get(611, session_token => :'second_token');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_logout(611, session_token => :'second_token');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(611, :'second_token', :'device_id', 'exit', admit.uuid7());
-- Expiry: a session whose time is over is refused, and cannot be refreshed or logged out.
SELECT session_token AS late FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => :'phone') \gset
UPDATE admit.wallet_session SET expires_at = now() - interval '1 second' WHERE session_id = (
    SELECT session_id FROM admit.wallet_session WHERE tenant_id = 611 AND wallet_id = :'wallet_id' ORDER BY created_at DESC LIMIT 1);
SELECT admit.wallet_get(611, session_token => :'late');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_refresh(611, session_token => :'late');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(611, 'wallet.logout', :'late', '{}');
\echo :LAST_ERROR_SQLSTATE
-- No token, a token cut short, a forged one, another tenant's, an API key: none is a wallet.
SELECT admit.wallet_get(611, session_token => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(611, session_token => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(611, session_token => left(:'fresh', -1));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(611, session_token => left(:'fresh', 40) || CASE substr(:'fresh', 41, 1) WHEN '7' THEN '8' ELSE '7' END || substr(:'fresh', 42));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(612, session_token => :'fresh');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(611, session_token => :'owner_key');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(611, 'wallet.get', NULL, '{}');
\echo :LAST_ERROR_SQLSTATE
-- Tokens are read in lower case as well, as they may be typed.
SELECT wallet_id = :'wallet_id' AS lower_case_reads FROM admit.wallet_get(611, session_token => 'AW1' || lower(substr(:'fresh', 4)));

-- Recovery: a newer code ends the older; the code moves the wallet to a second device, once.
SELECT recovery_code AS older FROM admit.wallet_recovery(611, session_token => :'fresh') \gset
SELECT recovery_code AS code, recovery_code ~ '^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$' AS four_groups,
    expires_at BETWEEN now() + interval '14 minutes' AND now() + interval '16 minutes' AS a_quarter
FROM admit.wallet_recovery(611, session_token => :'fresh') \gset
\echo :four_groups :a_quarter
SELECT admit.wallet_recover(611, recovery_code => :'older');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_recover(611, recovery_code => 'AAAA-BBBB-CCCC-DDDD');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_recover(611, recovery_code => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_recover(612, recovery_code => :'code');
\echo :LAST_ERROR_SQLSTATE
-- A device with a wallet of its own, and a secret too short, leave the code as it was.
SELECT admit.wallet_recover(611, recovery_code => :'code', binding => :'made');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_recover(611, recovery_code => :'code', binding => 'short');
\echo :LAST_ERROR_SQLSTATE
SELECT session_token AS moved, wallet_id = :'wallet_id' AS same_wallet, restored
FROM admit.wallet_recover(611, recovery_code => lower(replace(:'code', '-', ' ')), binding => 'phone-of-the-second-device') \gset
\echo :same_wallet :restored
SELECT admit.wallet_recover(611, recovery_code => :'code');
\echo :LAST_ERROR_SQLSTATE
-- The first device is out: its session has ended, and its binding opens a new wallet.
SELECT admit.wallet_get(611, session_token => :'fresh');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(611, :'fresh', :'device_id', 'exit', admit.uuid7());
SELECT restored, wallet_id <> :'wallet_id' AS new_wallet
FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id', binding => :'phone');
SELECT inside, entries FROM admit.wallet_get(611, session_token => :'moved');
-- An expired code is as unknown as any other.
SELECT recovery_code AS code FROM admit.wallet_recovery(611, session_token => :'moved') \gset
UPDATE admit.wallet_recovery SET expires_at = now() - interval '1 second' WHERE tenant_id = 611 AND wallet_id = :'wallet_id';
SELECT admit.wallet_recover(611, recovery_code => :'code');
\echo :LAST_ERROR_SQLSTATE

-- Links: one value a kind; the journal keeps the kind alone.
SELECT kind, linked_at IS NOT NULL AS linked FROM admit.wallet_link(611, session_token => :'moved', kind => 'email', value => 'first@example.org');
SELECT kind FROM admit.wallet_link(611, session_token => :'moved', kind => 'email', value => '  second@example.org ');
SELECT kind FROM admit.wallet_link(611, session_token => :'moved', kind => 'phone', value => '+49 30 1234');
SELECT kind, value FROM admit.wallet_link WHERE tenant_id = 611 AND wallet_id = :'wallet_id' ORDER BY kind;
SELECT count(*) AS linked, count(*) FILTER (WHERE body::text ~ 'example|1234') AS personal
FROM admit.journal WHERE tenant_id = 611 AND action = 'wallet.linked';
SELECT admit.wallet_link(611, session_token => :'moved', kind => 'fax', value => '1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_link(611, session_token => :'moved', kind => 'phone', value => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_link(611, session_token => :'moved', kind => 'phone', value => repeat('1', 321));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_link(611, session_token => :'fresh', kind => 'phone', value => '1');
\echo :LAST_ERROR_SQLSTATE

-- Lookup is for staff; a wallet sees itself alone.
SELECT currency, balance_cents, state, entries, inside FROM admit.wallet_lookup(611, wallet_id => :'wallet_id');
SELECT admit.wallet_lookup(611, wallet_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(611, 'wallet.lookup', :'moved', jsonb_build_object('wallet_id', :'wallet_id')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(611, 'wallet.freeze', :'moved', jsonb_build_object('wallet_id', :'wallet_id', 'reason', 'x')::text, 'k');
\echo :LAST_ERROR_SQLSTATE

-- Freezing: recorded with its reason; no entry passes, leaving does; twice is a conflict.
SELECT state FROM admit.wallet_freeze(611, wallet_id => :'wallet_id', reason => 'phone stolen');
SELECT admit.wallet_freeze(611, wallet_id => :'wallet_id', reason => 'again');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.wallet_get(611, session_token => :'moved');
SELECT outcome, reason FROM admit.scan(611, :'moved', :'device_id', 'exit', admit.uuid7());
SELECT outcome, reason FROM admit.scan(611, :'moved', :'device_id', 'entry', admit.uuid7());
SELECT state FROM admit.wallet_unfreeze(611, wallet_id => :'wallet_id', reason => 'phone found');
SELECT admit.wallet_unfreeze(611, wallet_id => :'wallet_id', reason => 'again');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(611, :'moved', :'device_id', 'entry', admit.uuid7());
SELECT admit.wallet_freeze(611, wallet_id => :'wallet_id', reason => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_freeze(611, wallet_id => :'wallet_id', reason => repeat('x', 501));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_freeze(611, wallet_id => :'wallet_id', reason => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_freeze(611, wallet_id => admit.uuid7(), reason => 'x');
\echo :LAST_ERROR_SQLSTATE
SELECT item ->> 'action' AS action, item -> 'detail' ->> 'reason' AS reason
FROM admit.wallet_history(611, session_token => :'moved'), jsonb_array_elements(items) AS item
WHERE item ->> 'action' LIKE 'wallet.%frozen' ORDER BY (item ->> 'recorded_at')::timestamptz;

-- A key that was rolled back signs nothing: the token of the key made after it is signed with that one.
BEGIN;
SELECT purpose FROM admit.key_rotate(611, purpose => 'session');
SELECT session_token AS undone FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id') \gset
ROLLBACK;
SELECT purpose FROM admit.key_rotate(611, purpose => 'session');
SELECT session_token AS signed FROM admit.wallet_open(611, event_id => :'event_id', venue_id => :'venue_id') \gset
\c -
\set VERBOSITY terse
SELECT state FROM admit.wallet_get(611, session_token => :'signed');
SELECT admit.wallet_get(611, session_token => :'undone');
\echo :LAST_ERROR_SQLSTATE
-- Tokens of the older key still verify.
SELECT state FROM admit.wallet_get(611, session_token => :'moved');
SELECT sealed_entries > 0 AS sealed FROM admit.tick(611);
SELECT * FROM admit.verify(611) WHERE violations <> 0;

-- Idempotency keys: the same request gives the same bytes, another one an error; each actor has keys of its own.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(208, 'Keys') \gset
SELECT api_key AS neighbour FROM admit.tenant_create(210, 'Neighbour') \gset
\set create 'SELECT admit.dispatch(208, ''venue.create'', '
\set venues 'SELECT count(*) AS venues FROM admit.venue WHERE tenant_id = 208;'
-- The same key and body: the same bytes, one venue.
:create :'owner', '{"name": "Hall"}', 'key-1') AS first \gset
:create :'owner', '{"name": "Hall"}', 'key-1') = :'first' AS same_bytes;
SELECT bool_and(admit.dispatch(208, 'venue.create', :'owner', '{"name": "Hall"}', 'key-1') = :'first') AS same_bytes FROM generate_series(1, 20);
:venues
-- Another body, only written in another way, or another command, is another request.
:create :'owner', '{"name": "Barn"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
:create :'owner', '{"name":"Hall"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(208, 'account.create', :'owner', '{"name": "Hall"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(208, 'key.rotate', :'owner', '{"purpose": "receipt"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
:venues
-- Missing, empty, as long as may be, too long.
:create :'owner', '{"name": "No key"}');
\echo :LAST_ERROR_SQLSTATE
:create :'owner', '{"name": "Empty key"}', '');
\echo :LAST_ERROR_SQLSTATE
:create :'owner', '{"name": "Long key"}', repeat('k', 255)) IS NOT NULL AS created;
:create :'owner', '{"name": "Long key"}', repeat('k', 255))::json ->> 'name' AS name;
:create :'owner', '{"name": "Too long a key"}', repeat('k', 256));
\echo :LAST_ERROR_SQLSTATE
:venues
-- A request that failed has used up no key.
:create :'owner', '{"name": " "}', 'key-2');
\echo :LAST_ERROR_SQLSTATE
:create :'owner', '{"name": "Tent", "surprise": 1}', 'key-2');
\echo :LAST_ERROR_SQLSTATE
:create :'owner', '{"name": "Tent"}', 'key-2')::json ->> 'name' AS name;
-- Nor one that was rolled back.
BEGIN;
:create :'owner', '{"name": "Cancelled"}', 'key-3')::json ->> 'name' AS name;
ROLLBACK;
:create :'owner', '{"name": "Booked"}', 'key-3')::json ->> 'name' AS name;
-- Keys belong to the actor: another API key, the SQL session and another tenant have their own.
SELECT api_key_id, api_key AS second_owner FROM admit.api_key_create(208, name => 'Second', role => 'owner') \gset
:create :'second_owner', '{"name": "Second hall"}', 'key-1')::json ->> 'name' AS name;
SELECT name FROM admit.venue_create(208, name => 'Third hall', idempotency_key => 'key-1');
SELECT venue_id FROM admit.venue_create(208, name => 'Third hall', idempotency_key => 'key-1') \gset
SELECT admit.dispatch(210, 'venue.create', :'neighbour', '{"name": "Elsewhere"}', 'key-1')::json ->> 'name' AS name;
:venues
SELECT admit.venue_create(208, name => 'Fourth hall', idempotency_key => 'key-1');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS rows_of_key, count(DISTINCT actor_id) AS actors FROM admit.idempotency WHERE tenant_id = 208 AND idempotency_key = 'key-1';
-- A credential of another tenant gets nothing, whatever the key.
SELECT admit.dispatch(210, 'venue.create', :'owner', '{"name": "Hall"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
-- An answer with a new credential is given again as it was, and is stored sealed.
SELECT admit.dispatch(208, 'api_key.create', :'owner', '{"name": "Door", "role": "staff"}', 'key-4') AS issued \gset
SELECT admit.dispatch(208, 'api_key.create', :'owner', '{"name": "Door", "role": "staff"}', 'key-4') = :'issued' AS same_bytes;
SELECT count(*) AS sealed, count(*) FILTER (WHERE position(convert_to(:'issued'::json ->> 'api_key', 'UTF8') IN sealed_answer) > 0
    OR position(convert_to('Door', 'UTF8') IN sealed_answer) > 0) AS readable
FROM admit.idempotency WHERE tenant_id = 208 AND idempotency_key = 'key-4' AND length(sealed_answer) > 0;
-- Where a key is not required it counts all the same; reading needs none and keeps none.
SELECT admit.dispatch(208, 'role.set', :'owner', '{"role": "guard", "commands": ["scan.list"]}', 'key-5')::json ->> 'role' AS role;
SELECT admit.dispatch(208, 'role.set', :'owner', '{"role": "guard", "commands": ["scan.override"]}', 'key-5');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(208, 'role.set', :'owner', '{"role": "guard", "commands": ["scan.override"]}')::json ->> 'commands' AS commands;
SELECT json_array_length(admit.dispatch(208, 'venue.list', :'owner', '{}', 'key-6')::json -> 'items') = count(*) AS all_venues FROM admit.venue WHERE tenant_id = 208;
SELECT json_array_length(admit.dispatch(208, 'venue.list', :'owner', '{"limit": 1}', 'key-6')::json -> 'items') AS one;
SELECT count(*) AS kept FROM admit.idempotency WHERE tenant_id = 208 AND idempotency_key = 'key-6';
-- Without an identity there is nobody to keep an answer for: everybody who opens a wallet gets a new one.
SELECT gate_id FROM admit.gate_create(208, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(208, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT json_build_object('event_id', :'event_id', 'venue_id', :'venue_id') AS place \gset
SELECT admit.dispatch(208, 'wallet.open', NULL, :'place', 'key-7')::json ->> 'wallet_id' AS first_wallet \gset
SELECT admit.dispatch(208, 'wallet.open', NULL, :'place', 'key-7')::json ->> 'wallet_id' <> :'first_wallet' AS another_wallet;
-- Two guests with the same key have a payment each, one guest with the same key twice has one.
SELECT live FROM admit.provider_configure(208, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT session_token AS one FROM admit.wallet_open(208, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS two FROM admit.wallet_open(208, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT payment_id AS of_one FROM admit.payment_fund(208, :'one', 100, idempotency_key => 'key-9') \gset
SELECT payment_id = :'of_one' AS same_payment FROM admit.payment_fund(208, :'one', 100, idempotency_key => 'key-9');
SELECT payment_id = :'of_one' AS same_payment FROM admit.payment_fund(208, :'two', 100, idempotency_key => 'key-9');
SELECT admit.payment_fund(208, :'two', 101, idempotency_key => 'key-9');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS payments FROM admit.payment WHERE tenant_id = 208;
-- A scan is known by its number; a key in its place must be one.
SELECT device_token FROM admit.device_register(208, name => 'Scanner', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(208, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT json_build_object('token', :'session_token', 'kind', 'entry') AS entry, json_build_object('token', :'session_token', 'kind', 'exit') AS exit, admit.uuid7() AS number \gset
SELECT admit.dispatch(208, 'scan.record', :'device_token', :'entry', :'number') AS scanned \gset
SELECT :'scanned'::json ->> 'outcome' AS outcome, admit.dispatch(208, 'scan.record', :'device_token', :'entry', :'number') = :'scanned' AS same_bytes;
SELECT admit.dispatch(208, 'scan.record', :'device_token', :'exit', :'number');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(208, 'scan.record', :'device_token', :'entry', 'key-8');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(208, 'scan.record', :'device_token', :'entry');
\echo :LAST_ERROR_SQLSTATE
-- Whose credential was revoked does not get the answer again.
SELECT revoked_at IS NOT NULL AS revoked FROM admit.api_key_revoke(208, api_key_id => :'api_key_id');
:create :'second_owner', '{"name": "Second hall"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
-- After 24 hours tick removes the key, and it can name a new request; younger ones stay.
UPDATE admit.idempotency SET created_at = now() - interval '24 hours 1 minute' WHERE tenant_id = 208 AND idempotency_key = 'key-2';
UPDATE admit.idempotency SET created_at = now() - interval '23 hours 59 minutes' WHERE tenant_id = 208 AND idempotency_key = 'key-3';
:create :'owner', '{"name": "Tent"}', 'key-2')::json ->> 'name' AS still_known;
-- A new connection, as one sweeps every ten seconds.
\c -
\set VERBOSITY terse
SELECT count(*) AS ticked FROM admit.tick(208);
SELECT idempotency_key FROM admit.idempotency WHERE tenant_id = 208 AND idempotency_key IN ('key-1', 'key-2', 'key-3') GROUP BY idempotency_key ORDER BY idempotency_key COLLATE "C";
:create :'owner', '{"name": "Second tent"}', 'key-2')::json ->> 'name' AS name;
:create :'owner', '{"name": "Booked"}', 'key-3')::json ->> 'name' AS still_known;
SELECT name, count(*) FROM admit.venue WHERE tenant_id = 208 GROUP BY name ORDER BY name COLLATE "C";
SELECT * FROM admit.verify(208) WHERE violations <> 0;

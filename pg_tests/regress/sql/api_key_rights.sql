-- API keys: changes of a role take effect at once, nobody hands out more than he has, and keys that are over.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key_id AS owner_id, api_key AS owner_key FROM admit.tenant_create(663, 'Keys') \gset
SELECT api_key AS other_key FROM admit.tenant_create(664, 'Other') \gset
SELECT venue_id FROM admit.venue_create(663, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(663, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(663, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT device_token FROM admit.device_register(663, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(663, event_id => :'event_id', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.dispatch(663, command, credential, request::text, admit.uuid7()::text);
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- A role of one's own: what is added is allowed at once, what is taken is refused at once.
SELECT role, commands FROM admit.role_set(663, role => 'greeter', commands => '["event.list"]');
SELECT api_key_id AS greeter_id, api_key AS greeter FROM admit.api_key_create(663, name => 'G', role => 'greeter') \gset
SELECT pg_temp.try('event.list', :'greeter') AS event_list, pg_temp.try('scan.list', :'greeter') AS scan_list;
SELECT commands FROM admit.role_set(663, role => 'greeter', commands => '["scan.list", "venue.list", "scan.list"]');
SELECT pg_temp.try('event.list', :'greeter') AS event_list, pg_temp.try('scan.list', :'greeter') AS scan_list;
SELECT item ->> 'role' AS role, item -> 'commands' AS commands FROM admit.role_list(663), jsonb_array_elements(items) AS item WHERE item ->> 'role' = 'greeter';
SELECT commands FROM admit.role_set(663, role => 'greeter', commands => '[]');
SELECT pg_temp.try('scan.list', :'greeter') AS scan_list;
SELECT admit.api_key_create(663, name => 'G', role => 'greeter');
\echo :LAST_ERROR_SQLSTATE
SELECT string_agg(item ->> 'role', ' ' ORDER BY item ->> 'role') AS roles FROM admit.role_list(663), jsonb_array_elements(items) AS item;
-- The roles of devices and wallets change for all of them.
SELECT pg_temp.try('report.live', :'device_token', jsonb_build_object('event_id', :'event_id')) AS report_live;
SELECT commands FROM admit.role_set(663, role => 'device', commands => '["scan.record"]');
SELECT pg_temp.try('report.live', :'device_token', jsonb_build_object('event_id', :'event_id')) AS report_live;
SELECT commands FROM admit.role_set(663, role => 'wallet', commands => '["wallet.history"]');
SELECT pg_temp.try('wallet.get', :'session_token') AS wallet_get, pg_temp.try('wallet.history', :'session_token') AS wallet_history;
SELECT admit.wallet_get(663, session_token => :'session_token');
\echo :LAST_ERROR_SQLSTATE
-- Another tenant's roles are its own.
SELECT count(*) AS changed FROM admit.role_list(664), jsonb_array_elements(items) AS item
WHERE item ->> 'role' = 'greeter' OR item ->> 'role' IN ('device', 'wallet') AND jsonb_array_length(item -> 'commands') = 1;
-- What is no role.
SELECT admit.role_set(663, role => 'owner', commands => '["event.list"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => 'greeter', commands => '["event.*"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => 'greeter', commands => '["*"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => 'greeter', commands => '["event.list", "event.delete"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => 'greeter', commands => '"event.list"');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => 'Greeter', commands => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => '', commands => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(663, role => repeat('g', 41), commands => '[]');
\echo :LAST_ERROR_SQLSTATE

-- Nobody hands out more than he has: neither by a key nor by a role, not even to himself.
SELECT jsonb_array_length(commands) AS commands FROM admit.role_set(663, role => 'clerk', commands => '["api_key.create", "role.set", "event.list"]');
SELECT jsonb_array_length(commands) AS commands FROM admit.role_set(663, role => 'lister', commands => '["event.list"]');
SELECT api_key AS clerk FROM admit.api_key_create(663, name => 'C', role => 'clerk') \gset
SELECT pg_temp.try('api_key.create', :'clerk', '{"name": "K", "role": "owner"}') AS owner, pg_temp.try('api_key.create', :'clerk', '{"name": "K", "role": "staff"}') AS staff;
SELECT pg_temp.try('api_key.create', :'clerk', '{"name": "K", "role": "lister"}') AS lister, pg_temp.try('api_key.create', :'clerk', '{"name": "K", "role": "clerk"}') AS clerk;
SELECT pg_temp.try('role.set', :'clerk', '{"role": "clerk", "commands": ["api_key.create", "role.set", "event.list", "payout.create"]}') AS clerk;
SELECT pg_temp.try('role.set', :'clerk', '{"role": "lister", "commands": ["payout.create"]}') AS lister;
SELECT pg_temp.try('role.set', :'clerk', '{"role": "wallet", "commands": ["payout.create"]}') AS wallet;
SELECT pg_temp.try('payout.list', :'clerk') AS payout_list;
SELECT pg_temp.try('role.set', :'clerk', '{"role": "lister", "commands": ["event.list", "role.set"]}') AS own_rights;
SELECT pg_temp.try('role.set', :'owner_key', '{"role": "lister", "commands": ["event.list", "payout.create"]}') AS by_the_owner;
-- Roles of devices and wallets, and roles that are none, have no keys.
SELECT pg_temp.try('api_key.create', :'owner_key', '{"name": "K", "role": "device"}') AS device, pg_temp.try('api_key.create', :'owner_key', '{"name": "K", "role": "wallet"}') AS wallet,
    pg_temp.try('api_key.create', :'owner_key', '{"name": "K", "role": "king"}') AS king;
-- What is no key.
SELECT admit.api_key_create(663, name => ' ', role => 'staff');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.api_key_create(663, name => 'K', role => 'staff', expires_at => now() - interval '1 second');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.api_key_create(663, name => 'K', role => 'staff', expires_at => now() - interval '1 year');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.try('api_key.create', :'owner_key', '{"name": "K", "role": "staff", "expires_at": "tomorrow"}') LIKE 'TK001 %' AS refused;

-- Refused credentials, all in the same words: forged, cut, another kind, another tenant's.
SELECT pg_temp.try('event.list', 'nonsense') AS refused \gset
\echo :refused
SELECT bool_and(pg_temp.try('event.list', credential) = :'refused') AS same_words FROM (VALUES (NULL), (''), (:'other_key'), (left(:'owner_key', -2)),
    (left(:'owner_key', 50) || CASE substr(:'owner_key', 51, 1) WHEN '0' THEN '1' ELSE '0' END || substr(:'owner_key', 52)),
    ('AD1' || substr(:'owner_key', 4)), ('AW1' || substr(:'owner_key', 4)), (:'owner_key' || ' '), ('Bearer ' || :'owner_key')) AS credentials (credential);
-- An expired key; a revoked key, which stays revoked from then on.
SELECT api_key AS brief FROM admit.api_key_create(663, name => 'Brief', role => 'staff', expires_at => now() + interval '1 day') \gset
SELECT api_key AS lasting FROM admit.api_key_create(663, name => 'Lasting', role => 'staff', expires_at => now() + interval '1 day') \gset
SELECT pg_temp.try('event.list', :'brief') AS before_the_end;
UPDATE admit.api_key SET expires_at = now() - interval '1 second' WHERE tenant_id = 663 AND name = 'Brief';
SELECT pg_temp.try('event.list', :'brief') = :'refused' AS same_words;
SELECT pg_temp.try('event.list', :'lasting') AS before_revoking;
SELECT api_key_id AS lasting_id FROM admit.api_key WHERE tenant_id = 663 AND name = 'Lasting' \gset
SELECT revoked_at FROM admit.api_key_revoke(663, api_key_id => :'lasting_id') \gset
SELECT pg_temp.try('event.list', :'lasting') = :'refused' AS same_words;
SELECT revoked_at = :'revoked_at' AS same_time FROM admit.api_key_revoke(663, api_key_id => :'lasting_id');
SELECT count(*) AS recorded FROM admit.journal WHERE tenant_id = 663 AND action = 'api_key.revoked';
SELECT admit.api_key_revoke(663, api_key_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.api_key_revoke(664, api_key_id => :'lasting_id');
\echo :LAST_ERROR_SQLSTATE
-- A key that revokes itself is over at once.
SELECT pg_temp.try('api_key.revoke', :'owner_key', jsonb_build_object('api_key_id', :'owner_id')) AS itself;
SELECT pg_temp.try('event.list', :'owner_key') = :'refused' AS same_words;

-- The list shows every key once and no secret.
SELECT items AS page_1, next_cursor AS cursor FROM admit.api_key_list(663, "limit" => 4) \gset
SELECT items AS page_2, next_cursor IS NULL AS last FROM admit.api_key_list(663, "limit" => 4, cursor => :'cursor') \gset
\echo :last
SELECT item ->> 'name' AS name, item ->> 'role' AS role, item -> 'expires_at' <> 'null' AS expires, item -> 'revoked_at' <> 'null' AS revoked, count(*),
    bool_or(item::text ~ 'AK1|secret|hash') AS secrets
FROM jsonb_array_elements(:'page_1'::jsonb || :'page_2'::jsonb) AS item GROUP BY 1, 2, 3, 4 ORDER BY 1, 2;
SELECT admit.api_key_list(663, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.api_key_list(663, cursor => 'x');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM admit.verify(663) WHERE violations <> 0;

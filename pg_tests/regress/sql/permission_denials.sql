-- Who may do what: every command for every role, wallet, device and stranger; database roles.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(41, 'Permissions') \gset
SELECT api_key AS stranger FROM admit.tenant_create(42, 'Strangers') \gset
SELECT venue_id FROM admit.venue_create(41, name => 'Hall') \gset
SELECT venue_id AS other_venue FROM admit.venue_create(41, name => 'Other') \gset
SELECT gate_id FROM admit.gate_create(41, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(41, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT event_id AS other_event FROM admit.event_create(41, venue_id => :'other_venue', name => 'Elsewhere', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id, device_token FROM admit.device_register(41, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(41, event_id => :'event_id', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.state_of(command text, credential text, body text DEFAULT '{}', tenant integer DEFAULT 41) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.dispatch(tenant, command, credential, body, admit.uuid7()::text);
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE TEMPORARY TABLE credential AS
SELECT role, (admit.api_key_create(41, name => role, role => role)).api_key AS credential
FROM unnest('{owner,manager,staff,auditor}'::text[]) AS role
UNION ALL VALUES ('device', :'device_token'), ('wallet', :'session_token');
-- Each role may do exactly what role.list says, and what is public; the owner's key has no wallet of its own.
SELECT role, count(*) FILTER (WHERE state = 'TK003') AS denied, count(*) FILTER (WHERE state <> 'TK003') AS allowed,
    bool_and(role = 'owner' OR (state = 'TK003') = NOT (public OR EXISTS (
        SELECT FROM jsonb_array_elements_text(granted.commands) AS pattern WHERE c.name LIKE replace(pattern, '*', '%')))) AS as_listed,
    string_agg(c.name, ' ' ORDER BY c.name) FILTER (WHERE state = 'TK003' AND role = 'owner') AS needs_a_wallet
FROM (SELECT role, credential, c.*, CASE WHEN c.name LIKE 'wallet.logout' OR c.name LIKE 'wallet.refresh' OR c.name LIKE 'device.renew'
        -- These end the credential that the test still needs: an unknown field stops them after the permission.
        THEN pg_temp.state_of(c.name, credential, '{"unknown": 1}') ELSE pg_temp.state_of(c.name, credential) END AS state
    FROM credential, admit.command AS c) AS c
JOIN (SELECT r ->> 'role' AS role, r -> 'commands' AS commands FROM admit.role_list(41) AS l, jsonb_array_elements(l.items) AS r) AS granted USING (role)
GROUP BY role ORDER BY role;
-- Nobody, and whoever cannot prove who they are, is unauthenticated everywhere but at the public commands.
SELECT name, state, count(*) FROM (
    SELECT kind AS name, pg_temp.state_of(c.name, credential) AS state FROM admit.command AS c,
    (VALUES ('none', NULL), ('empty', ''), ('nonsense', 'nonsense'), ('another tenant''s', :'stranger'),
        ('forged', left(:'owner', -4) || CASE right(:'owner', 4) WHEN '0000' THEN '1111' ELSE '0000' END),
        ('forged wallet', left(:'session_token', -4) || CASE right(:'session_token', 4) WHEN '0000' THEN '1111' ELSE '0000' END),
        ('forged device', left(:'device_token', -4) || CASE right(:'device_token', 4) WHEN '0000' THEN '1111' ELSE '0000' END)) AS k (kind, credential)
    WHERE NOT c.public) AS states
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT pg_temp.state_of('no.such_command', :'owner'), pg_temp.state_of('', :'owner'), pg_temp.state_of('event.list', :'owner', tenant => 43) AS unknown_tenant;
-- A role changes at once; it cannot be given what does not exist; the owner keeps everything.
SELECT pg_temp.state_of('report.live', credential, format('{"event_id": "%s"}', :'event_id')) AS before FROM credential WHERE role = 'auditor';
SELECT role, commands FROM admit.role_set(41, role => 'auditor', commands => '["report.live"]');
SELECT pg_temp.state_of('report.live', credential, format('{"event_id": "%s"}', :'event_id')) AS after,
    pg_temp.state_of('account.list', credential) AS no_more FROM credential WHERE role = 'auditor';
SELECT admit.role_set(41, role => 'auditor', commands => '["no.such_command"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(41, role => 'Bad Name', commands => '["report.live"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.role_set(41, role => 'owner', commands => '["report.live"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.api_key_create(41, name => 'K', role => 'nobody');
\echo :LAST_ERROR_SQLSTATE
-- Keys that ended.
SELECT api_key, api_key_id FROM admit.api_key_create(41, name => 'Soon over', role => 'manager', expires_at => now() + interval '1 hour') \gset
SELECT pg_temp.state_of('event.list', :'api_key') AS valid;
UPDATE admit.api_key SET expires_at = now() - interval '1 second' WHERE tenant_id = 41 AND api_key_id = :'api_key_id';
SELECT pg_temp.state_of('event.list', :'api_key') AS expired;
SELECT api_key, api_key_id FROM admit.api_key_create(41, name => 'Revoked', role => 'manager') \gset
SELECT revoked_at IS NOT NULL AS revoked FROM admit.api_key_revoke(41, api_key_id => :'api_key_id');
SELECT pg_temp.state_of('event.list', :'api_key') AS revoked;
SELECT admit.api_key_create(41, name => 'Over', role => 'manager', expires_at => now() - interval '1 hour');
\echo :LAST_ERROR_SQLSTATE
UPDATE admit.device SET token_expires_at = now() - interval '1 second' WHERE tenant_id = 41;
SELECT pg_temp.state_of('event.get', :'device_token', format('{"event_id": "%s"}', :'event_id')) AS expired_device;
-- A key of one event sees nothing else, in the words of what does not exist.
SELECT api_key AS bound FROM admit.api_key_create(41, name => 'Night only', role => 'manager', event_id => :'event_id') \gset
SELECT pg_temp.state_of('event.get', :'bound', format('{"event_id": "%s"}', :'event_id')) AS own,
    pg_temp.state_of('event.get', :'bound', format('{"event_id": "%s"}', :'other_event')) AS other,
    pg_temp.state_of('event.get', :'bound', format('{"event_id": "%s"}', admit.uuid7())) AS none;
SELECT admit.dispatch(41, 'event.get', :'bound', format('{"event_id": "%s"}', :'other_event'));
SELECT admit.dispatch(41, 'event.get', :'bound', format('{"event_id": "%s"}', admit.uuid7()));
SELECT jsonb_array_length((admit.dispatch(41, 'event.list', :'bound', '{}')::jsonb) -> 'items') AS events;
SELECT api_key AS at_venue FROM admit.api_key_create(41, name => 'Hall only', role => 'manager', venue_id => :'venue_id') \gset
SELECT pg_temp.state_of('venue.update', :'at_venue', format('{"venue_id": "%s", "name": "Hall"}', :'venue_id')) AS own,
    pg_temp.state_of('venue.update', :'at_venue', format('{"venue_id": "%s", "name": "Mine"}', :'other_venue')) AS other;
-- A database role that was granted nothing can execute nothing and read nothing; the shim's can do its one call.
CREATE ROLE regress_admit_nobody;
CREATE ROLE regress_admit_shim IN ROLE admit_shim;
SELECT r.rolname, count(*) FILTER (WHERE has_function_privilege(r.oid, p.oid, 'execute') AND has_schema_privilege(r.oid, 'admit', 'usage')) AS functions,
    (SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class AS c WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind IN ('r', 'v')
        AND has_schema_privilege(r.oid, 'admit', 'usage') AND has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')) AS tables_and_views
FROM pg_roles AS r, pg_proc AS p WHERE p.pronamespace = 'admit'::regnamespace AND r.rolname IN ('regress_admit_nobody', 'regress_admit_shim')
GROUP BY 1, r.oid ORDER BY 1;
SET ROLE regress_admit_nobody;
SELECT admit.dispatch(41, 'event.list', NULL, '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM admit.wallet;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_admit_shim;
SELECT admit.dispatch(41, 'event.list', NULL, '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.call(41, 'event.list', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.tenant_create(44, 'Mine');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM admit.wallet;
\echo :LAST_ERROR_SQLSTATE
-- Naming a tenant oneself shows nothing: the setting is the functions' own.
SET admit.tenant_id = 41;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP ROLE regress_admit_nobody, regress_admit_shim;
-- Whoever owns the tables still sees one tenant at a time, and none without naming it.
SET ROLE admit_owner;
SELECT count(*) FROM admit.wallet;
RESET ROLE;

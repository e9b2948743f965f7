-- Who may do what: roles of the database, roles of API keys, devices and wallets, and credentials that are over.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(661, 'Rights') \gset
SELECT venue_id FROM admit.venue_create(661, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(661, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(661, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT device_token FROM admit.device_register(661, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(661, event_id => :'event_id', venue_id => :'venue_id') \gset
DROP ROLE IF EXISTS regress_admit_nobody, regress_admit_guest, regress_admit_app;
CREATE ROLE regress_admit_nobody;
CREATE ROLE regress_admit_guest;
GRANT USAGE ON SCHEMA admit TO regress_admit_guest;
CREATE ROLE regress_admit_app IN ROLE admit_backend;

-- Carries out a statement as a role and undoes it: whether the role was let, whatever came of it.
CREATE FUNCTION pg_temp.let(role_name name, statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', role_name);
    EXECUTE statement;
    RAISE EXCEPTION USING MESSAGE = 'undo', ERRCODE = 'UNDO1';
EXCEPTION
    WHEN insufficient_privilege THEN RETURN false;
    WHEN OTHERS THEN RETURN true;
END
$$;
CREATE TEMP VIEW role_of AS SELECT unnest(ARRAY['regress_admit_nobody', 'regress_admit_guest', 'regress_admit_app',
    'admit_backend', 'admit_shim', 'admit_operator']::name[]) AS role_name;
-- Every function is called, with nulls: what each role may call, and what the backend may not.
CREATE TEMP TABLE called AS
SELECT r.role_name, p.proname AS function, pg_temp.let(r.role_name, format('SELECT admit.%I(%s)', p.proname,
    (SELECT string_agg(format('NULL::%s', format_type(type, NULL)), ', ' ORDER BY place)
     FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS argument (type, place)))) AS let
FROM role_of AS r, pg_proc AS p WHERE p.pronamespace = 'admit'::regnamespace;
SELECT role_name, coalesce(string_agg(function::text, ' ' ORDER BY function::text COLLATE "C") FILTER (WHERE let), 'nothing') AS let
FROM called WHERE role_name NOT IN ('admit_backend', 'regress_admit_app') GROUP BY 1 ORDER BY 1;
SELECT role_name, function AS not_let FROM called WHERE role_name IN ('admit_backend', 'regress_admit_app') AND NOT let ORDER BY 1, 2;
-- Every table and view is read and written: only the two views of the catalogue can be read, nothing can be written.
CREATE TEMP TABLE touched AS
SELECT r.role_name, c.relname, way.verb, pg_temp.let(r.role_name, format(way.statement, c.relname)) AS let
FROM role_of AS r, pg_class AS c, (VALUES ('read', 'SELECT 1 FROM admit.%I LIMIT 1'), ('insert', 'INSERT INTO admit.%I DEFAULT VALUES'),
    ('delete', 'DELETE FROM admit.%I'), ('truncate', 'TRUNCATE admit.%I'), ('drop', 'DROP TABLE admit.%I'), ('lock', 'LOCK admit.%I')) AS way (verb, statement)
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind IN ('r', 'v') AND (c.relkind = 'r' OR way.verb = 'read');
SELECT count(DISTINCT relname) > 25 AS all_tables FROM touched;
SELECT role_name, verb, string_agg(relname::text, ' ' ORDER BY relname::text COLLATE "C") AS let FROM touched WHERE let GROUP BY 1, 2 ORDER BY 1, 2;
SELECT role_name, relname FROM role_of, pg_class AS c WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind IN ('r', 'v')
    AND has_any_column_privilege(role_name, c.oid, 'INSERT, UPDATE, REFERENCES') ORDER BY 1, 2;
-- None makes objects in the schema or shows itself another tenant; the owner sees nothing without a tenant.
SELECT role_name FROM role_of WHERE pg_temp.let(role_name, 'CREATE TABLE admit.extra (n integer)')
    OR pg_temp.let(role_name, 'SET admit.tenant_id = 661') ORDER BY 1;
SET ROLE admit_owner;
SELECT count(*) AS tenants_seen FROM admit.tenant;
SET admit.tenant_id = 661;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname ~ '^admit_' ORDER BY 1;
-- In earnest: the backend's venue, the operator's tenant, the shim's call with a key, and the messages of the refusals.
SET ROLE regress_admit_app;
SELECT name FROM admit.venue_create(661, name => 'By the backend');
SELECT api_key FROM admit.tenant_create(662, 'By the backend');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(661, 'venue.list', :'owner_key', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM admit.wallet;
\echo :LAST_ERROR_SQLSTATE
SET ROLE admit_operator;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(662, 'By the operator');
SELECT admit.venue_list(662);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.call(662, 'venue.list', '{}');
\echo :LAST_ERROR_SQLSTATE
SET ROLE admit_shim;
SELECT jsonb_array_length(admit.dispatch(661, 'venue.list', :'owner_key', '{}')::jsonb -> 'items') AS venues;
SELECT admit.dispatch(661, 'venue.list', NULL, '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.verify(661);
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_admit_guest;
SELECT admit.venue_list(661);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM admit.error_code;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_admit_nobody;
SELECT admit.uuid7();
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;

-- Each role of the tenant is asked for every command: the list is what it may do, all else is permission_denied.
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.dispatch(661, command, credential, request::text, admit.uuid7()::text);
    RAISE EXCEPTION USING MESSAGE = 'undo', ERRCODE = 'UNDO1';
EXCEPTION
    WHEN SQLSTATE 'UNDO1' THEN RETURN 'ok';
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT api_key AS manager_key FROM admit.api_key_create(661, name => 'M', role => 'manager') \gset
SELECT api_key AS staff_key FROM admit.api_key_create(661, name => 'S', role => 'staff') \gset
SELECT api_key AS auditor_key FROM admit.api_key_create(661, name => 'A', role => 'auditor') \gset
CREATE TEMP TABLE asked AS
SELECT role, c.name AS command, pg_temp.try(c.name, credential) AS answer
FROM (VALUES ('owner', :'owner_key'), ('manager', :'manager_key'), ('staff', :'staff_key'), ('auditor', :'auditor_key'),
             ('device', :'device_token'), ('wallet', :'session_token'), ('nobody', NULL)) AS roles (role, credential), admit.command AS c;
\pset format unaligned
SELECT role, string_agg(CASE WHEN role <> 'owner' THEN command END, ' ' ORDER BY command COLLATE "C") AS may, count(*) = (SELECT count(*) FROM admit.command) AS all_of_them
FROM asked WHERE answer !~ '^TK003 the credential''s role may not call |^TK002 ' GROUP BY role ORDER BY role;
SELECT role, regexp_replace(answer, ' call [a-z_.]+;', ' call ...;') AS refused, count(*) FROM asked
WHERE answer ~ '^TK003 the credential''s role may not call |^TK002 ' GROUP BY 1, 2 ORDER BY 1;
\pset format aligned
DROP OWNED BY regress_admit_guest;
DROP ROLE regress_admit_nobody, regress_admit_guest, regress_admit_app;
SELECT * FROM admit.verify(661) WHERE violations <> 0;

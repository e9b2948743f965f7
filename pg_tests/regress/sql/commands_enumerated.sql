-- Every command, one by one: its typed function, who may execute it, and that dispatch asks for a credential.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT count(*) > 60 AS many, count(*) = count(DISTINCT name) AS names_unique, count(*) = count(DISTINCT (method, path)) AS routes_unique
FROM admit.command;
-- The typed function has the command's name; scan.record alone has a hand-written one, admit.scan.
CREATE TEMPORARY VIEW typed AS
SELECT c.name, c.method, c.summary, p.oid, p.proargnames, p.proargmodes, p.prosrc
FROM admit.command AS c LEFT JOIN pg_proc AS p
  ON p.pronamespace = 'admit'::regnamespace
 AND p.proname = CASE c.name WHEN 'scan.record' THEN 'scan' ELSE replace(c.name, '.', '_') END;
-- Each query lists violations, so every answer is empty.
SELECT 'not one typed function', name, count(oid) FROM typed GROUP BY name HAVING count(oid) <> 1 ORDER BY name;
SELECT 'comment', name FROM typed
WHERE name <> 'scan.record' AND NOT coalesce(starts_with(obj_description(oid, 'pg_proc'), summary), false) ORDER BY name;
SELECT 'comment without its errors', name FROM typed
WHERE coalesce(obj_description(oid, 'pg_proc'), '') !~* 'errors: ' ORDER BY name;
SELECT 'parameter without a word in the comment', name, parameter FROM typed,
LATERAL unnest(proargnames[2:]) AS parameter
WHERE name <> 'scan.record' AND parameter NOT IN ('idempotency_key', 'session_token')
  AND obj_description(oid, 'pg_proc') NOT LIKE '%' || parameter || ': %' ORDER BY name, parameter;
SELECT 'tenant_id is not the first parameter', name FROM typed WHERE proargnames[1] IS DISTINCT FROM 'tenant_id' ORDER BY name;
SELECT 'carries out another command', name FROM typed
WHERE name <> 'scan.record' AND position(format('admit.call($1, %L,', name) IN prosrc) = 0 ORDER BY name;
SELECT 'reads with an idempotency key, or writes without', name FROM typed
WHERE name NOT IN ('scan.record', 'fee.preview', 'scan.check')
  AND (method = 'GET') = ('idempotency_key' = ANY (proargnames)) ORDER BY name;
-- A role of its own, even with the schema open to it, may execute none; a backend may execute all.
DROP ROLE IF EXISTS regress_admit_nobody;
CREATE ROLE regress_admit_nobody;
GRANT USAGE ON SCHEMA admit TO regress_admit_nobody;
SELECT 'PUBLIC may execute', name FROM typed WHERE has_function_privilege('regress_admit_nobody', oid, 'EXECUTE') ORDER BY name;
SELECT 'a backend may not execute', name FROM typed WHERE NOT has_function_privilege('admit_backend', oid, 'EXECUTE') ORDER BY name;
SELECT 'more than a backend may execute', name, role FROM typed, unnest(ARRAY['admit_shim', 'admit_operator']) AS role
WHERE has_function_privilege(role, oid, 'EXECUTE') ORDER BY name, role;
SET ROLE regress_admit_nobody;
SELECT admit.key_jwks(84);
\echo :LAST_ERROR_SQLSTATE
SELECT name FROM admit.command;
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
REVOKE USAGE ON SCHEMA admit FROM regress_admit_nobody;
DROP ROLE regress_admit_nobody;
-- Through dispatch: who sends nothing, nonsense or a key without the permission is refused by every command but the public ones.
SELECT name FROM admit.command WHERE public ORDER BY name;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(84, 'Enumerated');
SELECT role FROM admit.role_set(84, role => 'reader', commands => '["key.list"]');
CREATE TEMPORARY TABLE credential AS
SELECT 'nothing' AS kind, NULL AS credential UNION ALL SELECT 'nonsense', 'AK1_nonsense'
UNION ALL SELECT 'reader', api_key FROM admit.api_key_create(84, name => 'Reader', role => 'reader');
CREATE FUNCTION pg_temp.refusal(command text, credential text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.dispatch(84, command, credential, '{}', 'a key for ' || command);
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT k.kind, e.name AS refusal, count(*) = (SELECT count(*) FROM admit.command WHERE NOT public) AS by_every_command,
       CASE WHEN count(*) < 5 THEN string_agg(c.name, ' ' ORDER BY c.name) END AS commands
FROM admit.command AS c, credential AS k, LATERAL pg_temp.refusal(c.name, k.credential) AS refused
LEFT JOIN admit.error_code AS e ON e.sqlstate = refused
WHERE NOT c.public GROUP BY k.kind, e.name ORDER BY k.kind, e.name;
SELECT pg_temp.refusal('no.command', NULL);
SELECT * FROM admit.verify(84) WHERE violations <> 0;

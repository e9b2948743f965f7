-- House rules over the catalogue: every query lists violations, so every answer is empty.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
\t on
-- Functions: commented, owned by admit_owner, not PUBLIC's, pinned, security definer where they run SQL.
SELECT 'no comment', p.oid::regprocedure FROM pg_proc AS p
WHERE p.pronamespace = 'admit'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL ORDER BY 2;
SELECT 'owner', p.oid::regprocedure FROM pg_proc AS p
WHERE p.pronamespace = 'admit'::regnamespace AND p.proowner <> 'admit_owner'::regrole ORDER BY 2;
SELECT 'public may execute', p.oid::regprocedure FROM pg_proc AS p
WHERE p.pronamespace = 'admit'::regnamespace
  AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0) ORDER BY 2;
SELECT 'search_path not pinned', p.oid::regprocedure FROM pg_proc AS p
WHERE p.pronamespace = 'admit'::regnamespace AND p.proname NOT IN ('legs_balance', 'uuid7', 'current_tenant')
  AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp'] ORDER BY 2;
SELECT 'not security definer', p.oid::regprocedure FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = 'admit'::regnamespace AND l.lanname = 'c' AND NOT p.prosecdef
  AND p.proname NOT IN ('legs_balance', 'uuid7', 'current_tenant', 'error_codes', 'commands') ORDER BY 2;
-- Tables: tenant first, in every key, row-level security forced, owned, commented, no extension member.
SELECT 'tenant_id is not first', c.relname FROM pg_class AS c
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_version'
  AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = 1
                  AND a.attname = 'tenant_id' AND a.atttypid = 'integer'::regtype AND a.attnotnull) ORDER BY 2;
SELECT 'key without tenant_id first', i.indexrelid::regclass FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE c.relnamespace = 'admit'::regnamespace AND c.relname <> 'schema_version' AND i.indkey[0] <> 1 ORDER BY 2;
SELECT 'foreign key without tenant_id first', k.conname FROM pg_constraint AS k
WHERE k.connamespace = 'admit'::regnamespace AND k.contype = 'f' AND (k.conkey[1] <> 1 OR k.confkey[1] <> 1) ORDER BY 2;
SELECT 'row-level security', c.relname FROM pg_class AS c
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_version'
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 2;
SELECT 'owner or comment', c.relname FROM pg_class AS c
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind IN ('r', 'v')
  AND (c.relowner <> 'admit_owner'::regrole OR obj_description(c.oid, 'pg_class') IS NULL) ORDER BY 2;
SELECT 'table of the extension', c.relname FROM pg_class AS c JOIN pg_depend AS d ON d.objid = c.oid AND d.deptype = 'e'
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind = 'r' ORDER BY 2;
SELECT 'sequence', c.relname FROM pg_class AS c WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind = 'S' ORDER BY 2;
SELECT 'trigger', t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'admit'::regnamespace AND NOT t.tgisinternal ORDER BY 2;
-- The shim executes its functions and touches no table.
SELECT 'the shim may touch', c.relname FROM pg_class AS c
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind = 'r'
  AND has_table_privilege('admit_shim', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY 2;
SELECT 'the shim may execute', p.proname FROM pg_proc AS p
WHERE p.pronamespace = 'admit'::regnamespace AND has_function_privilege('admit_shim', p.oid, 'EXECUTE')
  AND p.proname NOT IN ('dispatch', 'webhook', 'readiness', 'metrics', 'tick', 'effect_take', 'effect_report') ORDER BY 2;
-- Every command has a typed function and a summary.
SELECT 'no typed function', c.name FROM admit.command AS c
WHERE c.name <> 'scan.record' AND NOT EXISTS (
    SELECT FROM pg_proc AS p WHERE p.pronamespace = 'admit'::regnamespace AND p.proname = replace(c.name, '.', '_')) ORDER BY 2;
SELECT 'no summary', c.name FROM admit.command AS c WHERE length(c.summary) < 10 ORDER BY 2;

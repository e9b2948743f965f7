-- The journal refuses unbalanced legs, and verify finds what a superuser changes behind its back.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(13, 'Journal');
SELECT sealed_entries, sealed_blocks FROM admit.tick(13);
SELECT count(*) AS violated FROM admit.verify(13) WHERE violations <> 0;
\set legs 'INSERT INTO admit.journal SELECT 13, 0, 0, 0, admit.uuid7(), now(), NULL, NULL, NULL, NULL, ''x'', ''sql'', ''USD'', '
:legs ARRAY[admit.uuid7(), admit.uuid7()], ARRAY[1, -2]::bigint[], '{}', '';
\echo :LAST_ERROR_SQLSTATE
:legs ARRAY[admit.uuid7(), admit.uuid7()], ARRAY[0, 0]::bigint[], '{}', '';
\echo :LAST_ERROR_SQLSTATE
:legs ARRAY[admit.uuid7()], ARRAY[1, -1]::bigint[], '{}', '';
\echo :LAST_ERROR_SQLSTATE
BEGIN;
UPDATE admit.journal SET action = 'tenant.forged' WHERE tenant_id = 13 AND action = 'tenant.created';
SELECT invariant FROM admit.verify(13) WHERE violations <> 0;
ROLLBACK;
BEGIN;
DELETE FROM admit.journal WHERE tenant_id = 13 AND action = 'tenant.created';
SELECT invariant FROM admit.verify(13) WHERE violations <> 0;
ROLLBACK;
BEGIN;
UPDATE admit.block SET checkpoint = replace(checkpoint, 'seq 2', 'seq 3') WHERE tenant_id = 13;
UPDATE admit.account SET settled_cents = 1 WHERE tenant_id = 13 AND kind = 'pool';
SELECT invariant FROM admit.verify(13) WHERE violations <> 0;
ROLLBACK;
-- Dropping the extension cannot delete the ledger.
DROP EXTENSION admit;
\echo :LAST_ERROR_SQLSTATE

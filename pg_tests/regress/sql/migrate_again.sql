-- migrate() changes nothing the second time; a dropped extension that is made again finds its ledger.
\set VERBOSITY terse
\set regression :DBNAME
SET client_min_messages = warning;
DROP DATABASE IF EXISTS migrate_again;
CREATE DATABASE migrate_again;
\c migrate_again
SET client_min_messages = warning;
CREATE EXTENSION admit;
-- Before the tables are there.
SELECT admit.tenant_create(1, 'Early');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM admit.readiness();
SELECT admit.migrate();
-- Everything that makes up the tables, as text.
CREATE VIEW public.shape AS
SELECT format('column %s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) AS line
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind IN ('r', 'v')
UNION ALL
SELECT format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint AS k WHERE k.connamespace = 'admit'::regnamespace
UNION ALL
SELECT format('index %s', pg_get_indexdef(i.indexrelid))
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid WHERE c.relnamespace = 'admit'::regnamespace
UNION ALL
SELECT format('policy %s %s %s %s %s', p.tablename, p.policyname, p.cmd, p.roles, p.qual)
FROM pg_policies AS p WHERE p.schemaname = 'admit'
UNION ALL
SELECT format('relation %s %s %s %s %s %s %s', c.relname, c.relkind, c.relowner::regrole, c.relacl, c.relrowsecurity,
    c.relforcerowsecurity, c.reloptions)
FROM pg_class AS c WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind <> 'c'
UNION ALL
SELECT format('function %s %s %s', p.oid::regprocedure, p.proowner::regrole, p.proacl)
FROM pg_proc AS p WHERE p.pronamespace = 'admit'::regnamespace
UNION ALL
SELECT format('version %s %s', s.version, s.migrated_at) FROM admit.schema_version AS s;
CREATE TABLE public.shape_before AS TABLE public.shape;
-- The view sees the parts that a dropped extension takes along.
SELECT count(*) FILTER (WHERE line LIKE 'constraint%legs_balance%') AS conservation,
       count(*) FILTER (WHERE line LIKE 'policy % every_tenant %') AS background,
       count(*) FILTER (WHERE line LIKE 'policy % tenant_only %') AS policies,
       count(*) FILTER (WHERE line LIKE 'relation % r %') - 1 AS tables_of_tenants
FROM public.shape_before;
SELECT admit.migrate();
(TABLE public.shape EXCEPT TABLE public.shape_before) UNION ALL (TABLE public.shape_before EXCEPT TABLE public.shape);
-- Entries are sealed when every transaction older than theirs has ended, other databases' too.
CREATE PROCEDURE public.older_end() LANGUAGE plpgsql AS $$
BEGIN
    WHILE pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= (SELECT max(xid) FROM admit.journal) LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;
-- A ledger with a sealed block, and one entry after it.
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(1, 'Again');
SELECT venue_id FROM admit.venue_create(1, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(1, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(1, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0) \gset
SELECT device_id FROM admit.device_register(1, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(1, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT admit.uuid7() AS nonce \gset
CALL public.older_end();
SELECT sealed_blocks FROM admit.tick(1);
CREATE TABLE public.answer_before AS SELECT s::text AS answer
FROM admit.scan(1, :'session_token', :'device_id', 'entry', :'nonce') AS s;
CREATE VIEW public.journal AS SELECT j::text AS entry FROM admit.journal AS j;
CREATE TABLE public.journal_before AS TABLE public.journal;
SELECT * FROM admit.verify(1) WHERE violations <> 0;
-- A tenant that does not exist is not a clean one.
SELECT * FROM admit.verify(2) WHERE violations <> 0;
\echo :LAST_ERROR_SQLSTATE
-- Without CASCADE it cannot be dropped; with it, the ledger stays and nobody can reach it.
DROP EXTENSION admit;
\echo :LAST_ERROR_SQLSTATE
DROP EXTENSION admit CASCADE;
(TABLE public.journal EXCEPT TABLE public.journal_before) UNION ALL (TABLE public.journal_before EXCEPT TABLE public.journal);
SET ROLE admit_owner;
SELECT count(*) AS visible FROM admit.journal;
RESET ROLE;
CREATE EXTENSION admit;
-- Until its guards are back nothing is read or written.
\c migrate_again
SELECT * FROM admit.tick(1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.migrate();
(TABLE public.shape EXCEPT TABLE public.shape_before) UNION ALL (TABLE public.shape_before EXCEPT TABLE public.shape);
(TABLE public.journal EXCEPT TABLE public.journal_before) UNION ALL (TABLE public.journal_before EXCEPT TABLE public.journal);
SELECT * FROM admit.verify(1) WHERE violations <> 0;
-- Business goes on: the same scan has the same answer, a new one passes, the chain of blocks continues.
SELECT s::text = b.answer AS same FROM public.answer_before AS b, admit.scan(1, :'session_token', :'device_id', 'entry', :'nonce') AS s;
SELECT outcome, reason, entry_number FROM admit.scan(1, :'session_token', :'device_id', 'exit', admit.uuid7());
CALL public.older_end();
SELECT sealed_blocks FROM admit.tick(1);
SELECT count(*) AS blocks, sum(entry_count) - (SELECT count(*) FROM admit.journal) AS sealed_less_written FROM admit.block;
SELECT * FROM admit.verify(1) WHERE violations <> 0;
-- Money is conserved again, by the table itself.
UPDATE admit.journal SET leg_account = ARRAY[admit.uuid7()], leg_amount = ARRAY[1];
\echo :LAST_ERROR_SQLSTATE
\c :regression
DROP DATABASE migrate_again;

-- One idempotency key, one effect: the same bytes again, never another's, gone after a day.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(47, 'Idempotency') \gset
SELECT api_key AS second FROM admit.api_key_create(47, name => 'Second', role => 'owner') \gset
SELECT api_key AS foreign_owner FROM admit.tenant_create(48, 'Other') \gset
PREPARE create_venue (integer, text, text, text) AS SELECT admit.dispatch($1, 'venue.create', $2, $3, $4) AS answer;
EXECUTE create_venue (47, :'owner', '{"name": "Hall"}', 'key-1') \gset first_
EXECUTE create_venue (47, :'owner', '{"name": "Hall"}', 'key-1') \gset again_
SELECT :'first_answer' = :'again_answer' AS the_same_bytes;
SELECT count(*) AS venues FROM admit.venue WHERE tenant_id = 47;
-- Another body, another command.
EXECUTE create_venue (47, :'owner', '{"name": "Other hall"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(47, 'account.create', :'owner', '{"kind": "vendor", "name": "Bar", "currency": "USD"}', 'key-1');
\echo :LAST_ERROR_SQLSTATE
-- Keys belong to whoever sends them: another key's, another tenant's and an SQL session's are others.
EXECUTE create_venue (47, :'second', '{"name": "Hall"}', 'key-1') \gset second_
EXECUTE create_venue (48, :'foreign_owner', '{"name": "Hall"}', 'key-1') \gset foreign_
SELECT venue_id IS NOT NULL AS created FROM admit.venue_create(47, name => 'Hall', idempotency_key => 'key-1');
SELECT :'first_answer' <> :'second_answer' AND :'first_answer' <> :'foreign_answer' AS others;
SELECT tenant_id, count(*) AS venues FROM admit.venue WHERE tenant_id IN (47, 48) GROUP BY 1 ORDER BY 1;
-- No key, keys that are none.
EXECUTE create_venue (47, :'owner', '{"name": "Hall"}', NULL);
\echo :LAST_ERROR_SQLSTATE
EXECUTE create_venue (47, :'owner', '{"name": "Hall"}', '');
\echo :LAST_ERROR_SQLSTATE
EXECUTE create_venue (47, :'owner', '{"name": "Hall"}', repeat('k', 256));
\echo :LAST_ERROR_SQLSTATE
-- What failed is forgotten: the corrected request may use the key.
EXECUTE create_venue (47, :'owner', '{"name": ""}', 'key-2');
\echo :LAST_ERROR_SQLSTATE
SELECT length((admit.dispatch(47, 'venue.create', :'owner', '{"name": "Corrected"}', 'key-2')::jsonb) ->> 'name') AS corrected;
-- Stored answers are sealed: no credential can be read from the table.
SELECT api_key AS secret FROM admit.api_key_create(47, name => 'Third', role => 'staff', idempotency_key => 'key-3') \gset
SELECT api_key = :'secret' AS the_same FROM admit.api_key_create(47, name => 'Third', role => 'staff', idempotency_key => 'key-3');
SELECT count(*) FROM admit.idempotency WHERE tenant_id = 47 AND (position(convert_to(:'secret', 'UTF8') IN sealed_answer) > 0 OR position('api_key'::bytea IN sealed_answer) > 0);
-- After a day the key is free again.
UPDATE admit.idempotency SET created_at = now() - interval '25 hours' WHERE tenant_id = 47;
SELECT count(*) > 0 AS kept FROM admit.idempotency WHERE tenant_id = 47;
SELECT sealed_entries > 0 AS sealed FROM admit.tick(47);
SELECT count(*) AS kept FROM admit.idempotency WHERE tenant_id = 47;
EXECUTE create_venue (47, :'owner', '{"name": "A new hall"}', 'key-1') \gset new_
SELECT :'new_answer'::jsonb ->> 'name' AS name;
SELECT * FROM admit.verify(47) WHERE violations <> 0;

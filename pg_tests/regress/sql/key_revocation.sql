-- Revoked keys: nothing that they made is accepted, what they signed is still told; keys that are rotated by schedule.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(671, 'Revoked') \gset
SELECT venue_id FROM admit.venue_create(671, name => 'Arena', default_entry_fee_cents => 0) \gset
SELECT gate_id FROM admit.gate_create(671, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(671, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour', duplicate_window_ms => 0, reentry_allowed => true, exit_scans => false) \gset
SELECT device_id AS door FROM admit.device_register(671, name => 'Door', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT ticket_type_id AS type FROM admit.ticket_type_create(671, event_id => :'event_id', name => 'Free', price_cents => 0) \gset
SELECT session_token AS ann, binding FROM admit.wallet_open(671, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT tickets #>> '{0,ticket_id}' AS ticket_id FROM admit.order_create(671, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'type', 'quantity', 1))) \gset
\set scan 'SELECT outcome, reason, entry_number FROM admit.scan(671, '
CREATE FUNCTION pg_temp.key_of(purpose text) RETURNS integer LANGUAGE sql AS $$
SELECT (i ->> 'key_id')::integer FROM admit.key_list(671) AS l, jsonb_array_elements(l.items) AS i WHERE i ->> 'purpose' = purpose AND (i ->> 'current')::boolean
$$;
CREATE FUNCTION pg_temp.kids() RETURNS text LANGUAGE sql AS $$
SELECT string_agg(k ->> 'kid', ' ' ORDER BY k ->> 'kid') FROM admit.key_jwks(671) AS l, jsonb_array_elements(l.keys) AS k
$$;
-- Signed tickets, in both spellings and with rotating codes. A replay is answered as before.
SELECT token AS signed FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'signed') \gset
SELECT jws FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann') \gset
SELECT token AS spinning FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'rotating') \gset
SELECT admit.uuid7() AS nonce \gset
SELECT s::text AS before FROM admit.scan(671, :'signed', :'door', 'entry', :'nonce') AS s \gset
SELECT pg_temp.kids();
SELECT pg_temp.key_of('ticket_signing') AS old_key \gset
SELECT key_id = :old_key AS this, purpose, current_key_id > key_id AS followed, revoked_at IS NOT NULL AS revoked FROM admit.key_revoke(671, key_id => :old_key, reason => 'leaked');
SELECT pg_temp.kids();
SELECT form, outcome, reason FROM (VALUES ('signed', :'signed'), ('jws', :'jws'), ('rotating', :'spinning')) AS t (form, token), admit.scan(671, t.token, :'door', 'entry', admit.uuid7());
:scan :'signed', :'door', 'exit', admit.uuid7());
SELECT s::text = :'before' AS replayed FROM admit.scan(671, :'signed', :'door', 'entry', :'nonce') AS s;
SELECT outcome, reason FROM admit.scan_override(671, token => :'signed', gate_id => :'gate_id', event_id => :'event_id', reason => 'r', nonce => admit.uuid7());
SELECT token AS signed FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'signed') \gset
:scan :'signed', :'door', 'entry', admit.uuid7());
-- What it did not sign is forged, as before.
:scan overlay(:'jws' placing 'AAAA' from length(:'jws') - 8), :'door', 'entry', admit.uuid7());
-- Once more changes nothing.
SELECT revoked_at = (SELECT revoked_at FROM admit.signing_key WHERE tenant_id = 671 AND key_id = :old_key) AS the_same, current_key_id = pg_temp.key_of('ticket_signing') AS still_followed FROM admit.key_revoke(671, key_id => :old_key, reason => 'again');
-- A key that is not current is revoked without a new one.
SELECT pg_temp.key_of('ticket_signing') AS old_key \gset
SELECT key_id > :old_key AS newer FROM admit.key_rotate(671, purpose => 'ticket_signing');
:scan :'signed', :'door', 'entry', admit.uuid7());
SELECT current_key_id = :old_key + 1 AS no_other FROM admit.key_revoke(671, key_id => :old_key, reason => 'old');
:scan :'signed', :'door', 'entry', admit.uuid7());
-- Codes and short tickets. The holder has no code until the ticket is reissued; a short ticket is made with the new key.
SELECT token AS code FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'code') \gset
SELECT token AS short FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'short') \gset
:scan :'code', :'door', 'entry', admit.uuid7());
SELECT purpose FROM admit.key_revoke(671, key_id => pg_temp.key_of('ticket'), reason => 'leaked');
:scan :'code', :'door', 'entry', admit.uuid7());
:scan :'short', :'door', 'entry', admit.uuid7());
SELECT code IS NULL AS no_code FROM admit.ticket_get(671, ticket_id => :'ticket_id', session_token => :'ann');
SELECT token FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'code');
\echo :LAST_ERROR_SQLSTATE
SELECT token AS short FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'short') \gset
:scan :'short', :'door', 'entry', admit.uuid7());
SELECT state FROM admit.ticket_reissue(671, ticket_id => :'ticket_id', reason => 'other', note => 'key revoked');
:scan :'code', :'door', 'entry', admit.uuid7());
SELECT token AS code FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'code') \gset
:scan :'code', :'door', 'entry', admit.uuid7());
-- Sessions end; the device's binding opens another.
SELECT purpose FROM admit.key_revoke(671, key_id => pg_temp.key_of('session'), reason => 'leaked');
SELECT state FROM admit.wallet_get(671, :'ann');
\echo :LAST_ERROR_SQLSTATE
:scan :'ann', :'door', 'entry', admit.uuid7());
SELECT session_token AS ann, restored FROM admit.wallet_open(671, event_id => :'event_id', venue_id => :'venue_id', binding => :'binding') \gset
SELECT state FROM admit.wallet_get(671, :'ann');
:scan :'ann', :'door', 'entry', admit.uuid7());
-- Receipts stay what they were, and say so.
SELECT admit.uuid7() AS nonce \gset
SELECT s.scan_id, s.receipt, s::text AS before FROM admit.scan(671, :'ann', :'door', 'entry', :'nonce') AS s \gset
SELECT key_revoked_at FROM admit.receipt_get(671, :'scan_id');
SELECT pg_temp.key_of('receipt') AS old_key \gset
SELECT purpose FROM admit.key_revoke(671, key_id => :old_key, reason => 'leaked');
SELECT receipt = :'receipt' AS the_same, key_revoked_at IS NOT NULL AS revoked FROM admit.receipt_get(671, :'scan_id');
SELECT s::text = :'before' AS replayed FROM admit.scan(671, :'ann', :'door', 'entry', :'nonce') AS s;
SELECT s.scan_id FROM admit.scan(671, :'ann', :'door', 'entry', admit.uuid7()) AS s \gset
SELECT key_revoked_at FROM admit.receipt_get(671, :'scan_id');
-- Entries that name no key: as they were when the first key was good, the next one's since.
SELECT count(*) AS receipts, count(DISTINCT split_part(r.receipt, '.', 1)) AS keys, count(r.key_revoked_at) AS revoked
FROM admit.journal AS j, admit.receipt_get(671, j.entry_id) AS r WHERE j.tenant_id = 671 AND j.action IN ('tenant.created', 'key.revoked');
SELECT body ->> 'token_form' AS form, (body ->> 'ticket_id')::uuid = :'ticket_id' AS ticket, count(*) FROM admit.journal WHERE tenant_id = 671 AND action = 'scan.denied' AND body ->> 'reason' = 'key_revoked' GROUP BY 1, 2 ORDER BY 1;
-- Checkpoints are signed by the new key; the old ones still chain.
SELECT count(*) > 0 AS sealed FROM admit.tick(671);
SELECT purpose FROM admit.key_revoke(671, key_id => pg_temp.key_of('checkpoint'), reason => 'leaked');
SELECT purpose FROM admit.key_revoke(671, key_id => pg_temp.key_of('device'), reason => 'leaked');
SELECT count(*) > 0 AS sealed FROM admit.tick(671);
SELECT pg_temp.kids();
SELECT i ->> 'purpose' AS purpose, i ->> 'current' AS current, i ->> 'revoked_at' IS NOT NULL AS revoked, i ->> 'next_rotation_at' AS next FROM admit.key_list(671) AS l, jsonb_array_elements(l.items) AS i;
SELECT body FROM admit.journal WHERE tenant_id = 671 AND action = 'key.revoked' ORDER BY entry_id;
-- Who may, and what is refused.
SELECT admit.key_revoke(671, key_id => 99, reason => 'r');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.key_revoke(671, key_id => 1, reason => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT api_key AS admin_key FROM admit.api_key_create(671, name => 'Admin', role => 'admin') \gset
SELECT admit.dispatch(671, 'key.revoke', :'admin_key', '{"key_id": 1, "reason": "r"}');
\echo :LAST_ERROR_SQLSTATE
-- A schedule: due when the current key is old enough, once.
SELECT purpose, every_days, next_rotation_at - now() BETWEEN interval '29 days' AND interval '30 days' AS in_a_month FROM admit.key_schedule(671, purpose => 'ticket_signing', every_days => 30);
SELECT purpose, every_days FROM admit.key_schedule(671, purpose => 'session', every_days => 3650);
SELECT purpose, every_days FROM admit.key_schedule(671, purpose => 'ticket', every_days => 30);
SELECT admit.key_schedule(671, purpose => 'ticket', every_days => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.key_schedule(671, purpose => 'ticket', every_days => 3651);
\echo :LAST_ERROR_SQLSTATE
SELECT i ->> 'purpose' AS purpose, i ->> 'next_rotation_at' IS NOT NULL AS scheduled FROM admit.key_list(671) AS l, jsonb_array_elements(l.items) AS i WHERE (i ->> 'current')::boolean ORDER BY 1;
UPDATE admit.signing_key SET created_at = created_at - interval '31 days' WHERE tenant_id = 671 AND is_current AND purpose IN ('ticket_signing', 'ticket', 'receipt');
SELECT token AS signed FROM admit.ticket_token(671, ticket_id => :'ticket_id', session_token => :'ann', form => 'signed') \gset
-- A new session looks at once.
\c
\set VERBOSITY terse
SELECT count(*) AS tenants FROM admit.tick(671);
SELECT actor_kind, action, body ->> 'purpose' AS purpose FROM admit.journal WHERE tenant_id = 671 AND action = 'key.rotated' ORDER BY entry_id;
:scan :'signed', :'door', 'entry', admit.uuid7());
\c
\set VERBOSITY terse
SELECT count(*) AS tenants FROM admit.tick(671);
SELECT count(*) AS rotated FROM admit.journal WHERE tenant_id = 671 AND action = 'key.rotated' AND actor_kind = 'system';
SELECT purpose, every_days, next_rotation_at FROM admit.key_schedule(671, purpose => 'ticket');
SELECT purpose, every_days, next_rotation_at FROM admit.key_schedule(671, purpose => 'ticket');
SELECT body FROM admit.journal WHERE tenant_id = 671 AND action = 'key.scheduled' ORDER BY entry_id;
SELECT invariant, violations FROM admit.verify(671) WHERE violations > 0;

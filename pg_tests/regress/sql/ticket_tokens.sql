-- What a ticket's holder shows: code, short, signed, JWS and rotating; what is denied, and why.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(401, 'Tokens');
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(402, 'Tokens elsewhere');
CREATE SCHEMA token_test;
CREATE EXTENSION pgcrypto SCHEMA token_test;
SELECT venue_id FROM admit.venue_create(401, name => 'Arena') \gset
SELECT gate_id FROM admit.gate_create(401, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS still FROM admit.event_create(401, venue_id => :'venue_id', name => 'Static', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour', duplicate_window_ms => 0, reentry_allowed => true) \gset
SELECT event_id AS turning FROM admit.event_create(401, venue_id => :'venue_id', name => 'Rotating', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour', duplicate_window_ms => 0, reentry_allowed => true) \gset
SELECT device_id AS door FROM admit.device_register(401, name => 'Static', gate_id => :'gate_id', event_id => :'still') \gset
SELECT device_id AS turning_door FROM admit.device_register(401, name => 'Rotating', gate_id => :'gate_id', event_id => :'turning') \gset
SELECT ticket_type_id AS type FROM admit.ticket_type_create(401, event_id => :'still', name => 'Free', price_cents => 0) \gset
SELECT ticket_type_id AS second_type FROM admit.ticket_type_create(401, event_id => :'still', name => 'Second', price_cents => 0) \gset
SELECT ticket_type_id AS turning_type FROM admit.ticket_type_create(401, event_id => :'turning', name => 'Free', price_cents => 0) \gset
SELECT session_token AS ann FROM admit.wallet_open(401, event_id => :'still', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(401, event_id => :'still', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.buy(session_token text, ticket_type_id uuid) RETURNS uuid LANGUAGE sql AS $$
SELECT (o.tickets #>> '{0,ticket_id}')::uuid FROM admit.order_create(401, order_id => admit.uuid7(), session_token => $1, pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $2, 'quantity', 1))) AS o
$$;
-- RFC 6238 and RFC 4648 once more, in SQL.
CREATE FUNCTION pg_temp.from_base32(text) RETURNS bytea LANGUAGE sql AS $$
SELECT decode(string_agg(lpad(to_hex(substr(bits, i, 8)::bit(8)::integer), 2, '0'), '' ORDER BY i), 'hex')
FROM (SELECT string_agg((strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', symbol) - 1)::bit(5)::text, '' ORDER BY place) AS bits
      FROM regexp_split_to_table($1, '') WITH ORDINALITY AS s (symbol, place)) AS b
CROSS JOIN generate_series(1, length(bits) - 7, 8) AS i
$$;
CREATE FUNCTION pg_temp.at(rotation jsonb, moment timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    seconds bigint := floor(extract(epoch FROM moment));
    mac bytea := token_test.hmac(int8send(seconds / 30), pg_temp.from_base32(rotation ->> 'key'), 'sha1');
    place integer := get_byte(mac, 19) & 15;
    code bigint := ((get_byte(mac, place)::bigint & 127) << 24) | (get_byte(mac, place + 1) << 16) | (get_byte(mac, place + 2) << 8) | get_byte(mac, place + 3);
BEGIN
    RETURN format('%s.%s.%s', rotation ->> 'fixed', seconds, lpad((code % 100000000)::text, 8, '0'));
END
$$;
\set scan 'SELECT outcome, reason, entry_number, inside FROM admit.scan(401, '
-- Every form of a ticket is the same ticket. Without a form the event's policy decides.
SELECT pg_temp.buy(:'ann', :'type') AS ticket_id \gset
SELECT t.form, length(t.token), t.kid IS NOT NULL AS has_kid, t.jws IS NOT NULL AS has_jws, t.expires_at = date_trunc('second', e.ends_at + interval '1 day') AS ends_a_day_after, t.generation, t.rotation IS NOT NULL AS rotates
FROM admit.event_get(401, event_id => :'still') AS e, unnest(ARRAY[NULL, 'code', 'short', 'signed', 'rotating']) AS asked,
     admit.ticket_token(401, ticket_id => :'ticket_id', form => asked, session_token => :'ann') AS t;
SELECT token AS signed, jws FROM admit.ticket_token(401, ticket_id => :'ticket_id', session_token => :'ann') \gset
SELECT token AS short FROM admit.ticket_token(401, ticket_id => :'ticket_id', form => 'short', session_token => :'ann') \gset
SELECT token AS code FROM admit.ticket_token(401, ticket_id => :'ticket_id', form => 'code', session_token => :'ann') \gset
SELECT token AS spinning FROM admit.ticket_token(401, ticket_id => :'ticket_id', form => 'rotating', session_token => :'ann') \gset
SELECT :'code' = t.code AS same_code FROM admit.ticket_get(401, ticket_id => :'ticket_id', session_token => :'ann') AS t;
:scan :'signed', :'door', 'entry', admit.uuid7());
:scan :'jws', :'door', 'exit', admit.uuid7());
:scan :'short', :'door', 'entry', admit.uuid7());
:scan :'code', :'door', 'exit', admit.uuid7());
:scan :'spinning', :'door', 'entry', admit.uuid7());
:scan lower(:'code'), :'door', 'exit', admit.uuid7());
SELECT token_form, count(*) FROM (SELECT body ->> 'token_form' AS token_form FROM admit.journal WHERE tenant_id = 401 AND action = 'scan.admitted') AS j GROUP BY 1 ORDER BY 1;
-- The JWS says what it says, and its key is published.
SELECT convert_from(decode(rpad(translate(split_part(:'jws', '.', 1), '-_', '+/'), 64, '='), 'base64'), 'UTF8')::jsonb - 'kid' AS header;
SELECT count(*) FROM admit.key_jwks(401) AS k, jsonb_array_elements(to_jsonb(k.keys)) AS key
WHERE key ->> 'kid' = convert_from(decode(rpad(translate(split_part(:'jws', '.', 1), '-_', '+/'), 64, '='), 'base64'), 'UTF8')::jsonb ->> 'kid';
-- Only its holder sees it, and only while it is active.
SELECT token FROM admit.ticket_token(401, ticket_id => :'ticket_id', session_token => :'bob');
SELECT token FROM admit.ticket_token(401, ticket_id => :'ticket_id');
SELECT token FROM admit.ticket_token(401, ticket_id => :'ticket_id', form => 'hologram', session_token => :'ann');
SELECT pg_temp.buy(:'ann', :'second_type') AS cancelled \gset
SELECT token AS cancelled_token FROM admit.ticket_token(401, ticket_id => :'cancelled', session_token => :'ann') \gset
SELECT state FROM admit.ticket_cancel(401, ticket_id => :'cancelled', reason => 'lost');
SELECT token FROM admit.ticket_token(401, ticket_id => :'cancelled', session_token => :'ann');
:scan :'cancelled_token', :'door', 'entry', admit.uuid7());
-- Changed, cut, another event's, another tenant's, another key's.
:scan overlay(:'signed' placing CASE substr(:'signed', 100, 1) WHEN 'A' THEN 'B' ELSE 'A' END from 100), :'door', 'entry', admit.uuid7());
:scan overlay(:'short' placing CASE substr(:'short', 40, 1) WHEN 'A' THEN 'B' ELSE 'A' END from 40), :'door', 'entry', admit.uuid7());
:scan left(:'signed', 169), :'door', 'entry', admit.uuid7());
:scan :'signed' || '0', :'door', 'entry', admit.uuid7());
:scan left(:'jws', -1), :'door', 'entry', admit.uuid7());
:scan replace(:'jws', split_part(:'jws', '.', 3), ''), :'door', 'entry', admit.uuid7());
:scan :'signed', :'turning_door', 'entry', admit.uuid7());
SELECT venue_id AS elsewhere FROM admit.venue_create(402, name => 'Elsewhere') \gset
SELECT gate_id AS elsewhere_gate FROM admit.gate_create(402, venue_id => :'elsewhere', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS elsewhere_event FROM admit.event_create(402, venue_id => :'elsewhere', name => 'Elsewhere', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour') \gset
SELECT device_id AS elsewhere_door FROM admit.device_register(402, name => 'Elsewhere', gate_id => :'elsewhere_gate', event_id => :'elsewhere_event') \gset
SELECT form, outcome, reason FROM (VALUES ('signed', :'signed'), ('jws', :'jws'), ('short', :'short'), ('code', :'code')) AS t (form, token), admit.scan(402, t.token, :'elsewhere_door', 'entry', admit.uuid7());
-- A new key: tickets that it signed and tickets of the older one are good.
SELECT key_id > 0 AS rotated FROM admit.key_rotate(401, purpose => 'ticket_signing');
SELECT token AS newly_signed, kid <> convert_from(decode(rpad(translate(split_part(:'jws', '.', 1), '-_', '+/'), 64, '='), 'base64'), 'UTF8')::jsonb ->> 'kid' AS another_key FROM admit.ticket_token(401, ticket_id => :'ticket_id', session_token => :'ann') \gset
SELECT :'another_key' AS another_key;
:scan :'newly_signed', :'door', 'entry', admit.uuid7());
:scan :'signed', :'door', 'exit', admit.uuid7());
-- A newer generation makes the older tokens invalid, at the way out too.
SELECT state FROM admit.ticket_reissue(401, ticket_id => :'ticket_id', reason => 'lost');
:scan :'newly_signed', :'door', 'entry', admit.uuid7());
:scan :'short', :'door', 'exit', admit.uuid7());
SELECT token AS newest, generation FROM admit.ticket_token(401, ticket_id => :'ticket_id', session_token => :'ann') \gset
:scan :'newest', :'door', 'entry', admit.uuid7());
-- Rotating codes only: printed and static ones are denied, a screenshot is worth nothing a minute later.
SELECT policy FROM admit.policy_set(401, event_id => :'turning', policy => '{"rotating_codes": true}');
SELECT policy FROM admit.policy_get(401, event_id => :'turning');
SELECT policy FROM admit.policy_set(401, event_id => :'turning', policy => '{"rotating_code": true}');
SELECT policy FROM admit.policy_set(401, event_id => :'turning', policy => '{"rotating_codes": true, "rotating_tolerance_seconds": 301}');
SELECT policy FROM admit.policy_set(401, event_id => :'turning', policy => 'null');
SELECT policy FROM admit.policy_set(402, event_id => :'turning', policy => '{}');
SELECT pg_temp.buy(:'bob', :'turning_type') AS ticket_id \gset
SELECT form, length(token), length(rotation ->> 'fixed') AS fixed, rotation - 'fixed' - 'key' AS rotation FROM admit.ticket_token(401, ticket_id => :'ticket_id', session_token => :'bob');
SELECT token FROM admit.ticket_token(401, ticket_id => :'ticket_id', form => 'signed', session_token => :'bob');
SELECT code FROM admit.ticket_get(401, ticket_id => :'ticket_id', session_token => :'bob') \gset
SELECT token AS fresh, rotation FROM admit.ticket_token(401, ticket_id => :'ticket_id', session_token => :'bob') \gset
:scan :'code', :'turning_door', 'entry', admit.uuid7());
:scan (:'rotation'::jsonb) ->> 'fixed', :'turning_door', 'entry', admit.uuid7());
:scan pg_temp.at(:'rotation', now() - interval '10 minutes'), :'turning_door', 'entry', admit.uuid7());
:scan pg_temp.at(:'rotation', now() - interval '46 seconds'), :'turning_door', 'entry', admit.uuid7());
:scan pg_temp.at(:'rotation', now() + interval '10 minutes'), :'turning_door', 'entry', admit.uuid7());
:scan overlay(:'fresh' placing CASE right(:'fresh', 1) WHEN '1' THEN '2' ELSE '1' END from 190), :'turning_door', 'entry', admit.uuid7());
-- The code of another ticket of the event behind this one.
SELECT pg_temp.buy(:'bob', :'turning_type') AS other \gset
SELECT right(token, 20) AS other_code FROM admit.ticket_token(401, ticket_id => :'other', session_token => :'bob') \gset
:scan ((:'rotation'::jsonb) ->> 'fixed') || :'other_code', :'turning_door', 'entry', admit.uuid7());
-- The holder's phone makes the codes itself; each admits once, and no earlier one afterwards.
SELECT pg_temp.at(:'rotation', now()) AS now_code, pg_temp.at(:'rotation', now() - interval '30 seconds') AS last_code \gset
SELECT policy FROM admit.policy_set(401, event_id => :'turning', policy => '{"rotating_codes": true, "rotating_tolerance_seconds": 60}');
:scan :'now_code', :'turning_door', 'entry', admit.uuid7());
:scan :'now_code', :'turning_door', 'exit', admit.uuid7());
:scan :'now_code', :'turning_door', 'entry', admit.uuid7());
:scan :'last_code', :'turning_door', 'entry', admit.uuid7());
:scan pg_temp.at(:'rotation', now() + interval '30 seconds'), :'turning_door', 'entry', admit.uuid7());
:scan :'now_code', :'turning_door', 'exit', admit.uuid7());
SELECT count(*) AS kept_steps FROM admit.journal WHERE tenant_id = 401 AND action = 'scan.admitted' AND (body ->> 'code_step') IS NOT NULL;
-- A replay of a scan gives its answer, whatever became of the code.
SELECT admit.uuid7() AS nonce, pg_temp.at(:'rotation', now() + interval '60 seconds') AS later_code \gset
:scan :'later_code', :'turning_door', 'exit', :'nonce');
:scan :'later_code', :'turning_door', 'exit', :'nonce');
-- Nothing of a key is in the journal.
SELECT count(*) AS keys_told FROM admit.journal WHERE tenant_id = 401 AND body::text ~ ((:'rotation'::jsonb) ->> 'key');
SELECT invariant, violations FROM admit.verify(401) WHERE violations > 0;
DROP SCHEMA token_test CASCADE;

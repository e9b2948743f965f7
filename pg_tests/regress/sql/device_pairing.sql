-- Pairing codes: one exchange for a token, wrong ones counted; what a device says of itself, its profile and zones.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(361, 'Pairing') \gset
SELECT api_key AS other_key FROM admit.tenant_create(362, 'Other') \gset
SELECT venue_id AS hall FROM admit.venue_create(361, name => 'Hall') \gset
SELECT venue_id AS annex FROM admit.venue_create(361, name => 'Annex') \gset
SELECT gate_id AS door FROM admit.gate_create(361, venue_id => :'hall', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(361, venue_id => :'hall', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id AS friday FROM admit.event_create(361, venue_id => :'hall', name => 'Friday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0) \gset
SELECT event_id AS saturday FROM admit.event_create(361, venue_id => :'hall', name => 'Saturday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0) \gset
SELECT event_id AS sunday FROM admit.event_create(361, venue_id => :'hall', name => 'Sunday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0) \gset
SELECT event_id AS elsewhere FROM admit.event_create(361, venue_id => :'annex', name => 'Annex', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') \gset
SELECT session_token AS guest FROM admit.wallet_open(361, event_id => :'friday', venue_id => :'hall') \gset
-- What a credential gets for a command: the answer's outcome or name, or the error, in one line.
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}', client text DEFAULT 'one') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := admit.dispatch(361, command, credential, request::text, admit.uuid7()::text,
        jsonb_build_object('request_id', 'r', 'client', client)::text);
    RETURN 'ok ' || coalesce(answer ->> 'outcome' || coalesce(' ' || (answer ->> 'reason'), ''), answer ->> 'name', '');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- A code is twelve symbols that live a quarter of an hour; only its hash is stored, and the device has no token.
SELECT device_id, pairing_code, pairing_code ~ '^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$' AS typed_by_hand,
    expires_at BETWEEN now() + interval '14 minutes' AND now() + interval '16 minutes' AS a_quarter
FROM admit.device_invite(361, name => ' Scanner ', gate_id => :'door', event_id => :'friday', profile => 'scan_only', zones => '["GA", " VIP "]') \gset
\echo :typed_by_hand :a_quarter
SELECT length(pairing_code_hash) AS hash_bytes, secret_hash IS NULL AS no_token,
    to_jsonb(d)::text LIKE '%' || replace(:'pairing_code', '-', '') || '%' OR to_jsonb(d)::text LIKE '%' || :'pairing_code' || '%' AS code_stored
FROM admit.device AS d WHERE tenant_id = 361 AND device_id = :'device_id';
SELECT name, gate_id = :'door' AS at_door, event_id = :'friday' AS for_friday, event_ids = jsonb_build_array(:'friday'::uuid) AS alone,
    profile, zones, token_expires_at, paired_at, last_seen_at, code_expires_at IS NOT NULL AS invited
FROM admit.device_get(361, device_id => :'device_id');
SELECT expires_at BETWEEN now() + interval '59 seconds' AND now() + interval '61 seconds' AS a_minute
FROM admit.device_invite(361, name => 'Brief', gate_id => :'door', code_minutes => 1);
-- What makes no invitation.
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', code_minutes => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', code_minutes => 61);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, gate_id => :'door');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', event_id => :'elsewhere');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', event_id => :'friday', event_ids => jsonb_build_array(:'friday'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', event_ids => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', profile => 'unheard_of');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', profile => 'No profile');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, name => 'D', gate_id => :'door', zones => '["a/b"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, device_id => :'device_id', name => 'Renamed');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(361, device_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_invite(362, device_id => :'device_id');
\echo :LAST_ERROR_SQLSTATE

-- Pairing needs no credential: the code, however it is typed, becomes a token, once.
SELECT admit.device_pair(361, pairing_code => :'pairing_code', token_hours => 25);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_pair(361, pairing_code => :'pairing_code', brand => repeat('b', 101));
\echo :LAST_ERROR_SQLSTATE
SELECT lower(replace(:'pairing_code', '-', ' ')) AS typed \gset
SELECT admit.dispatch(361, 'device.pair', NULL, jsonb_build_object('pairing_code', :'typed', 'brand', 'Zebra', 'model', 'TC58', 'software_version', '1.4.0')::text,
    NULL, '{"request_id": "pairing", "client": "c0000201"}')::jsonb AS paired \gset
SELECT :'paired'::jsonb ->> 'outcome' AS outcome, (:'paired'::jsonb ->> 'device_id')::uuid = :'device_id' AS the_device, :'paired'::jsonb ->> 'device_token' AS device_token,
    (:'paired'::jsonb ->> 'expires_at')::timestamptz BETWEEN now() + interval '23 hours' AND now() + interval '25 hours' AS a_day \gset
\echo :outcome :the_device :a_day
SELECT brand, model, software_version, paired_at IS NOT NULL AS paired, last_seen_at IS NOT NULL AS seen, code_expires_at
FROM admit.device_get(361, device_id => :'device_id');
-- The journal knows the request, but not where it came from.
SELECT body - 'device_id' - 'expires_at' AS body, gate_id = :'door' AS at_door, event_id = :'friday' AS for_friday, actor_kind
FROM (SELECT body::jsonb, gate_id, event_id, actor_kind FROM admit.journal WHERE tenant_id = 361 AND action = 'device.paired') AS j;
SELECT pg_temp.try('scan.record', :'device_token', jsonb_build_object('token', :'guest', 'kind', 'entry', 'nonce', admit.uuid7()));
-- Used, unknown, malformed, ended and another tenant's: all alike.
SELECT pairing_code AS ended, device_id AS ended_id FROM admit.device_invite(361, name => 'Ended', gate_id => :'door') \gset
UPDATE admit.device SET code_expires_at = now() - interval '1 second' WHERE tenant_id = 361 AND device_id = :'ended_id';
SELECT name, pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', code), 'two') AS answer
FROM (VALUES ('used', :'pairing_code'), ('unknown', '0000-0000-0000'), ('malformed', 'hello'), ('empty', ''), ('long', repeat('0', 1000)), ('ended', :'ended')) AS codes (name, code);
SELECT outcome, reason FROM admit.device_pair(362, pairing_code => :'ended');
SELECT device_id IS NULL AND device_token IS NULL AND expires_at IS NULL AND retry_at IS NULL AS nothing_else
FROM admit.device_pair(361, pairing_code => :'pairing_code');

-- Ten wrong codes from one place lock it for a quarter of an hour, though the eleventh is right; others go on.
SELECT pairing_code AS spare, device_id AS spare_id FROM admit.device_invite(361, name => 'Spare', gate_id => :'door') \gset
SELECT DISTINCT pg_temp.try('device.pair', NULL, '{"pairing_code": "1111-1111-1111"}', 'three') AS ten_wrong FROM generate_series(1, 10);
SELECT admit.dispatch(361, 'device.pair', NULL, jsonb_build_object('pairing_code', :'spare')::text, NULL, '{"client": "three"}')::jsonb AS locked \gset
SELECT :'locked'::jsonb ->> 'reason' AS reason, (:'locked'::jsonb ->> 'retry_at')::timestamptz BETWEEN now() + interval '14 minutes' AND now() + interval '15 minutes' AS in_a_quarter;
SELECT count(*) AS told, max(body ->> 'failures') AS failures FROM admit.journal WHERE tenant_id = 361 AND action = 'device.pairing_locked';
SELECT pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', :'spare'), 'four') AS from_elsewhere;
-- When the window has ended it starts again; tick forgets what is over. Nothing tells where the guesses came from.
SELECT bool_or(g::text ~ 'three') AS network_stored FROM admit.code_guess AS g WHERE tenant_id = 361;
UPDATE admit.code_guess SET window_ends_at = now() - interval '1 second' WHERE tenant_id = 361;
SELECT pg_temp.try('device.pair', NULL, '{"pairing_code": "1111-1111-1111"}', 'three') AS after_the_window;
SELECT failures, window_ends_at > now() AS counts_again FROM admit.code_guess WHERE tenant_id = 361 AND failures > 0 AND window_ends_at > now();

-- Pairing again: where the device stands stays, the old token ends when the code is used and not before.
SELECT pairing_code AS again FROM admit.device_invite(361, device_id => :'device_id') \gset
SELECT pg_temp.try('device.get', :'device_token', jsonb_build_object('device_id', :'device_id')) AS before;
SELECT device_token AS second_token, device_id = :'device_id' AS same_device FROM admit.device_pair(361, pairing_code => :'again', model => 'TC73') \gset
\echo :same_device
SELECT pg_temp.try('device.get', :'device_token', jsonb_build_object('device_id', :'device_id')) AS old_token;
SELECT pg_temp.try('device.renew', :'device_token') AS old_token_renews;
SELECT pg_temp.try('device.get', :'second_token', jsonb_build_object('device_id', :'device_id')) AS new_token;
SELECT brand, model, profile, zones FROM admit.device_get(361, device_id => :'device_id');
-- A later code replaces an earlier one.
SELECT pairing_code AS first_code FROM admit.device_invite(361, device_id => :'device_id') \gset
SELECT pairing_code AS second_code FROM admit.device_invite(361, device_id => :'device_id') \gset
SELECT (SELECT reason FROM admit.device_pair(361, pairing_code => :'first_code')) AS first_code, (SELECT outcome FROM admit.device_pair(361, pairing_code => :'second_code')) AS second_code;

-- A profile is the list of commands and kinds of scans that its devices have of what the role allows.
SELECT item ->> 'profile' AS profile, item -> 'commands' AS commands, item -> 'scan_kinds' AS scan_kinds, item -> 'offline_allowed' AS offline_allowed
FROM admit.device_profile_list(361), jsonb_array_elements(items) AS item;
SELECT device_token AS token, device_id AS device FROM admit.device_register(361, name => 'Door', gate_id => :'door', event_id => :'friday', profile => 'scan_only') \gset
SELECT jsonb_build_object('token', :'guest') AS scan \gset
SELECT kind, pg_temp.try('scan.record', :'token', :'scan'::jsonb || jsonb_build_object('kind', kind, 'nonce', admit.uuid7()) ||
    CASE kind WHEN 'general' THEN '{"amount_cents": 1}'::jsonb ELSE '{}' END) AS answer FROM unnest(ARRAY['entry', 'exit', 'general']) AS kind;
SELECT pg_temp.try('report.live', :'token', jsonb_build_object('event_id', :'friday')) AS live;
SELECT profile, commands, scan_kinds, offline_allowed FROM admit.device_profile_set(361, profile => 'scan_only', scan_kinds => '["exit"]', offline_allowed => false,
    commands => '["scan.record", "report.live", "device.get", "device.list", "device.heartbeat"]');
-- At once, for the devices that have it; more than the role allows it cannot give.
SELECT pg_temp.try('scan.record', :'token', :'scan'::jsonb || jsonb_build_object('kind', 'entry', 'nonce', admit.uuid7())) AS entry,
    pg_temp.try('report.live', :'token', jsonb_build_object('event_id', :'friday')) AS live, pg_temp.try('device.list', :'token') AS list, pg_temp.try('device.renew', :'token') AS renew;
-- A scan that was booked is answered again, whatever the profile says now.
SELECT admit.uuid7() AS nonce \gset
SELECT profile FROM admit.device_update(361, device_id => :'device', profile => 'full');
SELECT outcome FROM admit.scan(361, :'guest', :'device', 'entry', :'nonce');
SELECT profile FROM admit.device_update(361, device_id => :'device', profile => 'scan_only');
SELECT outcome FROM admit.scan(361, :'guest', :'device', 'entry', :'nonce');
SELECT admit.device_profile_set(361, profile => 'x y', scan_kinds => '[]', offline_allowed => false);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_profile_set(361, profile => 'x', scan_kinds => '["jump"]', offline_allowed => false);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_profile_set(361, profile => 'x', scan_kinds => '[]', offline_allowed => false, commands => '["scan.jump"]');
\echo :LAST_ERROR_SQLSTATE
SELECT api_key AS hall_key FROM admit.api_key_create(361, name => 'Hall', role => 'manager', venue_id => :'hall') \gset
SELECT pg_temp.try('device_profile.set', :'hall_key', '{"profile": "x", "scan_kinds": [], "offline_allowed": false}') AS by_a_manager,
    pg_temp.try('device_profile.list', :'hall_key') AS list;

-- Several events: the device scans for each of them and reads no other; the request names which.
SELECT device_token AS both, device_id AS both_id FROM admit.device_register(361, name => 'Both', gate_id => :'door',
    event_ids => jsonb_build_array(:'friday', :'saturday', :'friday')) \gset
SELECT event_id, jsonb_array_length(event_ids) AS events FROM admit.device_get(361, device_id => :'both_id');
SELECT night, pg_temp.try('scan.record', :'both', :'scan'::jsonb || jsonb_build_object('kind', 'entry', 'nonce', admit.uuid7(), 'event_id', event_id)) AS scan,
    pg_temp.try('event.get', :'both', jsonb_build_object('event_id', event_id)) AS read
FROM (VALUES (1, 'friday', :'friday'::uuid), (2, 'saturday', :'saturday'), (3, 'sunday', :'sunday')) AS nights (rank, night, event_id) ORDER BY rank;
SELECT pg_temp.try('scan.record', :'both', :'scan'::jsonb || jsonb_build_object('kind', 'entry', 'nonce', admit.uuid7())) AS no_event_named;
-- Whatever else its role is let call shows nothing of events that the request does not name.
SELECT role FROM admit.role_set(361, role => 'device', commands => '["scan.list", "scan.record", "device.get", "device.renew", "device.heartbeat", "event.get", "report.live"]');
SELECT jsonb_array_length(admit.dispatch(361, 'scan.list', :'both', '{}')::jsonb -> 'items') AS scans_of_none,
    jsonb_array_length(admit.dispatch(361, 'scan.list', :'both', jsonb_build_object('event_id', :'saturday')::text)::jsonb -> 'items') AS scans_of_saturday,
    jsonb_array_length(admit.dispatch(361, 'scan.list', :'both', jsonb_build_object('event_id', :'sunday')::text)::jsonb -> 'items') AS scans_of_sunday;
SELECT admit.device_assign(361, device_id => :'both_id', gate_id => :'door', event_ids => jsonb_build_array(:'friday', :'elsewhere'));
\echo :LAST_ERROR_SQLSTATE
SELECT event_id = :'sunday' AS for_sunday FROM admit.device_assign(361, device_id => :'both_id', gate_id => :'door', event_ids => jsonb_build_array(:'sunday'));
SELECT pg_temp.try('scan.record', :'both', :'scan'::jsonb || jsonb_build_object('kind', 'entry', 'nonce', admit.uuid7())) AS sunday_without_a_name;

-- Updating: name, profile and zones; a revoked device stays as it is and cannot be paired.
SELECT name, profile, zones FROM admit.device_update(361, device_id => :'both_id', name => ' Both doors ', zones => '["BACKSTAGE", "BACKSTAGE"]');
SELECT name, profile, zones FROM admit.device_update(361, device_id => :'both_id', profile => 'kiosk', zones => '[]');
SELECT body - 'device_id' AS body FROM (SELECT body::jsonb, entry_id FROM admit.journal WHERE tenant_id = 361 AND action = 'device.updated'
    AND body ->> 'device_id' = :'both_id') AS j ORDER BY entry_id;
SELECT admit.device_update(361, device_id => :'both_id', name => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_update(361, device_id => :'both_id', profile => 'unheard_of');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_update(362, device_id => :'both_id', name => 'Theirs');
\echo :LAST_ERROR_SQLSTATE
SELECT pairing_code AS void_code FROM admit.device_invite(361, device_id => :'both_id') \gset
SELECT revoked_at IS NOT NULL AS revoked FROM admit.device_revoke(361, device_id => :'both_id');
SELECT reason FROM admit.device_pair(361, pairing_code => :'void_code');
SELECT admit.device_invite(361, device_id => :'both_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_update(361, device_id => :'both_id', name => 'Back');
\echo :LAST_ERROR_SQLSTATE

-- Heartbeats: the device itself, once a minute at most; it learns what it is set to.
SELECT device_token AS alive, device_id AS alive_id FROM admit.device_register(361, name => 'Alive', gate_id => :'door', zones => '["GA"]') \gset
SELECT last_seen_at IS NULL AS never FROM admit.device_get(361, device_id => :'alive_id');
SELECT admit.dispatch(361, 'device.heartbeat', :'alive', '{"software_version": "2.0"}')::jsonb AS beat \gset
SELECT :'beat'::jsonb ->> 'name' AS name, :'beat'::jsonb -> 'zones' AS zones, :'beat'::jsonb ->> 'software_version' AS software_version, :'beat'::jsonb ->> 'last_seen_at' AS first_beat \gset
\echo :name :zones :software_version
SELECT admit.dispatch(361, 'device.heartbeat', :'alive', '{"software_version": "2.0"}')::jsonb ->> 'last_seen_at' = :'first_beat' AS not_written_again;
SELECT admit.dispatch(361, 'device.heartbeat', :'alive', '{"software_version": "2.1"}')::jsonb ->> 'last_seen_at' > :'first_beat' AS written_for_a_new_version;
UPDATE admit.device SET last_seen_at = now() - interval '61 seconds' WHERE tenant_id = 361 AND device_id = :'alive_id';
SELECT last_seen_at > now() - interval '5 seconds' AS a_minute_later, software_version FROM admit.device_heartbeat(361, device_id => :'alive_id');
SELECT pg_temp.try('device.heartbeat', :'alive', jsonb_build_object('device_id', :'device_id')) AS for_another;
SELECT pg_temp.try('device.get', :'alive', jsonb_build_object('device_id', :'device_id')) AS reads_another, pg_temp.try('device.get', :'alive', jsonb_build_object('device_id', :'alive_id')) AS reads_itself;
SELECT admit.device_heartbeat(361);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_get(362, device_id => :'alive_id');
\echo :LAST_ERROR_SQLSTATE
-- Scans write nothing of it: that would be one row for all scans of a device.
UPDATE admit.device SET last_seen_at = NULL WHERE tenant_id = 361 AND device_id = :'alive_id';
SELECT outcome FROM admit.scan(361, :'guest', :'alive_id', 'exit', admit.uuid7(), event_id => :'friday');
SELECT last_seen_at IS NULL AS not_by_scans FROM admit.device_get(361, device_id => :'alive_id');
SELECT sealed_entries > 0 AS sealed FROM admit.tick(361);
SELECT * FROM admit.verify(361) WHERE violations <> 0;
